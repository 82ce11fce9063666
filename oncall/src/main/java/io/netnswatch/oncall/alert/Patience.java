package io.netnswatch.oncall.alert;

import java.time.Duration;

/**
 * How a target wants to be told.
 *
 * @param repeat firing alerts are told again so often; zero if never
 * @param repeatResolved ended alerts are told again for so long; zero if not
 * @param backOff first wait after a failure; each further one is twice as long
 * @param backOffAtMost the longest
 */
public record Patience(
    Duration repeat, Duration repeatResolved, Duration backOff, Duration backOffAtMost) {

  /**
   * How long to wait after a failure: a random part, at least half, of a wait that doubles, so that
   * those who failed together do not come back together.
   *
   * @param failures in a row, at least 1
   * @param chance between 0 and 1
   */
  Duration afterFailure(int failures, double chance) {
    long longestMs = backOffAtMost.toMillis();
    long waitMs = backOff.toMillis() << Math.min(failures - 1, 20);
    return Duration.ofMillis((long) (Math.min(longestMs, waitMs) * (0.5 + chance / 2)));
  }
}
