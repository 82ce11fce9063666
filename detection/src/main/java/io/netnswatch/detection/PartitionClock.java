package io.netnswatch.detection;

import org.jspecify.annotations.Nullable;

/**
 * By which the silence of a host is judged: how much time passes in its partition. It goes on with
 * the progress of any host's own time, whatever that host takes for the time of day; so a clock of
 * the far future neither stops it nor makes others silent. It takes no long step: an outage of all
 * hosts makes nobody silent. Hosts that agree on the time of day have one place on it, so that
 * neither the order of events within grace nor the number of hosts makes it run faster.
 *
 * @param elapsedMs how much time has passed since the first event, milliseconds
 * @param setByMs time of the event by which it last went on, epoch milliseconds
 */
public record PartitionClock(long elapsedMs, long setByMs) {

  /** Before the first event. */
  public static final PartitionClock START = new PartitionClock(0, 0);

  private static final long LONGEST_STEP_MS = 30_000;

  /** Two events at one moment, by clocks that are right, are no further apart. */
  private static final long AGREEMENT_MS = 60_000;

  /** Whether an event is of now, as the host by which the clock last went on tells the time. */
  boolean agreesWith(long eventTimeMs) {
    return setByMs == 0 || Math.abs(eventTimeMs - setByMs) <= AGREEMENT_MS;
  }

  /**
   * Where an event stands on this clock.
   *
   * @param boot what was known of the boot it is of; null if nothing
   * @param eventTimeMs its time, epoch milliseconds
   */
  long placeOf(@Nullable BootTrack boot, long eventTimeMs) {
    if (boot != null && eventTimeMs - boot.latestEventMs() <= LONGEST_STEP_MS) {
      return boot.placeMs() + Math.max(0, eventTimeMs - boot.latestEventMs());
    }
    if (setByMs != 0 && agreesWith(eventTimeMs)) {
      return elapsedMs + eventTimeMs - setByMs;
    }
    return boot == null ? elapsedMs : Math.max(elapsedMs, boot.placeMs() + LONGEST_STEP_MS);
  }

  /**
   * The clock after an event.
   *
   * @param placeMs where it stands
   * @param eventTimeMs its time, epoch milliseconds
   */
  PartitionClock after(long placeMs, long eventTimeMs) {
    return placeMs > elapsedMs || setByMs == 0 ? new PartitionClock(placeMs, eventTimeMs) : this;
  }

  /** The same, where the time of day is from now on that of the event. */
  PartitionClock inTimeOf(long placeMs, long eventTimeMs) {
    return new PartitionClock(Math.max(elapsedMs, placeMs), eventTimeMs);
  }
}
