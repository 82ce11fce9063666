package io.netnswatch.replay.history;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of event time.
 *
 * @param from its begin; null for the beginning of history
 * @param to its end, exclusive; null for the end of history
 */
public record TimeRange(@Nullable Instant from, @Nullable Instant to) {

  /** All of history. */
  public static final TimeRange ALL = new TimeRange(null, null);

  public TimeRange {
    if (from != null && to != null && !from.isBefore(to)) {
      throw new IllegalArgumentException("from must be before to: " + from + ", " + to);
    }
  }

  /** Whether a moment is in it. */
  public boolean contains(Instant moment) {
    return (from == null || !moment.isBefore(from)) && (to == null || moment.isBefore(to));
  }

  /** The same, longer at both ends. */
  public TimeRange widened(Duration before, Duration after) {
    return new TimeRange(
        from == null ? null : from.minus(before), to == null ? null : to.plus(after));
  }

  @Override
  public String toString() {
    return (from == null ? "the beginning" : from) + " to " + (to == null ? "the end" : to);
  }
}
