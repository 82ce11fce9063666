package io.netnswatch.detection;

/**
 * By which the silence of a host is judged: how much time passes in its partition. It follows the
 * latest event time of any host, but takes no long step: a wrong clock, or an outage of all hosts,
 * makes nobody silent.
 *
 * @param latestSecond latest event time of the partition, epoch seconds
 * @param elapsedSeconds how much time has passed since the first event
 */
public record PartitionClock(long latestSecond, long elapsedSeconds) {

  private static final long LONGEST_STEP_SECONDS = 30;

  /** A clock that begins with this event. */
  static PartitionClock startingAt(long eventTimeMs) {
    return new PartitionClock(second(eventTimeMs), 0);
  }

  /** The clock after an event. */
  PartitionClock after(long eventTimeMs) {
    long second = second(eventTimeMs);
    return second <= latestSecond
        ? this
        : new PartitionClock(
            second, elapsedSeconds + Math.min(second - latestSecond, LONGEST_STEP_SECONDS));
  }

  private static long second(long eventTimeMs) {
    return Math.floorDiv(eventTimeMs, 1000);
  }
}
