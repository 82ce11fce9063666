package io.netnswatch.detection;

import io.netnswatch.detection.evidence.Evidence;
import io.netnswatch.detection.evidence.Evidence.Snapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One boot of a host and its own time.
 *
 * @param state what is known of it from folded windows
 * @param firstEventMs earliest event time seen, epoch milliseconds
 * @param latestEventMs latest event time seen; less the grace period it is the boot's watermark
 * @param foldedUntilMs end of the last window folded; what falls before it is late
 * @param openWindows windows not yet folded that hold evidence, in order; grace and window length
 *     bound their number
 * @param run the latest run of its collector
 * @param uptimeMs longest time since boot that a snapshot told, milliseconds; null if none did
 * @param firstHeardMs when it was first heard of, by its partition's clock in milliseconds
 * @param heardMs when its time last went on, by its partition's clock in milliseconds
 * @param interleaved whether it and another boot of the same host name were heard of by turns
 */
public record BootTrack(
    BootState state,
    long firstEventMs,
    long latestEventMs,
    long foldedUntilMs,
    List<HostWindow> openWindows,
    CollectorRun run,
    @Nullable Long uptimeMs,
    long firstHeardMs,
    long heardMs,
    boolean interleaved) {

  public BootTrack {
    openWindows = List.copyOf(openWindows);
  }

  /** What is known of a boot before its first event is put into a window. */
  static BootTrack first(Evidence evidence, long foldedUntilMs, PartitionClock now) {
    return new BootTrack(
        BootState.fresh(evidence.bootId()),
        evidence.eventTimeMs(),
        evidence.eventTimeMs(),
        foldedUntilMs,
        List.of(),
        CollectorRun.of(evidence),
        null,
        now.elapsedMs(),
        now.elapsedMs(),
        false);
  }

  /** Identity of the boot. */
  public String bootId() {
    return state.bootId();
  }

  /** How long it has been heard of, milliseconds. */
  long lifeMs() {
    return heardMs - firstHeardMs;
  }

  /** Whether its first event has come, in whatever order events come within grace. */
  boolean isBeginKnown(long graceMs) {
    return latestEventMs - firstEventMs > graceMs;
  }

  /** Whether a window that is open begins before that time. */
  boolean hasWindowBefore(long timeMs) {
    return !openWindows.isEmpty() && openWindows.get(0).startMs() < timeMs;
  }

  /** With one more piece of evidence, in the window that begins then. */
  BootTrack with(Evidence evidence, long windowStartMs, PartitionClock now, long graceMs) {
    boolean timeGoesOn = evidence.eventTimeMs() > latestEventMs;
    return new BootTrack(
        state,
        Math.min(firstEventMs, evidence.eventTimeMs()),
        Math.max(latestEventMs, evidence.eventTimeMs()),
        foldedUntilMs,
        HostWindow.with(openWindows, windowStartMs, evidence),
        run.after(evidence),
        BootFacts.later(uptimeMs, uptimeMsOf(evidence)),
        firstHeardMs,
        timeGoesOn ? now.heardMs(this, evidence.eventTimeMs(), graceMs) : heardMs,
        interleaved);
  }

  BootTrack withState(BootState now) {
    return new BootTrack(
        now,
        firstEventMs,
        latestEventMs,
        foldedUntilMs,
        openWindows,
        run,
        uptimeMs,
        firstHeardMs,
        heardMs,
        interleaved);
  }

  BootTrack withOpenWindows(List<HostWindow> windows) {
    return new BootTrack(
        state,
        firstEventMs,
        latestEventMs,
        foldedUntilMs,
        windows,
        run,
        uptimeMs,
        firstHeardMs,
        heardMs,
        interleaved);
  }

  BootTrack foldedUntil(long timeMs) {
    return timeMs == foldedUntilMs
        ? this
        : new BootTrack(
            state,
            firstEventMs,
            latestEventMs,
            timeMs,
            openWindows,
            run,
            uptimeMs,
            firstHeardMs,
            heardMs,
            interleaved);
  }

  BootTrack withInterleaved() {
    return new BootTrack(
        state,
        firstEventMs,
        latestEventMs,
        foldedUntilMs,
        openWindows,
        run,
        uptimeMs,
        firstHeardMs,
        heardMs,
        true);
  }

  /**
   * Whether evidence shows that the host's clock was set back: it was made after what is known, and
   * is stamped long before it. A later run of the collector is told by the time since boot.
   */
  boolean showsClockSetBack(Evidence evidence, long graceMs) {
    Long uptimeThen = uptimeMsOf(evidence);
    boolean madeLater =
        run.isOf(evidence)
            ? evidence.sequence() > run.sequence()
            : uptimeMs != null && uptimeThen != null && uptimeThen > uptimeMs;
    return madeLater && evidence.eventTimeMs() < latestEventMs - graceMs - CLOCK_STEP_MS;
  }

  /** A straggler from before the clock was set back: in the present time it is of the future. */
  boolean isBeforeClockWasSet(Evidence evidence) {
    return run.isOf(evidence)
        && evidence.sequence() < run.clockSetAt()
        && evidence.eventTimeMs() > latestEventMs + CLOCK_STEP_MS;
  }

  /** Times from before and after the clock was set can't be compared: only incidents are kept. */
  BootTrack inTimeOf(Evidence evidence, long newFoldedUntilMs) {
    return new BootTrack(
        state.inTimeOf(evidence.eventTimeMs()),
        evidence.eventTimeMs(),
        evidence.eventTimeMs(),
        newFoldedUntilMs,
        List.of(),
        CollectorRun.of(evidence).withClockSetAt(evidence.sequence()),
        uptimeMs,
        firstHeardMs,
        heardMs,
        interleaved);
  }

  private static @Nullable Long uptimeMsOf(Evidence evidence) {
    return evidence.observation() instanceof Snapshot snapshot ? snapshot.uptimeMs() : null;
  }

  /** So far back, beyond grace, an event made later than others shows that the clock was set. */
  private static final long CLOCK_STEP_MS = 30_000;

  /**
   * A run of a host's collector; its sequence numbers tell an event that was made later from one
   * that only arrives later.
   *
   * @param startedAtMs when it began, by its own clock
   * @param sequence highest sequence number seen
   * @param clockSetAt sequence number from which on the host's clock is the present one
   */
  public record CollectorRun(long startedAtMs, long sequence, long clockSetAt) {

    static CollectorRun of(Evidence evidence) {
      return new CollectorRun(evidence.collectorStartedAtMs(), evidence.sequence(), 0);
    }

    boolean isOf(Evidence evidence) {
      return evidence.collectorStartedAtMs() == startedAtMs;
    }

    CollectorRun after(Evidence evidence) {
      if (isOf(evidence)) {
        return evidence.sequence() <= sequence
            ? this
            : new CollectorRun(startedAtMs, evidence.sequence(), clockSetAt);
      }
      return evidence.collectorStartedAtMs() > startedAtMs ? of(evidence) : this;
    }

    CollectorRun withClockSetAt(long setAt) {
      return new CollectorRun(startedAtMs, setAt, setAt);
    }
  }
}
