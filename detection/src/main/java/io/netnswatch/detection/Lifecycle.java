package io.netnswatch.detection;

import io.netnswatch.detection.cause.Diagnosis;
import io.netnswatch.detection.evidence.BootEvidence;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.schema.Incident;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The life of incidents: open, update, recovering, resolved. One window of one boot at a time.
 *
 * <pre>
 *             conditions hold                 health seen                   it held
 *   (quiet) -----------------> OPEN (TRIGGER) -----------> RECOVERING -----------------> RESOLVED
 *                                ^                (UPDATE)     |   (RESOLVE)
 *                                +-----------------------------+
 *                                       conditions return
 * </pre>
 */
final class Lifecycle {

  /** An incident that returns within so long has to stay away longer. */
  private static final long FLAP_MS = 15 * 60_000;

  private final List<Signature> signatures;
  private final IncidentComposer composer;

  Lifecycle(List<Signature> signatures, IncidentComposer composer) {
    this.signatures = List.copyOf(signatures);
    this.composer = composer;
  }

  /**
   * What came of a window, or of silence.
   *
   * @param boot the boot after it
   * @param incidents lifecycle steps
   */
  record Folded(BootState boot, List<Incident> incidents) {}

  /** Judges a window of a boot. */
  Folded fold(String host, BootState before, BootEvidence seen, long windowEndMs) {
    BootEvidence window = CreationProgress.inferred(before, seen);
    BootState boot = BootFacts.after(before, window, windowEndMs);
    if (window.showsNothing() && before.signatures().isEmpty() && boot.workers().isEmpty()) {
      return new Folded(boot, List.of()); // nothing seen, nothing remembered: nearly all windows
    }
    Map<String, SignatureState> states = new HashMap<>();
    for (Signature signature : signatures) {
      SignatureState state = before.signature(signature.id());
      states.put(
          signature.id(),
          ofLate(state, windowEndMs)
              .withConditions(
                  Conditions.after(
                      signature, state.conditions(), boot, seen, window, windowEndMs)));
    }
    List<Incident> incidents = new ArrayList<>();
    for (Signature signature : signatures) {
      Turned turned = new Turn(host, boot, states, windowEndMs).of(signature);
      states.put(signature.id(), turned.state());
      if (turned.incident() != null) {
        incidents.add(turned.incident());
      }
    }
    List<SignatureState> loud =
        signatures.stream()
            .map(signature -> stateOf(signature.id(), states))
            .filter(state -> !state.isQuiet())
            .toList();
    return new Folded(boot.withSignatures(loud), incidents);
  }

  /** Everything of a boot ends: its open incidents are resolved, worst first. */
  List<Incident> end(String host, BootState boot, Ending ending) {
    List<Incident> incidents = new ArrayList<>();
    for (Signature signature : signatures) {
      OpenIncident open = boot.signature(signature.id()).open();
      if (open != null) {
        incidents.add(composer.resolved(signature, host, boot, open, ending.endedAtMs(), ending));
      }
    }
    incidents.addAll(endRemoved(host, boot, ending.endedAtMs()).incidents());
    return incidents;
  }

  /** Whether an incident is open of a signature that is not among these. */
  boolean hasRemoved(BootState boot) {
    return boot.signatures().stream()
        .anyMatch(it -> it.open() != null && find(it.signatureId()) == null);
  }

  /** Resolves the open incidents of signatures that are not among these. */
  Folded endRemoved(String host, BootState boot, long atMs) {
    List<SignatureState> states = new ArrayList<>();
    List<Incident> incidents = new ArrayList<>();
    for (SignatureState state : boot.signatures()) {
      if (find(state.signatureId()) != null) {
        states.add(state);
      } else if (state.open() != null) {
        incidents.add(
            composer.resolvedWithoutSignature(
                state.signatureId(),
                host,
                boot,
                state.open(),
                Ending.ofRemovedSignature(atMs, state.signatureId())));
      }
    }
    return new Folded(boot.withSignatures(states), incidents);
  }

