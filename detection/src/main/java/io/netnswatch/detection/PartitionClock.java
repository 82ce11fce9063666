package io.netnswatch.detection;

import java.time.Duration;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * By which the silence of a host is judged: how much time passes in its partition.
 *
 * <p>It goes on with the latest of what hosts say, as far as {@link PartitionPresent} believes
 * them: in whatever order events come within grace, as much time passes, and neither a host of the
 * future nor an invented one hurries it. A host that is behind moves nothing: it delivers what it
 * kept while it was cut off, in a minute what it saw in an hour; or its clock is slow. No step is
 * long: an outage of all hosts makes nobody silent.
 *
 * @param elapsedMs how much time has passed since the first event, milliseconds
 * @param timeOfDayMs what most hosts take for the time of day now, epoch milliseconds; null while
 *     not known
 */
public record PartitionClock(long elapsedMs, @Nullable Long timeOfDayMs) {

  /** Before the first event. */
  public static final PartitionClock START = new PartitionClock(0);

  private static final long LONGEST_STEP_MS = 30_000;

  /** Clocks that are so far apart agree; or, if that is more, twice the grace period. */
  private static final long AGREEMENT_MS = 10_000;

  /** So far behind, an event may have waited for its broker; what is older has a slow clock. */
  private static final long LONGEST_BACKLOG_MS = Duration.ofDays(1).toMillis();

  /** So far ahead of the others a host is believed, however short the grace. */
  private static final long LEAST_LEAD_MS = 3_000;

  /** So few that time goes on soon where most of a small partition's hosts die at once. */
  private static final int PATIENCE = 16;

  /** A clock that shows so much, of whose time of day nothing is known. */
  public PartitionClock(long elapsedMs) {
    this(elapsedMs, null);
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
        : new PartitionClock(elapsedMs, elapsedMs + startsMs[startsMs.length / 2]);
  }

  /** The present that this clock goes by from now on. */
  PartitionPresent present(long graceMs) {
    return new PartitionPresent(
        timeOfDayMs == null ? -1 : timeOfDayMs,
        Math.max(LEAST_LEAD_MS, graceMs),
        PATIENCE,
        PATIENCE);
  }

  /**
   * The clock after an event.
   *
   * @param timeMs its time as far as the present believes it, epoch milliseconds
   * @param present the present after that event
   * @param graceMs how far behind its host's latest event a record may come, milliseconds
   */
  PartitionClock after(long timeMs, PartitionPresent present, long graceMs) {
    if (timeOfDayMs == null) {
      return new PartitionClock(elapsedMs, timeMs);
    }
    if (!present.isKnown()) {
      return this;
    }
    if (present.timeMs() < timeOfDayMs - LONGEST_BACKLOG_MS
        || (present.isNew() && present.latestMs() < timeOfDayMs)) {
      // Those by whom it went have died, or the first host was of the future.
      return new PartitionClock(elapsedMs, present.timeMs());
    }
    long aheadMs = timeMs - timeOfDayMs;
    // What order within grace may make of a step is no outage: it is taken whole in any order.
    long longestMs = Math.max(LONGEST_STEP_MS, agreementMs(graceMs));
    return aheadMs <= 0
        ? this
        : new PartitionClock(
            elapsedMs + (aheadMs <= longestMs ? aheadMs : LONGEST_STEP_MS), timeMs);
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
}
