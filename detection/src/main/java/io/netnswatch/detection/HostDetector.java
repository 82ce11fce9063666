package io.netnswatch.detection;

import io.netnswatch.detection.HostState.Boot;
import io.netnswatch.detection.HostState.CollectorRun;
import io.netnswatch.detection.evidence.Evidence;
import io.netnswatch.detection.evidence.WindowEvidence;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.schema.Incident;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The detection for one host after another: puts evidence into its window and folds the windows
 * that the host's own watermark closes, in order.
 */
public final class HostDetector {

  /** So far back, beyond grace, an event made later than others shows that the clock was set. */
  private static final long CLOCK_STEP_MS = 30_000;

  private final DetectionSettings settings;
  private final Lifecycle lifecycle;

  /** A detector of these signatures, worst first. */
  public HostDetector(
      List<Signature> signatures, DetectionSettings settings, IncidentComposer composer) {
    this.settings = settings;
    this.lifecycle = new Lifecycle(signatures, composer);
  }

  /**
   * What came of one piece of evidence, or of silence.
   *
   * @param state the host's new state
   * @param late whether the evidence was not used: its window was closed, or its boot had ended
   * @param closed windows that were closed by it, in order
   * @param incidents lifecycle steps, in event time
   */
  public record Step(
      HostState state, boolean late, List<HostWindow> closed, List<Incident> incidents) {}

  /**
   * Accepts one piece of evidence.
   *
   * @param host the host it is of
   * @param before the host's state; null if nothing was known of it
   * @param evidence what was seen
   * @param now its partition's clock
   */
  public Step accept(
      String host, @Nullable HostState before, Evidence evidence, PartitionClock now) {
    HostState state = before != null ? before : firstState(evidence, now);
    long timeMs = evidence.eventTimeMs();
    if (clockWasSetBack(state, evidence)) {
      Step end = fold(host, state, Long.MAX_VALUE);
      Step begin = accept(host, inNewTime(end.state(), evidence), evidence, now);
      return new Step(
          begin.state(),
          false,
          joined(end.closed(), begin.closed()),
          joined(end.incidents(), begin.incidents()));
    }
    long startMs = settings.windowStart(timeMs);
    if (startMs < state.foldedUntilMs()
        || isOfAnEarlierTime(state, evidence)
        || evidence.bootId().equals(state.previousBootId())) {
      return new Step(state, true, List.of(), List.of());
    }
    long latestEventMs = Math.max(state.latestEventMs(), timeMs);
    HostState with =
        new HostState(
            latestEventMs,
            state.foldedUntilMs(),
            with(state.openWindows(), startMs, evidence),
            state.run().after(evidence),
            now,
            state.previousBootId(),
            state.boot());
    return fold(host, with, settings.closedUntil(latestEventMs));
  }

  /** Folds what is known of a host without waiting for more. */
  public Step finish(String host, HostState state) {
    return fold(host, state, state.latestEventMs() + settings.windowMs());
  }

  /**
   * The host is silent: what is known is judged without waiting longer, and its incidents are
   * marked. Nothing is resolved.
   */
  public Step fallSilent(String host, HostState state) {
    Step folded = finish(host, state);
    HostState after = folded.state();
    Boot boot = after.boot();
    if (boot == null || !after.hasOpenIncident()) {
      return folded;
    }
    List<Incident> incidents = new ArrayList<>(folded.incidents());
    Boot marked =
        lifecycle.markSilent(host, boot, state.latestEventMs() + settings.silenceMs(), incidents);
    return new Step(
        new HostState(
            after.latestEventMs(),
            after.foldedUntilMs(),
            after.openWindows(),
            after.run(),
            after.seen(),
            after.previousBootId(),
            marked),
        false,
        folded.closed(),
        incidents);
  }

  private HostState firstState(Evidence evidence, PartitionClock now) {
    long timeMs = evidence.eventTimeMs();
    return new HostState(
        timeMs,
        settings.closedUntil(timeMs),
        List.of(),
        CollectorRun.of(evidence),
        now,
        null,
        null);
  }

