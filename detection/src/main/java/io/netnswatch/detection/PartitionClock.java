package io.netnswatch.detection;

import org.jspecify.annotations.Nullable;

/**
 * By which the silence of a host is judged: how much time passes in its partition. It goes on with
 * the progress of any host's own time, whatever that host takes for the time of day; so a clock of
 * the far future neither stops it nor makes others silent. It takes no long step: an outage of all
 * hosts makes nobody silent.
 *
 * @param elapsedMs how much time has passed since the first event, milliseconds
 */
public record PartitionClock(long elapsedMs) {

  /** Before the first event. */
  public static final PartitionClock START = new PartitionClock(0);

  private static final long LONGEST_STEP_MS = 30_000;

  /**
   * The clock after an event.
   *
   * @param boot what was known of the boot it is of; null if nothing
   * @param eventTimeMs its time, epoch milliseconds
   */
  PartitionClock after(@Nullable BootTrack boot, long eventTimeMs) {
    if (boot == null || eventTimeMs <= boot.latestEventMs()) {
      return this;
    }
    long progressMs = Math.min(eventTimeMs - boot.latestEventMs(), LONGEST_STEP_MS);
    long toMs = boot.heardMs() + progressMs;
    return toMs <= elapsedMs ? this : new PartitionClock(toMs);
  }
}
