package io.netnswatch.command;

import java.time.Duration;

/**
 * How long to wait after failures: twice as long after each, up to a limit.
 *
 * @param first after the first failure
 * @param longest at most
 */
public record Backoff(Duration first, Duration longest) {

  /** From a second to two minutes. */
  public static final Backoff STANDARD = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(2));

  private static final int MOST_DOUBLINGS = 20;

  public Backoff {
    if (first.isNegative() || first.isZero() || longest.compareTo(first) < 0) {
      throw new IllegalArgumentException(
          "a back-off begins above zero and does not get shorter: " + first + " to " + longest);
    }
  }

  /**
   * The wait after a failure: a random part, at least half, so that those who failed together do
   * not come back together.
   *
   * @param failures in a row, at least 1
   * @param chance from 0 to 1
   */
  public Duration after(int failures, double chance) {
    return Duration.ofMillis((long) (unspread(failures).toMillis() * (0.5 + chance / 2)));
  }

  /** The wait after a failure, without a random part. */
  public Duration unspread(int failures) {
    Duration wait = first.multipliedBy(1L << Math.min(Math.max(0, failures - 1), MOST_DOUBLINGS));
    return wait.compareTo(longest) < 0 ? wait : longest;
  }
}