  /** An event that its collector made after others, and stamped long before them. */
  private boolean clockWasSetBack(HostState state, Evidence evidence) {
    Boot boot = state.boot();
    return boot != null
        && boot.bootId().equals(evidence.bootId())
        && state.run().isOf(evidence)
        && evidence.sequence() > state.run().sequence()
        && evidence.eventTimeMs() < state.latestEventMs() - settings.graceMs() - CLOCK_STEP_MS;
  }

  /** A straggler from before the clock was set back: in the present time it is of the future. */
  private static boolean isOfAnEarlierTime(HostState state, Evidence evidence) {
    return state.run().isOf(evidence)
        && evidence.sequence() < state.run().clockSetAt()
        && evidence.eventTimeMs() > state.latestEventMs() + CLOCK_STEP_MS;
  }

  /** Times from before and after a step can't be compared: only open incidents are kept. */
  private HostState inNewTime(HostState state, Evidence evidence) {
    long timeMs = evidence.eventTimeMs();
    Boot boot = state.boot();
    return new HostState(
        timeMs,
        settings.closedUntil(timeMs),
        List.of(),
        state.run().withClockSetAt(evidence.sequence()),
        state.seen(),
        state.previousBootId(),
        boot == null ? null : Lifecycle.inNewTime(boot, timeMs));
  }

  private Step fold(String host, HostState state, long watermarkMs) {
    long closedUntilMs = Math.max(state.foldedUntilMs(), settings.windowStart(watermarkMs));
    if (watermarkMs != Long.MAX_VALUE && !state.hasWindowBefore(closedUntilMs)) {
      return new Step(state.foldedUntil(closedUntilMs), false, List.of(), List.of());
    }
    List<HostWindow> closed = new ArrayList<>();
    List<HostWindow> open = new ArrayList<>();
    for (HostWindow window : state.openWindows()) {
      (window.startMs() < closedUntilMs ? closed : open).add(window);
    }
    List<Incident> incidents = new ArrayList<>();
    String previousBootId = state.previousBootId();
    Boot boot = state.boot();
    long foldedUntilMs = state.foldedUntilMs();
    for (HostWindow window : closed) {
      long endMs = window.startMs() + settings.windowMs();
      for (WindowEvidence.Boot evidence : window.evidence().boots()) {
        if (evidence.bootId().equals(previousBootId)) {
          continue;
        }
        if (boot != null && !boot.bootId().equals(evidence.bootId())) {
          lifecycle.reboot(host, boot, evidence.firstEventMs(), incidents);
          previousBootId = boot.bootId();
          boot = null;
        }
        Boot before = boot == null ? Boot.fresh(evidence.bootId()) : boot;
        boot = lifecycle.fold(host, before, evidence, endMs, incidents);
      }
      foldedUntilMs = Math.max(foldedUntilMs, endMs);
    }
    if (watermarkMs != Long.MAX_VALUE) {
      foldedUntilMs = Math.max(foldedUntilMs, settings.windowStart(watermarkMs));
    }
    return new Step(
        new HostState(
            state.latestEventMs(),
            foldedUntilMs,
            open,
            state.run(),
            state.seen(),
            previousBootId,
            boot),
        false,
        closed,
        incidents);
  }

  private static List<HostWindow> with(List<HostWindow> windows, long startMs, Evidence evidence) {
    List<HostWindow> after = new ArrayList<>(windows.size() + 1);
    boolean placed = false;
    for (HostWindow window : windows) {
      if (!placed && window.startMs() > startMs) {
        after.add(new HostWindow(startMs, WindowEvidence.EMPTY.with(evidence)));
        placed = true;
      }
      boolean same = window.startMs() == startMs;
      after.add(same ? new HostWindow(startMs, window.evidence().with(evidence)) : window);
      placed |= same;
    }
    if (!placed) {
      after.add(new HostWindow(startMs, WindowEvidence.EMPTY.with(evidence)));
    }
    return after;
  }

  private static <T> List<T> joined(List<T> a, List<T> b) {
    List<T> both = new ArrayList<>(a);
    both.addAll(b);
    return both;
  }
}
