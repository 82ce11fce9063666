package io.netnswatch.detection;

import java.time.Duration;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * By which the silence of a host is judged: how much time passes in its partition.
 *
 * <p>Hosts that take it for the same time of day move it together, with the latest of their events:
 * in whatever order events come within grace, as much time passes. A host whose clock is fast, or
 * slow by more than a day, moves it by the progress of its own time, so that a clock of the far
 * future neither stops it nor makes others silent. A host that is behind by less delivers what it
 * kept while it was cut off, in a minute what it saw in an hour: it moves nothing. No step is long:
 * an outage of all hosts makes nobody silent.
 *
 * @param elapsedMs how much time has passed since the first event, milliseconds
 * @param timeOfDayMs what most hosts take for the time of day now, epoch milliseconds; null while
 *     not known
 * @param agreedMs when a host last agreed with that, by this clock in milliseconds
 */
public record PartitionClock(long elapsedMs, @Nullable Long timeOfDayMs, long agreedMs) {

  /** Before the first event. */
  public static final PartitionClock START = new PartitionClock(0);

  private static final long LONGEST_STEP_MS = 30_000;

  /** Clocks that are so far apart agree; or, if that is more, twice the grace period. */
  private static final long AGREEMENT_MS = 10_000;

  /** So far behind, an event may have waited for its broker; what is older has a slow clock. */
  private static final long LONGEST_BACKLOG_MS = Duration.ofDays(1).toMillis();

  /** A clock that shows so much, of whose time of day nothing is known. */
  public PartitionClock(long elapsedMs) {
    this(elapsedMs, null, elapsedMs);
  }

  /**
   * The clock as hosts' boots remember it.
   *
   * @param boots one of each host
   */
  static PartitionClock of(Collection<BootTrack> boots) {
    long elapsedMs = boots.stream().mapToLong(BootTrack::heardMs).max().orElse(0);
    long[] startsMs =
        boots.stream()
            .filter(boot -> elapsedMs - boot.heardMs() <= LONGEST_STEP_MS)
            .mapToLong(boot -> boot.latestEventMs() - boot.heardMs())
            .sorted()
            .toArray();
    return startsMs.length == 0
        ? START
        : new PartitionClock(elapsedMs, elapsedMs + startsMs[startsMs.length / 2], elapsedMs);
  }

  /**
   * The clock after an event.
   *
   * @param boot what was known of the boot it is of; null if nothing
   * @param eventTimeMs its time, epoch milliseconds
   * @param graceMs how far behind its host's latest event a record may come, milliseconds
   */
  PartitionClock after(@Nullable BootTrack boot, long eventTimeMs, long graceMs) {
    if (timeOfDayMs == null) {
      return boot == null
          ? agreeing(elapsedMs, eventTimeMs)
          : agreeing(elapsedMs, boot.latestEventMs() + (elapsedMs - boot.heardMs()))
              .after(boot, eventTimeMs, graceMs);
    }
    long aheadMs = eventTimeMs - timeOfDayMs;
    if (Math.abs(aheadMs) <= agreementMs(graceMs)) {
      return aheadMs > 0
          ? agreeing(elapsedMs + aheadMs, eventTimeMs)
          : agreeing(elapsedMs, timeOfDayMs);
    }
    if (boot == null || eventTimeMs <= boot.latestEventMs() || !hasTimeOfItsOwn(aheadMs, graceMs)) {
      return this;
    }
    long toMs = ownTime(boot, eventTimeMs);
    if (toMs <= elapsedMs) {
      return this;
    }
    return toMs - agreedMs > LONGEST_STEP_MS
        ? agreeing(toMs, eventTimeMs)
        : new PartitionClock(toMs, timeOfDayMs + (toMs - elapsedMs), agreedMs);
  }

  /**
   * When a boot was heard of that this event is of: on this clock, which has been moved by it. No
   * later than now, and where the boot was not cut off, when the event was made.
   *
   * @param boot what was known of it; null if nothing
   */
  long heardMs(@Nullable BootTrack boot, long eventTimeMs, long graceMs) {
    if (timeOfDayMs == null) {
      return elapsedMs;
    }
    long aheadMs = eventTimeMs - timeOfDayMs;
    if (boot == null && Math.abs(aheadMs) > agreementMs(graceMs)) {
      return elapsedMs;
    }
    long madeMs =
        boot != null && hasTimeOfItsOwn(aheadMs, graceMs)
            ? ownTime(boot, eventTimeMs)
            : elapsedMs + aheadMs;
    return madeMs < elapsedMs - agreementMs(graceMs) ? elapsedMs : Math.min(madeMs, elapsedMs);
  }

  /** By so much the times at which hosts were heard of may be out of order, milliseconds. */
  static long agreementMs(long graceMs) {
    return Math.max(AGREEMENT_MS, 2 * graceMs);
  }

  private static boolean hasTimeOfItsOwn(long aheadMs, long graceMs) {
    return aheadMs > agreementMs(graceMs) || aheadMs < -LONGEST_BACKLOG_MS;
  }

  private static long ownTime(BootTrack boot, long eventTimeMs) {
    return boot.heardMs() + Math.min(eventTimeMs - boot.latestEventMs(), LONGEST_STEP_MS);
  }

  private PartitionClock agreeing(long toMs, long timeOfDay) {
    return timeOfDayMs != null && timeOfDay == timeOfDayMs && toMs == agreedMs
        ? this
        : new PartitionClock(toMs, timeOfDay, toMs);
  }
}
