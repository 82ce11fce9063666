package io.netnswatch.detection;

import io.netnswatch.detection.HostState.Boot;
import io.netnswatch.detection.HostState.OpenIncident;
import io.netnswatch.detection.HostState.Rule;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.Resolution;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The detection for one host after another: puts evidence into its window and folds the windows
 * that the host's own watermark closes, in order.
 */
public final class HostDetector {

  private final List<Signature> signatures;
  private final DetectionSettings settings;
  private final IncidentComposer composer;

  public HostDetector(
      List<Signature> signatures, DetectionSettings settings, IncidentComposer composer) {
    this.signatures = signatures.stream().sorted(Comparator.comparing(Signature::id)).toList();
    this.settings = settings;
    this.composer = composer;
  }

  /**
   * What came of one piece of evidence.
   *
   * @param state the host's new state
   * @param late whether the evidence was not used because its window was closed
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
   */
  public Step accept(String host, @Nullable HostState before, Evidence evidence) {
    HostState state = before != null ? before : firstState(evidence);
    long startMs = settings.windowStart(evidence.eventTimeMs());
    if (startMs < state.foldedUntilMs()) {
      return new Step(state, true, List.of(), List.of());
    }
    long latestEventMs = Math.max(state.latestEventMs(), evidence.eventTimeMs());
    long closedUntilMs = Math.max(state.foldedUntilMs(), settings.closedUntil(latestEventMs));
    List<HostWindow> closed = new ArrayList<>();
    List<HostWindow> open = new ArrayList<>();
    for (HostWindow window : with(state.openWindows(), startMs, evidence)) {
      (window.startMs() < closedUntilMs ? closed : open).add(window);
    }
    Fold fold = new Fold(host, state.previousBootId(), state.boot());
    for (HostWindow window : closed) {
      long endMs = window.startMs() + settings.windowMs();
      window.evidence().boots().forEach(boot -> fold.add(boot, endMs));
    }
    return new Step(
        new HostState(latestEventMs, closedUntilMs, open, fold.previousBootId, fold.boot),
        false,
        closed,
        fold.incidents);
  }

  private HostState firstState(Evidence evidence) {
    long timeMs = evidence.eventTimeMs();
    return new HostState(timeMs, settings.closedUntil(timeMs), List.of(), null, null);
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

  /** The host's state while windows are folded into it. */
  private final class Fold {

    private final String host;
    private final List<Incident> incidents = new ArrayList<>();
    private @Nullable String previousBootId;
    private @Nullable Boot boot;

    Fold(String host, @Nullable String previousBootId, @Nullable Boot boot) {
      this.host = host;
      this.previousBootId = previousBootId;
      this.boot = boot;
    }

    void add(WindowEvidence.Boot window, long windowEndMs) {
      if (window.bootId().equals(previousBootId)) {
        return;
      }
      Boot current = boot;
      if (current == null) {
        current = Boot.fresh(window.bootId());
      } else if (!current.bootId().equals(window.bootId())) {
        resolveAll(current, window.firstEventMs());
        previousBootId = current.bootId();
        current = Boot.fresh(window.bootId());
      }
      boot = fold(current, window, windowEndMs);
    }

    private void resolveAll(Boot ended, long rebootedAtMs) {
      for (Signature signature : signatures) {
        OpenIncident open = ended.rule(signature.id()).open();
        if (open != null) {
          incidents.add(
              composer.resolved(
                  signature, host, ended, open, rebootedAtMs, rebootedAtMs, Resolution.REBOOTED));
        }
      }
    }

    private Boot fold(Boot before, WindowEvidence.Boot window, long windowEndMs) {
      Boot facts =
          new Boot(
              before.bootId(),
              Kernel.better(before.kernel(), window.kernel()),
              later(before.creationSucceededMs(), window.creationSucceededMs()),
              window.worker() != null ? window.worker() : before.worker(),
              before.rules());
      List<Rule> rules = new ArrayList<>();
      for (Signature signature : signatures) {
        Rule conditions = conditions(signature, facts, window);
        Rule after =
            conditions.open() == null
                ? openIfCoinciding(signature, facts, conditions, windowEndMs)
                : resolveIfClear(signature, facts, conditions, conditions.open(), windowEndMs);
        if (!after.isQuiet()) {
          rules.add(after);
        }
      }
      return new Boot(
          facts.bootId(), facts.kernel(), facts.creationSucceededMs(), facts.worker(), rules);
    }

    private Rule openIfCoinciding(Signature signature, Boot facts, Rule rule, long windowEndMs) {
      HotCode hot = rule.hot();
      HungCreation creation = rule.creation();
      if (hot == null
          || creation == null
          || Math.abs(hot.observedAtMs() - creation.observedAtMs())
              > signature.coincideWithinMs()) {
        return rule;
      }
      OpenIncident open =
          new OpenIncident(creation.startedAtMs(), windowEndMs, 1, hot, creation, facts.worker());
      incidents.add(composer.opened(signature, host, facts, open));
      return new Rule(rule.ruleId(), hot, creation, null, open);
    }

    private Rule resolveIfClear(
        Signature signature, Boot facts, Rule rule, OpenIncident open, long windowEndMs) {
      if (holds(rule, facts.creationSucceededMs())) {
        return new Rule(rule.ruleId(), rule.hot(), rule.creation(), null, open);
      }
      long clearSinceMs = rule.clearSinceMs() != null ? rule.clearSinceMs() : windowEndMs;
      if (windowEndMs - clearSinceMs < signature.resolveAfterMs()) {
        return new Rule(rule.ruleId(), rule.hot(), rule.creation(), clearSinceMs, open);
      }
      incidents.add(
          composer.resolved(
              signature, host, facts, open, windowEndMs, clearSinceMs, Resolution.RECOVERED));
      return new Rule(rule.ruleId(), rule.hot(), rule.creation(), null, null);
    }
  }

  /** A creation hangs, or the code has been hot since a creation last succeeded. */
  private static boolean holds(Rule rule, @Nullable Long creationSucceededMs) {
    HotCode hot = rule.hot();
    return rule.creation() != null
        || (hot != null
            && (creationSucceededMs == null || hot.observedAtMs() > creationSucceededMs));
  }

  private static Rule conditions(Signature signature, Boot facts, WindowEvidence.Boot window) {
    Rule before = facts.rule(signature.id());
    return new Rule(
        before.ruleId(),
        hot(signature, before.hot(), window),
        blocked(signature, before.creation(), window, facts.creationSucceededMs()),
        before.clearSinceMs(),
        before.open());
  }

  private static @Nullable HotCode hot(
      Signature signature, @Nullable HotCode before, WindowEvidence.Boot window) {
    HotCode code = window.hotCode(signature.id());
    if (code != null && code.cpus() >= signature.hot().cpus()) {
      return code;
    }
    return window.profiled() ? null : before;
  }

  /**
   * The creation that is blocked. One that finished within the last stretch of the threshold's
   * length, or later, shows that the lock is still handed on: slow is not blocked.
   */
  private static @Nullable HungCreation blocked(
      Signature signature,
      @Nullable HungCreation before,
      WindowEvidence.Boot window,
      @Nullable Long creationSucceededMs) {
    long afterMs = signature.blocked().afterMs();
    HungCreation seen = window.creation();
    HungCreation hung = seen != null && seen.ageMs() >= afterMs ? seen : before;
    boolean progressing =
        hung != null
            && creationSucceededMs != null
            && creationSucceededMs > hung.observedAtMs() - afterMs;
    return progressing ? null : hung;
  }

  private static @Nullable Long later(@Nullable Long a, @Nullable Long b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return Math.max(a, b);
  }
}
