package io.netnswatch.streams.query;

import java.time.Duration;
import java.time.Instant;

/**
 * Until when a question is answered, whatever it takes.
 *
 * @param at the end
 */
record Deadline(Instant at) {

  /** So long from now on. */
  static Deadline in(Duration time) {
    return new Deadline(Instant.now().plus(time));
  }

  /** What is left; not negative. */
  Duration left() {
    Duration left = Duration.between(Instant.now(), at);
    return left.isNegative() ? Duration.ZERO : left;
  }

  boolean isOver() {
    return left().isZero();
  }
}
