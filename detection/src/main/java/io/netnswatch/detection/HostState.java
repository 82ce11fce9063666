package io.netnswatch.detection;

import io.netnswatch.detection.evidence.Evidence;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the detector remembers of a host.
 *
 * @param latestEventMs latest event time seen; less the grace period it is the host's watermark
 * @param foldedUntilMs end of the last window folded; what falls before it is late
 * @param openWindows windows not yet folded that hold evidence, in order; grace and window length
 *     bound their number
 * @param run the latest run of its collector
 * @param seen when it was last heard of
 * @param previousBootId the boot before the present one, whose stragglers are ignored; null if none
 * @param boot the present boot; null until the first window is folded
 */
public record HostState(
    long latestEventMs,
    long foldedUntilMs,
    List<HostWindow> openWindows,
    CollectorRun run,
    PartitionClock seen,
    @Nullable String previousBootId,
    @Nullable BootState boot) {

  public HostState {
    openWindows = List.copyOf(openWindows);
  }

  /** What is known of a host when its first event comes. */
  static HostState first(Evidence evidence, long foldedUntilMs, PartitionClock now) {
    return new HostState(
        evidence.eventTimeMs(),
        foldedUntilMs,
        List.of(),
        CollectorRun.of(evidence),
        now,
        null,
        null);
  }

  /** Whether a window that is open begins before that time. */
  boolean hasWindowBefore(long timeMs) {
    return !openWindows.isEmpty() && openWindows.get(0).startMs() < timeMs;
  }

  /** Whether an incident of this host has been reported and not resolved. */
  public boolean hasOpenIncident() {
    return boot != null && boot.hasOpenIncident();
  }

  /** With one more piece of evidence, in the window that begins then. */
  HostState with(Evidence evidence, long windowStartMs, PartitionClock now) {
    return new HostState(
        Math.max(latestEventMs, evidence.eventTimeMs()),
        foldedUntilMs,
        HostWindow.with(openWindows, windowStartMs, evidence),
        run.after(evidence),
        now,
        previousBootId,
        boot);
  }

  HostState foldedUntil(long timeMs) {
    return timeMs == foldedUntilMs
        ? this
        : new HostState(latestEventMs, timeMs, openWindows, run, seen, previousBootId, boot);
  }

  HostState withOpenWindows(List<HostWindow> windows) {
    return new HostState(latestEventMs, foldedUntilMs, windows, run, seen, previousBootId, boot);
  }

  HostState withBoot(BootState present) {
    return new HostState(
        latestEventMs, foldedUntilMs, openWindows, run, seen, previousBootId, present);
  }

  /** The present boot has ended; nothing is known yet of the one after it. */
  HostState withBootEnded(String endedBootId) {
    return new HostState(latestEventMs, foldedUntilMs, openWindows, run, seen, endedBootId, null);
  }

  /** Times from before and after the clock was set can't be compared: only incidents are kept. */
  HostState inTimeOf(Evidence evidence, long newFoldedUntilMs) {
    return new HostState(
        evidence.eventTimeMs(),
        newFoldedUntilMs,
        List.of(),
        run.withClockSetAt(evidence.sequence()),
        seen,
        previousBootId,
        boot == null ? null : boot.inTimeOf(evidence.eventTimeMs()));
  }

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
