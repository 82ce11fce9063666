package io.netnswatch.detection;

import io.netnswatch.detection.Lifecycle.Folded;
import io.netnswatch.detection.evidence.Evidence;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.schema.Incident;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The detection for one host after another: puts evidence into its window and folds the windows
 * that the watermark of the host's boot closes, in order.
 */
public final class HostDetector {

  /** A boot has ended when another has been heard of for so long and it has not. */
  private static final long REBOOTED_AFTER_MS = 60_000;

  /** The same, where both have been heard of by turns: two hosts have one name. */
  private static final long INTERLEAVED_GONE_AFTER_MS = 600_000;

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
   * @param late whether the evidence was not used: its window was closed, its boot had ended, or
   *     too many boots of the host are looked at already
   * @param closed windows that were closed by it, each boot's in order
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

    /** The evidence was not used. */
    static Step late(HostState state) {
      return new Step(state, true, List.of(), List.of());
    }

    /** This step, and then what happened to one of the host's boots. */
    private Step then(HostState next, List<HostWindow> windows, List<Incident> steps) {
      return new Step(next, late, joined(closed, windows), joined(incidents, steps));
    }

    private Step then(BootTrack boot, Folded folded) {
      return then(state.with(boot.withState(folded.boot())), List.of(), folded.incidents());
    }

