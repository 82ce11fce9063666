package io.netnswatch.oncall.config;

import org.jspecify.annotations.Nullable;

/** A setting that makes no sense; the message says why, and never holds a value that is secret. */
final class InvalidSettingException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  private final String key;

  /**
   * Found in the settings of one record.
   *
   * @param key below that record
   */
  InvalidSettingException(String key, String why) {
    super(why);
    this.key = key;
  }

  /** Below which key of the record. */
  String key() {
    return key;
  }

  /** The setting if it is there. */
  static <T> T needed(String key, @Nullable T value) {
    if (value == null) {
      throw new InvalidSettingException(key, "is needed");
    }
    return value;
  }

  /** Complains unless it holds. */
  static void check(boolean holds, String key, String why) {
    if (!holds) {
      throw new InvalidSettingException(key, why);
    }
  }
}
