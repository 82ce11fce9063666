package io.netnswatch.detection.signature;

import org.jspecify.annotations.Nullable;

/** What a signature file must hold, said in the file's own words. */
final class Check {

  private Check() {}

  /** A file may leave out any key; which ones it must have is said with this. */
  static void present(String key, @Nullable Object value) {
    that(value != null, key + " is missing");
  }

  static void function(String key, @Nullable String name) {
    present(key, name);
    that(
        name != null && name.matches("\\w+"),
        key + " must be a kernel function's name, not " + name);
  }

  static void range(String key, long value, long least, long most) {
    that(
        value >= least && value <= most,
        key + " must be " + least + " to " + most + ", not " + value);
  }

  static void that(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