    private static <T> List<T> joined(List<T> a, List<T> b) {
      return a.isEmpty() ? b : b.isEmpty() ? a : Stream.concat(a.stream(), b.stream()).toList();
    }
  }

  /** What came of one boot's windows. */
  private record Tracked(BootTrack track, List<HostWindow> closed, List<Incident> incidents) {}

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
    HostState known = before != null ? before : HostState.NOTHING;
    BootTrack track = known.boot(evidence.bootId());
    HostState state =
        track != null ? known : known.isOfAnEndedBoot(evidence) ? null : known.withRoom();
    if (state == null) {
      return Step.late(known);
    }
    BootTrack boot =
        track != null
            ? track
            : BootTrack.first(evidence, settings.closedUntil(evidence.eventTimeMs()), now);
    if (boot.showsClockSetBack(evidence, settings.graceMs())) {
      Tracked end = fold(host, boot, boot.openWindows(), List.of());
      BootTrack begin =
          end.track().inTimeOf(evidence, settings.closedUntil(evidence.eventTimeMs()));
      Step step = new Step(state.with(begin), false, end.closed(), end.incidents());
      return put(host, step, begin, evidence, now);
    }
    long startMs = settings.windowStart(evidence.eventTimeMs());
    return startMs < boot.foldedUntilMs() || boot.isBeforeClockWasSet(evidence)
        ? Step.late(known)
        : put(host, Step.quiet(state), boot, evidence, now);
  }

  /** Folds what is known of a host without waiting for more. */
  public Step finish(String host, HostState state) {
    Step step = Step.quiet(state);
    for (BootTrack boot : state.boots()) {
      Tracked folded = finish(host, boot);
      step = step.then(step.state().with(folded.track()), folded.closed(), folded.incidents());
    }
    BootTrack present = step.state().present();
    for (BootTrack boot : step.state().boots()) {
      if (present != null && boot.heardMs() < present.heardMs() && !boot.interleaved()) {
        step = endedBy(present, host, step, boot);
      }
    }
    return step;
  }

  /**
   * The open incidents with all that is known of them: steps are at most one a minute, and whoever
   * looks in between wants to know all.
   */
  public List<Incident> present(String host, HostState state) {
    return state.boots().stream()
        .flatMap(boot -> lifecycle.present(host, boot.state(), boot.foldedUntilMs()).stream())
        .toList();
  }

  /**
   * The host is silent: what is known is judged without waiting longer, and its incidents are
   * marked. Nothing is resolved.
   */
  public Step fallSilent(String host, HostState state) {
    Step step = Step.quiet(state);
    for (BootTrack boot : state.boots()) {
      step = fallSilent(host, step, boot);
    }
    return step;
  }

  /** Whether an incident is open of a signature that this detector has no more. */
  boolean hasRemoved(HostState state) {
    return state.boots().stream().anyMatch(boot -> lifecycle.hasRemoved(boot.state()));
  }

  /** Resolves the incidents of signatures that this detector has no more. */
  Step endRemoved(String host, HostState state) {
    Step step = Step.quiet(state);
    for (BootTrack boot : state.boots()) {
      step = step.then(boot, lifecycle.endRemoved(host, boot.state(), boot.latestEventMs()));
    }
    return step;
  }

  /** Resolves an open incident because somebody says so. */
  Step close(String host, HostState state, String incidentKey, String reason) {
    Step step = Step.quiet(state);
    for (BootTrack boot : state.boots()) {
      step =
          step.then(
              boot, lifecycle.close(host, boot.state(), incidentKey, boot.latestEventMs(), reason));
    }
    return step;
  }

  /** The host is taken out of service: its incidents are resolved. */
  Step retire(String host, HostState state, String reason) {
    Step step = finish(host, state);
    for (BootTrack boot : step.state().boots()) {
      Ending ending = new Ending(boot.latestEventMs(), null, reason);
      step = step.then(step.state(), List.of(), lifecycle.end(host, boot.state(), ending));
    }
    return step;
  }

  private Step put(
      String host, Step before, BootTrack boot, Evidence evidence, PartitionClock now) {
    long startMs = settings.windowStart(evidence.eventTimeMs());
    BootTrack with = boot.with(evidence, startMs, now, settings.graceMs());
    Tracked folded = fold(host, with, settings.closedUntil(with.latestEventMs()));
    HostState state = before.state().with(folded.track());
    if (state.boots().size() > 1) {
      state = state.withInterleaved(folded.track(), settings.graceMs());
    }
    Step step = before.then(state, folded.closed(), folded.incidents());
    for (BootTrack other : state.boots()) {
      if (!other.bootId().equals(evidence.bootId())) {
        step = withoutOther(host, step, other, folded.track());
      }
    }
    return step;
  }

  /**
   * What becomes of another boot of the host, while one is heard of. A straggler was made before
   * the other fell silent, however late it is by the partition's clock.
   */
  private Step withoutOther(String host, Step step, BootTrack other, BootTrack heard) {
    long silentMs = heard.heardMs() - other.heardMs();
    if (silentMs >= (other.interleaved() ? INTERLEAVED_GONE_AFTER_MS : REBOOTED_AFTER_MS)) {
      // Before that an earlier event may come, and with it an earlier end.
      return heard.isBeginKnown(settings.graceMs()) ? endedBy(heard, host, step, other) : step;
    }
    return silentMs >= settings.silenceMs() ? fallSilent(host, step, other) : step;
  }

  private Step endedBy(BootTrack present, String host, Step step, BootTrack boot) {
    Tracked folded = finish(host, boot);
    long endedAtMs = Math.max(present.firstEventMs(), folded.track().latestEventMs());
    Ending ending =
        boot.interleaved() ? Ending.ofInterleaved(endedAtMs) : Ending.rebooted(endedAtMs);
    List<Incident> incidents = new ArrayList<>(folded.incidents());
    incidents.addAll(lifecycle.end(host, folded.track().state(), ending));
    return step.then(step.state().withEnded(boot, endedAtMs), folded.closed(), incidents);
  }

  private Step fallSilent(String host, Step step, BootTrack boot) {
    Tracked folded = finish(host, boot);
    Folded marked =
        lifecycle.markSilent(
            host, folded.track().state(), boot.latestEventMs() + settings.silenceMs());
    return step.then(step.state().with(folded.track()), folded.closed(), folded.incidents())
        .then(folded.track(), marked);
  }

  private Tracked finish(String host, BootTrack boot) {
    return fold(host, boot, settings.windowStart(boot.latestEventMs() + settings.windowMs()));
  }

  /** Folds the windows that begin before a time, which is where a window begins. */
  private Tracked fold(String host, BootTrack boot, long untilMs) {
    long foldedUntilMs = Math.max(boot.foldedUntilMs(), untilMs);
    if (!boot.hasWindowBefore(foldedUntilMs)) {
      return new Tracked(boot.foldedUntil(foldedUntilMs), List.of(), List.of());
    }
    List<HostWindow> closed = new ArrayList<>();
    List<HostWindow> open = new ArrayList<>();
    for (HostWindow window : boot.openWindows()) {
      (window.startMs() < foldedUntilMs ? closed : open).add(window);
    }
    return fold(host, boot.foldedUntil(foldedUntilMs), closed, open);
  }

  private Tracked fold(
      String host, BootTrack boot, List<HostWindow> closed, List<HostWindow> open) {
    BootState state = boot.state();
    List<Incident> incidents = new ArrayList<>();
    for (HostWindow window : closed) {
      Folded folded =
          lifecycle.fold(host, state, window.evidence(), window.startMs() + settings.windowMs());
      incidents.addAll(folded.incidents());
      state = folded.boot();
    }
    return new Tracked(boot.withState(state).withOpenWindows(open), closed, incidents);
  }
}
