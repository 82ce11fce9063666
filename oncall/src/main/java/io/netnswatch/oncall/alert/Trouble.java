package io.netnswatch.oncall.alert;

import java.time.Duration;
import java.time.Instant;

/**
 * Failures in a row.
 *
 * @param failures how many
 * @param notBefore when to try again
 */
record Trouble(int failures, Instant notBefore) {

  static final Trouble NONE = new Trouble(0, Instant.MIN);

  /** One more. */
  Trouble andNow(Instant now, Duration atLeast, Patience patience, double chance) {
    Duration wait = patience.afterFailure(failures + 1, chance);
    return new Trouble(failures + 1, now.plus(wait.compareTo(atLeast) < 0 ? atLeast : wait));
  }
}
