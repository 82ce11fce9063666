package io.netnswatch.demo;

import java.time.Duration;
import java.time.Instant;

/**
 * When which moment of recordings is played.
 *
 * <p>Faster than recorded, event time runs faster than the clock. It begins so far in the past that
 * it meets the present at the end: no event is ever in the future. A play that begins later than
 * planned ends later, too: it has no haste to make up for.
 *
 * @param length of the longest recording, as it happened
 * @param playFrom when the play begins, at the earliest
 * @param speed how many times faster than recorded; at least 1
 */
record PlaySchedule(Duration length, Instant playFrom, double speed) {

  PlaySchedule {
    if (!(speed >= 1)) {
      throw new IllegalArgumentException("the speed must be 1 or more: " + speed);
    }
  }

  /**
   * What is added to every time of a recording: all begin together.
   *
   * @param recordedFrom its first moment
   */
  Duration shift(Instant recordedFrom) {
    return Duration.between(recordedFrom, eventsFrom());
  }

  /** When the play ends. */
  Instant playTo() {
    return playFrom.plusMillis(Math.round(length.toMillis() / speed));
  }

  /** How long after the begin of the play an event is due, by its shifted time. */
  Duration due(Instant eventTime) {
    long intoRecordingMs = Duration.between(eventsFrom(), eventTime).toMillis();
    return Duration.ofMillis(Math.round(intoRecordingMs / speed));
  }

  private Instant eventsFrom() {
    return playTo().minus(length);
  }
}