  /**
   * Resolves one open incident because somebody says so. What spoke for it is forgotten: if it is
   * seen again, another incident opens.
   */
  Folded close(String host, BootState boot, String incidentKey, long atMs, String reason) {
    List<SignatureState> states = new ArrayList<>();
    List<Incident> incidents = new ArrayList<>();
    for (SignatureState state : boot.signatures()) {
      Signature signature = find(state.signatureId());
      OpenIncident open = state.open();
      if (signature == null
          || open == null
          || !IncidentComposer.key(signature.id(), host, open).equals(incidentKey)) {
        states.add(state);
      } else {
        incidents.add(
            composer.resolved(signature, host, boot, open, atMs, new Ending(atMs, null, reason)));
        states.add(
            state
                .withConditions(ConditionState.NONE)
                .resolved(new LastIncident(open.startedAtMs(), atMs, open.relapses())));
      }
    }
    return new Folded(boot.withSignatures(states), incidents);
  }

  /** The open incidents with all that is known of them, whatever was said last. */
  List<Incident> present(String host, BootState boot, long atMs) {
    List<Incident> incidents = new ArrayList<>();
    for (SignatureState state : boot.signatures()) {
      Signature signature = find(state.signatureId());
      if (signature != null && state.open() != null) {
        incidents.add(composer.updated(signature, host, boot, state.open(), atMs));
      }
    }
    return incidents;
  }

  /** Marks all open incidents with no_data. */
  Folded markSilent(String host, BootState boot, long atMs) {
    List<SignatureState> states = new ArrayList<>();
    List<Incident> incidents = new ArrayList<>();
    for (SignatureState state : boot.signatures()) {
      OpenIncident open = state.open();
      Signature signature = find(state.signatureId());
      if (open == null || open.silent() || signature == null) {
        states.add(state);
      } else {
        OpenIncident silent = open.withSilence();
        incidents.add(composer.updated(signature, host, boot, silent, atMs));
        states.add(
            state.withOpen(silent.withStep(composer.toReport(signature, boot, silent), atMs)));
      }
    }
    return new Folded(boot.withSignatures(states), incidents);
  }

  private @Nullable Signature find(String id) {
    for (Signature signature : signatures) {
      if (signature.id().equals(id)) {
        return signature;
      }
    }
    return null;
  }

  private static SignatureState ofLate(SignatureState state, long nowMs) {
    LastIncident last = state.last();
    return last != null && nowMs - last.endedAtMs() >= FLAP_MS ? state.withoutLast() : state;
  }

  private static SignatureState stateOf(String id, Map<String, SignatureState> states) {
    SignatureState state = states.get(id);
    return state == null ? SignatureState.quiet(id) : state;
  }

  /**
   * A signature after its turn.
   *
   * @param incident the lifecycle step that is due; null if none
   */
  private record Turned(SignatureState state, @Nullable Incident incident) {

    static Turned quietly(SignatureState state) {
      return new Turned(state, null);
    }
  }

  /** The turn of one signature after another in one window of one boot. */
  private final class Turn {

    private final String host;
    private final BootState boot;

    /** Those of all signatures; of those that had their turn, after it. */
    private final Map<String, SignatureState> states;

    private final long nowMs;

    Turn(String host, BootState boot, Map<String, SignatureState> states, long nowMs) {
      this.host = host;
      this.boot = boot;
      this.states = states;
      this.nowMs = nowMs;
    }

    Turned of(Signature signature) {
      SignatureState state = stateOf(signature.id(), states);
      OpenIncident open = state.open();
      return open == null ? openIfDue(signature, state) : live(signature, state, open);
    }

    private Turned openIfDue(Signature signature, SignatureState state) {
      if (!Conditions.complete(signature, state.conditions(), boot)
          || !signature.onlyOn().contains(signature.judge(boot.kernel()).verdict())
          || isExplainedByAnOpenOne(signature)
          || isAboutToBeExplained(signature)) {
        return Turned.quietly(state.withCompleteSince(null));
      }
      long sinceMs = state.completeSinceMs() != null ? state.completeSinceMs() : nowMs;
      SignatureState complete = state.withCompleteSince(sinceMs);
      if (nowMs - sinceMs < signature.openAfterMs()) {
        return Turned.quietly(complete);
      }
      OpenIncident open =
          OpenIncident.beginning(
              SignatureLabels.of(signature),
              startOf(state.conditions(), state.last()),
              nowMs,
              state.conditions(),
              state.last());
      Reported step = composer.toReport(signature, boot, open);
      return new Turned(
          complete.withOpen(open.withStep(step, nowMs)).withoutLast(),
          composer.opened(signature, host, boot, open));
    }

