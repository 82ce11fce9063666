package io.netnswatch.collector.spool;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where the spool is and how far it may grow.
 *
 * @param directory made, with mode 0700, if it does not exist
 * @param maxBytes of all files together; beyond, the oldest file goes
 * @param maxAge how long events wait; a file goes when the last of its events has waited longer
 */
public record SpoolSettings(Path directory, long maxBytes, Duration maxAge) {

  /** Less would not hold the largest event a few times over. */
  public static final long MIN_BYTES = 1 << 20;

  private static final int FILES = 16;

  public SpoolSettings {
    if (maxBytes < MIN_BYTES) {
      throw new IllegalArgumentException("a spool needs at least 1 MiB: " + maxBytes);
    }
    if (maxAge.isNegative() || maxAge.isZero()) {
      throw new IllegalArgumentException("the age must be above 0: " + maxAge);
    }
  }

  /** The length from which on a new file is begun. */
  long fileBytes() {
    return maxBytes / FILES;
  }

  /** The age from which on a new file is begun. */
  Duration fileAge() {
    return maxAge.dividedBy(FILES);
  }
}
