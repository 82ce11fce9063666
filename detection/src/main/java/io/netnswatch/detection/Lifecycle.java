package io.netnswatch.detection;

import io.netnswatch.detection.HostState.Boot;
import io.netnswatch.detection.HostState.LastIncident;
import io.netnswatch.detection.HostState.OpenIncident;
import io.netnswatch.detection.HostState.Rule;
import io.netnswatch.detection.HostState.Said;
import io.netnswatch.detection.HostState.Signs;
import io.netnswatch.detection.evidence.WindowEvidence;
import io.netnswatch.detection.signature.Kernel;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.Resolution;
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

  /** At most one update a minute. */
  private static final long UPDATE_EVERY_MS = 60_000;

  /** An incident that returns within so long has to stay away longer. */
  private static final long FLAP_MS = 15 * 60_000;

  private static final int MAX_RELAPSES = 3;

  private final List<Signature> signatures;
  private final IncidentComposer composer;

  Lifecycle(List<Signature> signatures, IncidentComposer composer) {
    this.signatures = List.copyOf(signatures);
    this.composer = composer;
  }

  /** The boot after a window; lifecycle steps are added to the incidents. */
  Boot fold(
      String host,
      Boot before,
      WindowEvidence.Boot window,
      long windowEndMs,
      List<Incident> incidents) {
    Boot facts = Facts.after(before, window, windowEndMs);
    if (window.showsNothing() && before.rules().isEmpty() && facts.workers().isEmpty()) {
      return facts; // nothing seen, nothing remembered: nearly all windows
    }
    Map<String, Rule> rules = new HashMap<>();
    for (Signature signature : signatures) {
      Rule rule = before.rule(signature.id());
      Signs signs = Conditions.after(signature, rule.signs(), facts, window, windowEndMs);
      rules.put(
          signature.id(),
          new Rule(
              signature.id(),
              signs,
              rule.completeSinceMs(),
              rule.open(),
              ofLate(rule.last(), windowEndMs)));
    }
    Turn turn = new Turn(host, facts, rules, windowEndMs, incidents);
    signatures.forEach(turn::take);
    List<Rule> loud = new ArrayList<>();
    for (Signature signature : signatures) {
      Rule rule = turn.rule(signature.id());
      if (!rule.isQuiet()) {
        loud.add(rule);
      }
    }
    return withRules(facts, loud);
  }

  /** A new boot ends everything; the old one's incidents are resolved. */
  void reboot(String host, Boot ended, long rebootedAtMs, List<Incident> incidents) {
    for (Signature signature : signatures) {
      OpenIncident open = ended.rule(signature.id()).open();
      if (open != null) {
        incidents.add(
            composer.resolved(
                signature, host, ended, open, rebootedAtMs, rebootedAtMs, Resolution.REBOOTED));
      }
    }
  }

  /** Marks all open incidents with no_data. */
  Boot markSilent(String host, Boot boot, long atMs, List<Incident> incidents) {
    List<Rule> rules = new ArrayList<>();
    for (Rule rule : boot.rules()) {
      OpenIncident open = rule.open();
      if (open == null || open.silent()) {
        rules.add(rule);
        continue;
      }
      OpenIncident silent = with(open, open.signs(), open.clearSinceMs(), open.relapses(), true);
      OpenIncident said =
          said(silent, composer.toSay(signature(rule.ruleId()), boot, silent), atMs);
      incidents.add(composer.updated(signature(rule.ruleId()), host, boot, silent, atMs));
      rules.add(new Rule(rule.ruleId(), rule.signs(), rule.completeSinceMs(), said, rule.last()));
    }
    return withRules(boot, rules);
  }

  /** After the clock was set back: nothing is known but that incidents are open. */
  static Boot inNewTime(Boot boot, long timeMs) {
    List<Rule> rules = new ArrayList<>();
    for (Rule rule : boot.rules()) {
      OpenIncident open = rule.open();
      if (open != null) {
        rules.add(
            new Rule(
                rule.ruleId(),
                Signs.NONE,
                null,
                new OpenIncident(
                    open.startedAtMs(),
                    open.detectedAtMs(),
                    open.nextStep(),
                    Math.min(open.lastStepMs(), timeMs),
                    open.signs(),
                    open.said(),
                    null,
                    open.relapses(),
                    open.silent()),
                null));
      }
    }
    return new Boot(boot.bootId(), boot.kernel(), null, null, null, null, List.of(), rules);
  }

  private Signature signature(String id) {
    return signatures.stream().filter(it -> it.id().equals(id)).findFirst().orElseThrow();
  }

  private static @Nullable LastIncident ofLate(@Nullable LastIncident last, long nowMs) {
    return last != null && nowMs - last.endedAtMs() < FLAP_MS ? last : null;
  }

  private static Boot withRules(Boot boot, List<Rule> rules) {
    return new Boot(
        boot.bootId(),
        boot.kernel(),
        boot.creationSucceededMs(),
        boot.promptCreationMs(),
        boot.profiledMs(),
        boot.lookedMs(),
        boot.workers(),
        rules);
  }

  private static OpenIncident with(
      OpenIncident open, Signs signs, @Nullable Long clearSinceMs, int relapses, boolean silent) {
    return new OpenIncident(
        open.startedAtMs(),
        open.detectedAtMs(),
        open.nextStep(),
        open.lastStepMs(),
        signs,
        open.said(),
        clearSinceMs,
        relapses,
        silent);
  }

  private static OpenIncident said(OpenIncident open, Said said, long atMs) {
    return new OpenIncident(
        open.startedAtMs(),
        open.detectedAtMs(),
        open.nextStep() + 1,
        atMs,
        open.signs(),
        said,
        open.clearSinceMs(),
        open.relapses(),
        open.silent());
  }

  /** All signatures' turns in one window. */
  private final class Turn {

    private final String host;
    private final Boot facts;
    private final Map<String, Rule> rules;
    private final long nowMs;
    private final List<Incident> incidents;

    Turn(String host, Boot facts, Map<String, Rule> rules, long nowMs, List<Incident> incidents) {
      this.host = host;
      this.facts = facts;
      this.rules = rules;
      this.nowMs = nowMs;
      this.incidents = incidents;
    }

    Rule rule(String id) {
      Rule rule = rules.get(id);
      return rule == null ? Rule.quiet(id) : rule;
    }

    void take(Signature signature) {
      Rule rule = rule(signature.id());
      OpenIncident open = rule.open();
      rules.put(
          signature.id(), open == null ? openIfDue(signature, rule) : live(signature, rule, open));
    }

    private Rule openIfDue(Signature signature, Rule rule) {
      if (!Conditions.complete(signature, rule.signs())
          || !mayOpen(signature)
          || isExplainedByAnother(signature, true)) {
        return new Rule(rule.ruleId(), rule.signs(), null, null, rule.last());
      }
      long sinceMs = rule.completeSinceMs() != null ? rule.completeSinceMs() : nowMs;
      if (nowMs - sinceMs < signature.openAfterMs()) {
        return new Rule(rule.ruleId(), rule.signs(), sinceMs, null, rule.last());
      }
      LastIncident last = rule.last();
      OpenIncident fresh =
          new OpenIncident(
              startOf(rule.signs(), last),
              nowMs,
              0,
              nowMs,
              rule.signs(),
              new Said(false, false, 0, -1, 0, 0),
              null,
              last == null ? 0 : Math.min(last.relapses() + 1, MAX_RELAPSES),
              false);
      incidents.add(composer.opened(signature, host, facts, fresh));
      OpenIncident open = said(fresh, composer.toSay(signature, facts, fresh), nowMs);
      return new Rule(rule.ruleId(), rule.signs(), sinceMs, open, null);
    }

    private boolean mayOpen(Signature signature) {
      Kernel kernel = facts.kernel();
      return signature.onlyOn().contains(signature.judge(kernel).verdict());
    }

    /** Never that of the incident before: the key would be its too. */
    private static long startOf(Signs signs, @Nullable LastIncident last) {
      long startMs = Conditions.startMs(signs);
      return last != null && startMs <= last.startedAtMs() ? last.endedAtMs() : startMs;
    }

    private Rule live(Signature signature, Rule rule, OpenIncident before) {
      if (isExplainedByAnother(signature, false)) {
        return resolve(signature, rule, before, nowMs, Resolution.SUPERSEDED);
      }
      boolean holds = Conditions.hold(signature, rule.signs(), facts);
      Long clearBefore = before.clearSinceMs();
      Long clearSinceMs = holds ? null : clearBefore != null ? clearBefore : Long.valueOf(nowMs);
      boolean relapse = holds && clearBefore != null;
      OpenIncident open =
          with(
              before,
              holds ? rule.signs().rememberingWhatOf(before.signs()) : before.signs(),
              clearSinceMs,
              relapse ? Math.min(before.relapses() + 1, MAX_RELAPSES) : before.relapses(),
              false);
      if (clearSinceMs != null && nowMs - clearSinceMs >= holdMs(signature, open)) {
        return resolve(signature, rule, open, clearSinceMs, Resolution.RECOVERED);
      }
      Said toSay = composer.toSay(signature, facts, open);
      if (open.said().isOutdatedBy(toSay) && nowMs - open.lastStepMs() >= UPDATE_EVERY_MS) {
        incidents.add(composer.updated(signature, host, facts, open, nowMs));
        open = said(open, toSay, nowMs);
      }
      return new Rule(rule.ruleId(), rule.signs(), rule.completeSinceMs(), open, null);
    }

    private Rule resolve(
        Signature signature, Rule rule, OpenIncident open, long endedAtMs, Resolution resolution) {
      incidents.add(composer.resolved(signature, host, facts, open, nowMs, endedAtMs, resolution));
      return new Rule(
          rule.ruleId(),
          rule.signs(),
          null,
          null,
          new LastIncident(open.startedAtMs(), nowMs, open.relapses()));
    }

    /** The longer, the more often it came back. */
    private static long holdMs(Signature signature, OpenIncident open) {
      return signature.resolveAfterMs() << open.relapses();
    }

    /** Whether another signature that says more is open, or about to be. */
    private boolean isExplainedByAnother(Signature signature, boolean orAboutToBe) {
      for (String other : signature.unless()) {
        Rule rule = rule(other);
        boolean aboutToBe =
            orAboutToBe
                && rule.signs().hot() != null
                && nowMs - rule.signs().hot().observedAtMs() <= signature.coincideWithinMs();
        if (rule.open() != null || aboutToBe) {
          return true;
        }
      }
      return false;
    }
  }
}
