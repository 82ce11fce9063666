package io.netnswatch.schema;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The time in the value of a telemetry record against the record's timestamp, by which brokers
 * accept and delete. A collector sets both to the event time; a topic that stamps what it appends
 * makes them differ by how long the event lay in a spool.
 */
public final class RecordTime {

  /** So far may the clock of a collector be ahead of the broker's: brokers refuse what is more. */
  public static final Duration MAX_AHEAD = Duration.ofHours(1);

  /** No spool is kept for longer. */
  public static final Duration MAX_BEHIND = Duration.ofDays(30);

  private RecordTime() {}

  /**
   * What is wrong with the two; empty if nothing.
   *
   * @param eventMs event time by the value, epoch milliseconds
   * @param recordMs timestamp of the record, epoch milliseconds
   */
  public static Optional<String> objection(long eventMs, long recordMs) {
    if (recordMs < 0) {
      return Optional.of("the record has no timestamp");
    }
    boolean ahead = eventMs > recordMs + MAX_AHEAD.toMillis();
    boolean behind = eventMs < recordMs - MAX_BEHIND.toMillis();
    return ahead || behind
        ? Optional.of(
            "event time "
                + Instant.ofEpochMilli(eventMs)
                + (ahead ? " is ahead of" : " is behind")
                + " the record's timestamp "
                + Instant.ofEpochMilli(recordMs))
        : Optional.empty();
  }
}
