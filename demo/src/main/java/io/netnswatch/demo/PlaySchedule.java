package io.netnswatch.demo;

import java.time.Duration;
import java.time.Instant;

/**
 * When which moment of a recording is played.
 *
 * <p>Faster than recorded, event time runs faster than the clock. It begins so far in the past that
 * it meets the present at the end: no event is ever in the future.
 *
 * @param recordedFrom first moment of the recording
 * @param recordedTo its last
 * @param playFrom when the play begins
 * @param speed how many times faster than recorded; at least 1
 */
record PlaySchedule(Instant recordedFrom, Instant recordedTo, Instant playFrom, double speed) {

  PlaySchedule {
    if (!(speed >= 1)) {
      throw new IllegalArgumentException("the speed must be 1 or more: " + speed);
    }
  }

  /** What is added to every recorded time. */
  Duration shift() {
    return Duration.between(recordedTo, playTo());
  }

  /** When the play ends. */
  Instant playTo() {
    return playFrom.plusMillis(Math.round(recordedLength().toMillis() / speed));
  }

  /** When an event is due, by its shifted time. */
  Instant due(Instant eventTime) {
    long intoRecordingMs = Duration.between(recordedFrom.plus(shift()), eventTime).toMillis();
    return playFrom.plusMillis(Math.round(intoRecordingMs / speed));
  }

  private Duration recordedLength() {
    return Duration.between(recordedFrom, recordedTo);
  }
}
