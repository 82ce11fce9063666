package io.netnswatch.oncall.act;

import static java.util.Comparator.comparing;

import io.netnswatch.command.Backoff;
import io.netnswatch.oncall.alert.Alert;
import io.netnswatch.oncall.alert.Failures;
import io.netnswatch.oncall.alert.OpenIncidents;
import io.netnswatch.oncall.alert.OpenIncidents.Standing;
import io.netnswatch.schema.ActionPhase;
import io.netnswatch.schema.HostAction;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.Release;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * What one action has done to which hosts, and what it is to do next. Pure: the caller acts, and
 * makes each step durable before it is done and its outcome before the next. Not thread-safe.
 *
 * <p>What is begun is written down before, so whatever fails or crashes it is ended: done, or taken
 * back if its incident is over by then. An incident is a reason once: what was held back, refused,
 * or undone by hand stays so until the host has another one.
 */
public final class HostActions {

  private static final Set<ActionPhase> OUT =
      EnumSet.of(ActionPhase.APPLYING, ActionPhase.APPLIED, ActionPhase.REVERTING);

  private final String target;
  private final String operation;
  private final ActionPolicy policy;
  private final Backoff backoff;

  /** The latest step of each host. */
  private final Map<String, HostAction> latest = new TreeMap<>();

  /** When it was decided on each host, and the latest such time. */
  private final Map<String, Instant> begun = new HashMap<>();

  /** What was held back, by incident. */
  private final Map<String, HostAction> heldBack = new TreeMap<>();

  /** Incidents that were a reason once. */
  private final Set<String> reasons = new HashSet<>();

  private final Map<String, Failures> failures = new HashMap<>();

  /** Since when a host that is out has no reason to be. */
  private final Map<String, Instant> overSince = new HashMap<>();

  /**
   * Goes on with what was done.
   *
   * @param target name of the action
   * @param operation what it does, for people
   * @param done what is durable of it, in the order in which it was written
   */
  public HostActions(
      String target,
      String operation,
      ActionPolicy policy,
      Backoff backoff,
      Collection<HostAction> done) {
    this.target = target;
    this.operation = operation;
    this.policy = policy;
    this.backoff = backoff;
    done.forEach(this::set);
  }

  /**
   * What there is to do now.
   *
   * @param isStopped whether the kill switch is on: then nothing is done, nor taken back
   */
  public ActionPlan plan(OpenIncidents incidents, boolean isStopped, Instant now) {
    forgetEnded(incidents, now);
    List<Incident> open = incidents.all();
    Map<String, Incident> concerns = new HashMap<>();
    open.stream().filter(policy::isConcern).forEach(it -> concerns.put(it.getHost(), it));
    List<ActionStep> steps = new ArrayList<>();
    if (policy.mode() != ActionMode.DRY_RUN && !isStopped) {
      latest.values().forEach(it -> goOn(it, concerns, incidents, now, steps));
    }
    List<HostAction> notes = new ArrayList<>();
    if (policy.mode() != ActionMode.UNDO && !isStopped) {
      begin(open, now, steps, notes);
    }
    List<ActionStep> due = new ArrayList<>();
    Instant wakeAt = Instant.MAX;
    for (ActionStep step : steps) {
      Instant when = dueAt(step);
      if (when.isAfter(now)) {
        wakeAt = when.isBefore(wakeAt) ? when : wakeAt;
      } else {
        due.add(step);
      }
    }
    due.sort(
        comparing((ActionStep it) -> failuresOf(it.action().getHost()).count())
            .thenComparing(it -> it.action().getRecordedAt()));
    return new ActionPlan(notes, due, wakeAt, alerts(incidents, notes), outCount());
  }

  /** What was set is taken back when it has stayed without a reason for a while. */
  private Instant dueAt(ActionStep step) {
    String host = step.action().getHost();
    Instant possible = failuresOf(host).notBefore();
    Instant over = overSince.get(host);
    if (step.isWritten() || over == null) {
      return possible;
    }
    Instant wanted = over.plus(policy.undoAfter());
    return wanted.isAfter(possible) ? wanted : possible;
  }

