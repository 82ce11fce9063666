package io.netnswatch.oncall.alert;

import java.time.Duration;

/**
 * How long to wait after failures in a row.
 *
 * @param first the wait after the first; each further one is twice as long
 * @param longest no wait is longer
 */
public record Backoff(Duration first, Duration longest) {

  /** From a second to two minutes. */
  public static final Backoff STANDARD = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(2));

  private static final int MAX_DOUBLINGS = 20;

  /**
   * A random part, at least half, of a wait that doubles, so that those who failed together do not
   * come back together.
   *
   * @param failures in a row, at least 1
   * @param chance between 0 and 1
   */
  Duration after(int failures, double chance) {
    long waitMs = first.toMillis() << Math.min(failures - 1, MAX_DOUBLINGS);
    return Duration.ofMillis((long) (Math.min(longest.toMillis(), waitMs) * (0.5 + chance / 2)));
  }
}
