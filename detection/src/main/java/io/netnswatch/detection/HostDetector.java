package io.netnswatch.detection;

import io.netnswatch.detection.Lifecycle.Folded;
import io.netnswatch.detection.evidence.BootEvidence;
import io.netnswatch.detection.evidence.Evidence;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.schema.Incident;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
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
      HostState state, boolean late, List<HostWindow> closed, List<Incident> incidents) {

    public Step {
      closed = List.copyOf(closed);
      incidents = List.copyOf(incidents);
    }

    /** Nothing came of it. */
    static Step quiet(HostState state) {
      return new Step(state, false, List.of(), List.of());
    }

    /** The evidence came too late to be used. */
    static Step late(HostState state) {
      return new Step(state, true, List.of(), List.of());
    }

    /** This step and the one after it as one. */
    Step then(Step next) {
      return new Step(
          next.state, next.late, joined(closed, next.closed), joined(incidents, next.incidents));
    }

    private static <T> List<T> joined(List<T> a, List<T> b) {
      return Stream.concat(a.stream(), b.stream()).toList();
    }
  }

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
    long timeMs = evidence.eventTimeMs();
    HostState state =
        before != null ? before : HostState.first(evidence, settings.closedUntil(timeMs), now);
    if (clockWasSetBack(state, evidence)) {
      Step end = foldAll(host, state);
      HostState begin = end.state().inTimeOf(evidence, settings.closedUntil(timeMs));
      return end.then(accept(host, begin, evidence, now));
    }
    long startMs = settings.windowStart(timeMs);
    if (startMs < state.foldedUntilMs()
        || isOfAnEarlierTime(state, evidence)
        || evidence.bootId().equals(state.previousBootId())) {
      return Step.late(state);
    }
    HostState with = state.with(evidence, startMs, now);
    return fold(host, with, settings.closedUntil(with.latestEventMs()));
  }

  /** Folds what is known of a host without waiting for more. */
  public Step finish(String host, HostState state) {
    return fold(host, state, settings.windowStart(state.latestEventMs() + settings.windowMs()));
  }

  /**
   * The host is silent: what is known is judged without waiting longer, and its incidents are
   * marked. Nothing is resolved.
   */
  public Step fallSilent(String host, HostState state) {
    Step folded = finish(host, state);
    BootState boot = folded.state().boot();
    if (boot == null || !boot.hasOpenIncident()) {
      return folded;
    }
    Folded marked = lifecycle.markSilent(host, boot, state.latestEventMs() + settings.silenceMs());
    return folded.then(
        new Step(folded.state().withBoot(marked.boot()), false, List.of(), marked.incidents()));
  }

  /** An event that its collector made after others, and stamped long before them. */
  private boolean clockWasSetBack(HostState state, Evidence evidence) {
    BootState boot = state.boot();
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

  /** Folds the windows that end by a time, which is where a window begins. */
  private Step fold(String host, HostState state, long untilMs) {
    long foldedUntilMs = Math.max(state.foldedUntilMs(), untilMs);
    if (!state.hasWindowBefore(foldedUntilMs)) {
      return Step.quiet(state.foldedUntil(foldedUntilMs));
    }
    List<HostWindow> closed = new ArrayList<>();
    List<HostWindow> open = new ArrayList<>();
    for (HostWindow window : state.openWindows()) {
      (window.startMs() < foldedUntilMs ? closed : open).add(window);
    }
    Step step = fold(host, state.withOpenWindows(open), closed);
    return new Step(step.state().foldedUntil(foldedUntilMs), false, closed, step.incidents());
  }

  /** Folds all windows, whether the host's time has passed them or not. */
  private Step foldAll(String host, HostState state) {
    return fold(host, state.withOpenWindows(List.of()), state.openWindows());
  }

  private Step fold(String host, HostState before, List<HostWindow> closed) {
    HostState state = before;
    List<Incident> incidents = new ArrayList<>();
    for (HostWindow window : closed) {
      long endMs = window.startMs() + settings.windowMs();
      for (BootEvidence evidence : window.evidence().boots()) {
        if (evidence.bootId().equals(state.previousBootId())) {
          continue;
        }
        BootState boot = state.boot();
        if (boot != null && !boot.bootId().equals(evidence.bootId())) {
          incidents.addAll(lifecycle.reboot(host, boot, evidence.firstEventMs()));
          state = state.withBootEnded(boot.bootId());
          boot = null;
        }
        Folded folded =
            lifecycle.fold(
                host, boot == null ? BootState.fresh(evidence.bootId()) : boot, evidence, endMs);
        incidents.addAll(folded.incidents());
        state = state.withBoot(folded.boot());
      }
    }
    return new Step(state, false, closed, incidents);
  }
}