  private void goOn(
      HostAction it,
      Map<String, Incident> concerns,
      OpenIncidents incidents,
      Instant now,
      List<ActionStep> steps) {
    boolean isOver =
        !concerns.containsKey(it.getHost())
            && incidents.standing(it.getIncidentKey()) == Standing.OVER;
    if (isOver && isOut(it.getHost())) {
      overSince.putIfAbsent(it.getHost(), now);
    } else {
      overSince.remove(it.getHost());
    }
    Incident incident = incidents.latest(it.getIncidentKey()).orElse(concerns.get(it.getHost()));
    if (it.getPhase() == ActionPhase.REVERTING
        || (it.getPhase() == ActionPhase.APPLYING && !isOver)) {
      steps.add(new ActionStep(it, incident, true));
    } else if (it.getPhase() == ActionPhase.APPLYING
        || (it.getPhase() == ActionPhase.APPLIED && isOver && policy.undo())) {
      HostAction reverting =
          next(it, now).setPhase(ActionPhase.REVERTING).setReason("the incident is over").build();
      steps.add(new ActionStep(reverting, incident, false));
    }
  }

  /** The oldest incidents first, as far as the limits go. */
  private void begin(
      List<Incident> open, Instant now, List<ActionStep> steps, List<HostAction> notes) {
    Map<String, Instant> counted = new HashMap<>(begun);
    List<Incident> candidates =
        open.stream()
            .filter(policy::isReason)
            .filter(it -> !reasons.contains(it.getIncidentKey()))
            .filter(it -> !isOut(it.getHost()))
            .sorted(comparing(Incident::getStartedAt).thenComparing(Incident::getIncidentKey))
            .toList();
    Set<String> taken = new HashSet<>();
    for (Incident incident : candidates) {
      String host = incident.getHost();
      if (!taken.add(host)) {
        continue; // one reason is enough
      }
      String limit = limitReached(host, counted, now);
      if (!limit.isEmpty()) {
        notes.add(
            first(incident, now)
                .setPhase(ActionPhase.HELD_BACK)
                .setReason(limit)
                .setHeldBackSince(heldBackSince(now))
                .build());
        continue;
      }
      counted.put(host, now);
      if (policy.mode() == ActionMode.DRY_RUN) {
        notes.add(first(incident, now).setPhase(ActionPhase.WOULD_APPLY).setBegunAt(now).build());
      } else {
        steps.add(
            new ActionStep(
                first(incident, now).setPhase(ActionPhase.APPLYING).setBegunAt(now).build(),
                incident,
                false));
      }
    }
  }

  /** In words; empty if one more host is within all limits. */
  private String limitReached(String host, Map<String, Instant> counted, Instant now) {
    for (ActionLimit limit : policy.limits()) {
      if (limit.covers(host)) {
        Instant since = now.minus(limit.within());
        long count =
            counted.entrySet().stream()
                .filter(it -> limit.covers(it.getKey()))
                .filter(it -> !it.getKey().equals(host))
                .filter(it -> it.getValue().isAfter(since) || isOut(it.getKey()))
                .count();
        if (count >= limit.maxHosts()) {
          return "the limit of " + limit.words() + " is reached";
        }
      }
    }
    return "";
  }

  /** What is held back while something else is, people are told with one page. */
  private Instant heldBackSince(Instant now) {
    return heldBack.values().stream()
        .map(HostAction::getHeldBackSince)
        .filter(Objects::nonNull)
        .max(Instant::compareTo)
        .orElse(now);
  }

  /** One for each time in which actions were held back. */
  private List<Alert> alerts(OpenIncidents incidents, List<HostAction> notes) {
    Map<Instant, List<HostAction>> bySince = new TreeMap<>();
    List<HostAction> all = new ArrayList<>(heldBack.values());
    notes.stream().filter(it -> it.getPhase() == ActionPhase.HELD_BACK).forEach(all::add);
    all.forEach(
        it ->
            bySince
                .computeIfAbsent(
                    Objects.requireNonNull(it.getHeldBackSince()), x -> new ArrayList<>())
                .add(it));
    List<Alert> alerts = new ArrayList<>();
    bySince.forEach(
        (since, held) -> {
          List<Incident> open =
              held.stream().flatMap(it -> incidents.latest(it.getIncidentKey()).stream()).toList();
          if (!open.isEmpty()) {
            alerts.add(HeldBackAlert.of(target, since, held, outHosts(), open));
          }
        });
    return alerts;
  }

