package io.netnswatch.oncall.alert;

import io.netnswatch.command.Backoff;
import java.time.Duration;
import java.time.Instant;

/**
 * Failures in a row.
 *
 * @param count how many
 * @param notBefore when to try again
 */
public record Failures(int count, Instant notBefore) {

  public static final Failures NONE = new Failures(0, Instant.MIN);

  /**
   * One more.
   *
   * @param atLeast how long to wait at least
   * @param chance between 0 and 1
   */
  public Failures oneMore(Instant now, Duration atLeast, Backoff backoff, double chance) {
    Duration wait = backoff.after(count + 1, chance);
    return new Failures(count + 1, now.plus(wait.compareTo(atLeast) < 0 ? atLeast : wait));
  }
}