    /** Never that of the incident before: the key would be its too. */
    private static long startOf(ConditionState conditions, @Nullable LastIncident last) {
      long startMs = Conditions.startMs(conditions);
      return last != null && startMs <= last.startedAtMs() ? last.endedAtMs() : startMs;
    }

    private Turned live(Signature signature, SignatureState state, OpenIncident before) {
      if (isExplainedByAnOpenOne(signature)) {
        return resolved(signature, state, before, Ending.superseded(nowMs));
      }
      if (Conditions.isRefuted(signature, before.conditions(), boot)) {
        return resolved(signature, state, before, Ending.refuted(nowMs));
      }
      Long overMs = Conditions.overMs(before.conditions(), state.conditions(), boot);
      if (overMs != null && isAnother(signature, before.conditions(), state.conditions())) {
        return resolved(signature, state, before, Ending.recovered(overMs));
      }
      OpenIncident open =
          Conditions.hold(signature, state.conditions(), boot)
              ? before.holding(state.conditions().rememberingWhatOf(before.conditions()))
              : before.clear(nowMs);
      Long clearSinceMs = open.clearSinceMs();
      if (clearSinceMs != null
          && (nowMs - clearSinceMs >= open.holdMs(signature.resolveAfterMs())
              || isOnlySlowNow(signature))) {
        return resolved(signature, state, open, Ending.recovered(clearSinceMs));
      }
      if (nowMs < open.updateFromMs()) {
        return Turned.quietly(state.withOpen(open));
      }
      Reported now = composer.toReport(signature, boot, open);
      return open.reported().isOutdatedBy(now)
          ? new Turned(
              state.withOpen(open.withStep(now, nowMs)),
              composer.updated(signature, host, boot, open, nowMs))
          : Turned.quietly(state.withOpen(open.withoutNews(nowMs)));
    }

    /** Whether another signature, which this one silences, tells what is left: they are slow. */
    private boolean isOnlySlowNow(Signature signature) {
      return signatures.stream()
          .filter(other -> other.slow() != null && other.unless().contains(signature.id()))
          .anyMatch(
              other -> Conditions.complete(other, stateOf(other.id(), states).conditions(), boot));
    }

    /** Whether another task holds creations up now, for another cause: one story is over. */
    private boolean isAnother(Signature signature, ConditionState before, ConditionState now) {
      Diagnosis then = composer.diagnose(signature, boot, before);
      Diagnosis here = composer.diagnose(signature, boot, now);
      return then.culprit() != null
          && here.culprit() != null
          && then.verdict() != null
          && here.verdict() != null
          && then.culprit().task().pid() != here.culprit().task().pid()
          && !then.verdict().id().equals(here.verdict().id());
    }

    private Turned resolved(
        Signature signature, SignatureState state, OpenIncident open, Ending ending) {
      return new Turned(
          state.resolved(new LastIncident(open.startedAtMs(), nowMs, open.relapses())),
          composer.resolved(signature, host, boot, open, nowMs, ending));
    }

    /** Whether another signature that says more has an open incident. */
    private boolean isExplainedByAnOpenOne(Signature signature) {
      return signature.unless().stream().anyMatch(other -> stateOf(other, states).open() != null);
    }

    /** Whether another signature that says more has seen its hot code of late. */
    private boolean isAboutToBeExplained(Signature signature) {
      return signature.unless().stream()
          .map(other -> stateOf(other, states).conditions().hot())
          .anyMatch(
              hot -> hot != null && nowMs - hot.observedAtMs() <= signature.coincideWithinMs());
    }
  }
}