  /** What was decided on no longer counts, and an incident that is over is no reason again. */
  private void forgetEnded(OpenIncidents incidents, Instant now) {
    Duration longest =
        policy.limits().stream()
            .map(ActionLimit::within)
            .max(Duration::compareTo)
            .orElse(Duration.ZERO);
    begun
        .entrySet()
        .removeIf(it -> !isOut(it.getKey()) && it.getValue().plus(longest).isBefore(now));
    reasons.removeIf(key -> incidents.standing(key) == Standing.OVER);
    heldBack.keySet().removeIf(key -> incidents.standing(key) == Standing.OVER);
    latest
        .values()
        .removeIf(
            it ->
                !OUT.contains(it.getPhase())
                    && incidents.standing(it.getIncidentKey()) == Standing.OVER);
    failures.keySet().retainAll(latest.keySet());
    overSince.keySet().retainAll(latest.keySet());
  }

  /**
   * A step is going to be done.
   *
   * @return what must be durable before; empty if it is already
   */
  public List<HostAction> begin(ActionStep step) {
    if (step.isWritten()) {
      return List.of();
    }
    set(step.action());
    return List.of(step.action());
  }

  /** These were written down. */
  public void noted(List<HostAction> notes) {
    notes.forEach(this::set);
  }

  /**
   * A step was tried.
   *
   * @param chance between 0 and 1, so that those who failed together do not come back together
   * @return what must be durable before anything else is done
   */
  public List<HostAction> tried(
      ActionStep step, ActionOutcome outcome, double chance, Instant now) {
    HostAction it = step.action();
    boolean isApplying = it.getPhase() == ActionPhase.APPLYING;
    Duration wait =
        outcome instanceof ActionOutcome.Later later
            ? later.atLeast()
            : outcome instanceof ActionOutcome.Refused && !isApplying
                ? backoff.longest() // what was set is not given up
                : null;
    if (wait != null) {
      failures.put(it.getHost(), failuresOf(it.getHost()).oneMore(now, wait, backoff, chance));
      return List.of();
    }
    failures.remove(it.getHost());
    HostAction.Builder next = next(it, now);
    if (outcome instanceof ActionOutcome.Done done) {
      next.setPhase(isApplying ? ActionPhase.APPLIED : ActionPhase.REVERTED)
          .setToUndo(done.toUndo())
          .setReason(done.note());
    } else if (outcome instanceof ActionOutcome.NotOurs notOurs) {
      next.setPhase(isApplying ? ActionPhase.ALREADY_SO : ActionPhase.LEFT_ALONE)
          .setReason(notOurs.why());
    } else if (outcome instanceof ActionOutcome.Refused refused) {
      next.setPhase(ActionPhase.REFUSED).setReason(refused.why());
    }
    set(next.build());
    return List.of(next.build());
  }

  private void set(HostAction it) {
    reasons.add(it.getIncidentKey());
    if (it.getPhase() == ActionPhase.HELD_BACK) {
      heldBack.put(it.getIncidentKey(), it);
    }
    if (it.getBegunAt() != null) {
      begun.merge(it.getHost(), it.getBegunAt(), (a, b) -> a.isAfter(b) ? a : b);
    }
    latest.put(it.getHost(), it);
  }

  private HostAction.Builder first(Incident incident, Instant now) {
    return HostAction.newBuilder()
        .setHost(incident.getHost())
        .setTarget(target)
        .setOperation(operation)
        .setIncidentKey(incident.getIncidentKey())
        .setKind(incident.getKind())
        .setCauseId(incident.getCause() == null ? null : incident.getCause().getCauseId())
        .setTitle(incident.getTitle())
        .setRecordedAt(now)
        .setOncallVersion(Release.version());
  }

  private static HostAction.Builder next(HostAction it, Instant now) {
    return HostAction.newBuilder(it)
        .setRecordedAt(now)
        .setReason(null)
        .setOncallVersion(Release.version());
  }

  /** Whether a host is out, or may be, in this phase. */
  public static boolean isOut(ActionPhase phase) {
    return OUT.contains(phase);
  }

  private boolean isOut(String host) {
    HostAction it = latest.get(host);
    return it != null && OUT.contains(it.getPhase());
  }

  private List<String> outHosts() {
    return latest.keySet().stream().filter(this::isOut).toList();
  }

  private int outCount() {
    return outHosts().size();
  }

  private Failures failuresOf(String host) {
    return failures.getOrDefault(host, Failures.NONE);
  }
}
