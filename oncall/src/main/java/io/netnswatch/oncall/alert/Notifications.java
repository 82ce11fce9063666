package io.netnswatch.oncall.alert;

import static java.util.Comparator.comparing;

import io.netnswatch.oncall.alert.OpenIncidents.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What one target has been told, and what it is to be told next. Pure: the caller delivers, and
 * makes each {@link Change} durable before it goes on. Not thread-safe.
 *
 * <p>The order of each alert's telling is kept by its {@link Phase}: a first attempt to trigger is
 * made only after {@link Phase#TRIGGERING} is durable, and a resolve only after a trigger was
 * accepted. So whatever fails or crashes, no resolve is lost and none comes before its trigger.
 */
public final class Notifications {

  private final NotificationPolicy policy;
  private final Map<String, DeliveryState> told = new TreeMap<>();

  /** When an alert was last told about in this run. */
  private final Map<String, Instant> lastTelling = new HashMap<>();

  /** Since when a group that the target does not know has been open. */
  private final Map<String, Instant> newSince = new HashMap<>();

  private final Map<String, Failures> failuresByAlert = new HashMap<>();

  /** Steps the target will never take, by the alert's key. */
  private final Map<String, Refusal> refusals = new HashMap<>();

  /** Alerts that are being triggered and that the target can't know yet. */
  private final Set<String> firstAttempts = new HashSet<>();

  private Failures failures = Failures.NONE;
  private RateLimit.@Nullable Bucket bucket;

  private record Refusal(Action action, String version) {}

  /**
   * Goes on with what a target has been told.
   *
   * @param told what is durable, by alert key
   */
  public Notifications(NotificationPolicy policy, Map<String, DeliveryState> told, Instant now) {
    this.policy = policy;
    this.told.putAll(told);
    this.bucket = policy.rateLimit() == null ? null : policy.rateLimit().full(now);
  }

  /** What there is to tell now, given the present incidents and the routes to this target. */
  public Plan plan(OpenIncidents openIncidents, List<Route> routes, Instant now) {
    return plan(openIncidents, routes, List.of(), now);
  }

  /**
   * The same, with alerts that are no incidents of their own.
   *
   * @param others they fire
   */
  public Plan plan(
      OpenIncidents openIncidents, List<Route> routes, List<Alert> others, Instant now) {
    List<Alert> firing =
        new ArrayList<>(policy.grouping().alerts(openIncidents.open(routes), groupsInUse(), now));
    firing.addAll(others);
    Agenda agenda = new Agenda(now);
    Set<String> wanted = new HashSet<>();
    for (Alert alert : firing) {
      wanted.add(alert.key());
      goOn(alert, agenda);
    }
    for (DeliveryState it : told.values()) {
      if (!wanted.contains(it.key()) || it.phase() == Phase.RESOLVING) {
        finish(it, openIncidents, agenda);
      }
    }
    forgetGone(wanted);
    return agenda.plan();
  }

  /**
   * What of a plan may be told while a change waits to be durable: that alerts which the target
   * knows are firing still. Neither telling these nor what comes of it is a change.
   */
  public List<Step> keepAlive(
      OpenIncidents openIncidents, List<Route> routes, List<Alert> others, Instant now) {
    return plan(openIncidents, routes, others, now).due().stream()
        .filter(step -> step.action() == Action.REPEAT || step.action() == Action.UPDATE)
        .filter(step -> !nextRepeat(step.alert().key(), now).isAfter(now))
        .map(step -> new Step(Action.REPEAT, step.alert(), step.due(), step.names()))
        .toList();
  }

  private void goOn(Alert alert, Agenda agenda) {
    DeliveryState known = told.get(alert.key());
    if (known == null || known.phase() == Phase.ENDED) {
      Instant since = newSince.computeIfAbsent(alert.key(), key -> agenda.now);
      agenda.add(Action.TRIGGER, alert, since.plus(policy.grouping().window()), Map.of());
    } else if (known.phase() == Phase.TRIGGERING) {
      agenda.add(Action.TRIGGER, alert, known.at(), known.names());
    } else if (known.phase() == Phase.TOLD) {
      Instant next = nextRepeat(alert.key(), agenda.now);
      if (known.version().equals(alert.version())) {
        agenda.add(Action.REPEAT, alert, next, known.names());
      } else {
        Instant due = known.at().plus(policy.grouping().window());
        agenda.add(Action.UPDATE, alert, due.isBefore(next) ? due : next, known.names());
      }
    }
  }

  private void finish(DeliveryState known, OpenIncidents openIncidents, Agenda agenda) {
    boolean isUnknown =
        known.incidents().stream().anyMatch(key -> openIncidents.standing(key) == Standing.UNKNOWN);
    switch (known.phase()) {
      case TRIGGERING -> agenda.add(Action.TRIGGER, Alert.held(known), known.at(), known.names());
      case TOLD -> {
        if (isUnknown) {
          agenda.add(
              Action.REPEAT, Alert.held(known), nextRepeat(known.key(), agenda.now), known.names());
        } else {
          agenda.add(
              Action.RESOLVE, end(known, openIncidents, agenda.now), agenda.now, known.names());
        }
      }
      case RESOLVING ->
          agenda.add(
              Action.RESOLVE, end(known, openIncidents, agenda.now), known.at(), known.names());
      case ENDED -> {
        if (agenda.now.isBefore(known.at().plus(policy.repeat().resolvedFor()))) {
          agenda.add(
              Action.REPEAT,
              end(known, openIncidents, known.at()),
              nextRepeat(known.key(), agenda.now),
              known.names());
        } else {
          agenda.forget.add(known.key());
        }
      }
    }
  }

  private static Alert end(DeliveryState known, OpenIncidents openIncidents, Instant now) {
    return Alert.ended(known, openIncidents.ended(known.incidents()), now);
  }

  /** Groups that the target knows and that are not being ended. */
  private List<DeliveryState> groupsInUse() {
    return told.values().stream()
        .filter(DeliveryState::grouped)
        .filter(it -> it.phase() == Phase.TRIGGERING || it.phase() == Phase.TOLD)
        .toList();
  }

  private Instant nextRepeat(String key, Instant now) {
    if (policy.repeat().firing().isZero()) {
      return Instant.MAX;
    }
    Instant last = lastTelling.get(key);
    return last == null ? now : last.plus(policy.repeat().firing());
  }

  private void forgetGone(Set<String> wanted) {
    newSince.keySet().retainAll(wanted);
    for (Map<String, ?> memory : List.of(lastTelling, failuresByAlert, refusals)) {
      memory.keySet().removeIf(key -> !wanted.contains(key) && !told.containsKey(key));
    }
  }

  /**
   * These are going to be told, in one request.
   *
   * @param names gives an alert that is new to the target the names it will have there
   * @return what must be durable before the request is made
   */
  public List<Change> begin(
      List<Step> steps, Function<Alert, Map<String, String>> names, Instant now) {
    if (bucket != null) {
      bucket = bucket.at(now).take();
    }
    List<Change> changes = new ArrayList<>();
    for (Step step : steps) {
      Alert alert = step.alert();
      DeliveryState known = told.get(alert.key());
      if (step.action() == Action.TRIGGER && (known == null || known.phase() == Phase.ENDED)) {
        firstAttempts.add(alert.key());
        changes.add(set(DeliveryState.triggering(alert, names.apply(alert), now)));
      } else if (step.action() == Action.RESOLVE && known != null && known.phase() == Phase.TOLD) {
        changes.add(set(known.in(Phase.RESOLVING, now)));
      } else if (step.action() == Action.UPDATE && known != null) {
        changes.add(set(known.unsure()));
      }
    }
    return changes;
  }

  /**
   * The target has accepted these.
   *
   * @return what must be durable before more is told
   */
  public List<Change> accepted(List<Step> steps, Instant now) {
    failures = Failures.NONE;
    List<Change> changes = new ArrayList<>();
    for (Step step : steps) {
      String key = step.alert().key();
      failuresByAlert.remove(key);
      firstAttempts.remove(key);
      lastTelling.put(key, now);
      DeliveryState known = told.get(key);
      if (known == null) {
        throw new IllegalStateException("accepted, but never begun: " + key);
      }
      switch (step.action()) {
        case TRIGGER, UPDATE -> changes.add(set(known.knowing(step.alert(), now)));
        case RESOLVE ->
            changes.add(
                policy.repeat().resolvedFor().isZero()
                    ? forget(key)
                    : set(known.in(Phase.ENDED, now)));
        case REPEAT -> {} // nothing has changed
      }
    }
    return changes;
  }

  /**
   * These could not be told now.
   *
   * @param mayHaveArrived whether the target may know them all the same
   * @param atLeast how long the target asked to be left alone; zero if it did not
   * @param chance between 0 and 1, so that those who failed together do not come back together
   * @return what must be durable before more is told
   */
  public List<Change> failed(
      List<Step> steps, boolean mayHaveArrived, Duration atLeast, double chance, Instant now) {
    failures = failures.oneMore(now, atLeast, policy.backoff(), chance);
    List<Change> changes = new ArrayList<>();
    for (Step step : steps) {
      String key = step.alert().key();
      failuresByAlert.put(
          key,
          failuresByAlert
              .getOrDefault(key, Failures.NONE)
              .oneMore(now, atLeast, policy.backoff(), chance));
      boolean unknown = firstAttempts.remove(key) && !mayHaveArrived;
      if (unknown) {
        changes.add(forget(key)); // if it ends before the target comes back, nobody is to be paged
      }
    }
    return changes;
  }

  /**
   * The target will never take these as they are. They are not tried again in this run, unless the
   * alert changes.
   *
   * @return what must be durable before more is told
   */
  public List<Change> refused(List<Step> steps) {
    failures = Failures.NONE;
    List<Change> changes = new ArrayList<>();
    for (Step step : steps) {
      String key = step.alert().key();
      refusals.put(key, new Refusal(step.action(), step.alert().version()));
      if (step.action() == Action.TRIGGER) {
        firstAttempts.remove(key);
        changes.add(forget(key));
      }
    }
    return changes;
  }

  /** These need not be remembered any longer. */
  public List<Change> forget(List<String> keys) {
    return keys.stream().map(this::forget).toList();
  }

  private Change set(DeliveryState now) {
    told.put(now.key(), now);
    return new Change(now.key(), now);
  }

  private Change forget(String key) {
    told.remove(key);
    return new Change(key, null);
  }

  /** Gathers what is due. */
  private final class Agenda {

    private final Instant now;
    private final List<Step> due = new ArrayList<>();
    private final List<String> forget = new ArrayList<>();
    private Instant wakeAt = Instant.MAX;
    private int waiting;

    Agenda(Instant now) {
      this.now = now;
    }

    void add(Action action, Alert alert, Instant at, Map<String, String> names) {
      String key = alert.key();
      if (new Refusal(action, alert.version()).equals(refusals.get(key))) {
        return;
      }
      if (action != Action.REPEAT && !at.isAfter(now)) {
        waiting++;
      }
      Instant possible = later(failures(key).notBefore(), failures.notBefore());
      Instant when = later(at, possible);
      if (when.isAfter(now)) {
        wakeAt = when.isBefore(wakeAt) ? when : wakeAt;
      } else {
        due.add(new Step(action, alert, at, names));
      }
    }

    Plan plan() {
      if (bucket != null && !due.isEmpty() && !bucket.at(now).hasToken()) {
        Instant token = bucket.at(now).nextToken();
        return new Plan(List.of(), forget, token.isBefore(wakeAt) ? token : wakeAt, waiting);
      }
      due.sort(
          comparing(Step::action)
              .thenComparing(step -> failures(step.alert().key()).count())
              .thenComparing(Step::due)
              .thenComparing(step -> step.alert().key()));
      return new Plan(due, forget, wakeAt, waiting);
    }

    private Failures failures(String key) {
      return failuresByAlert.getOrDefault(key, Failures.NONE);
    }

    private static Instant later(Instant one, Instant other) {
      return one.isAfter(other) ? one : other;
    }
  }
}
