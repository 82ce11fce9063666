package io.netnswatch.detection.cause;

import org.jspecify.annotations.Nullable;

/** What a cause file must hold, said in the file's own words. */
final class Expect {

  private Expect() {}

  static void present(String key, @Nullable Object value) {
    that(value != null, key + " is missing");
  }

  static void that(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
