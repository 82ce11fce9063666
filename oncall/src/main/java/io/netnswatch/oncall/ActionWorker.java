package io.netnswatch.oncall;

import io.netnswatch.oncall.act.ActionOutcome;
import io.netnswatch.oncall.act.ActionPlan;
import io.netnswatch.oncall.act.ActionStep;
import io.netnswatch.oncall.act.HostActions;
import io.netnswatch.oncall.actors.Actor;
import io.netnswatch.oncall.alert.Alert;
import io.netnswatch.oncall.alert.OpenIncidents;
import io.netnswatch.oncall.kafka.ActionLog;
import io.netnswatch.oncall.kafka.NotificationLog.LogLostException;
import io.netnswatch.oncall.metrics.OncallMetrics;
import io.netnswatch.schema.ActionPhase;
import io.netnswatch.schema.HostAction;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does one action to hosts: what is to be done is made durable, done, and made durable again. */
final class ActionWorker implements Worker {

  private static final Logger LOG = LoggerFactory.getLogger(ActionWorker.class);

  /** How often the kill switch is looked at. */
  private static final Duration LONGEST_SLEEP = Duration.ofSeconds(2);

  private static final Duration PAUSE_AFTER_FAULT = Duration.ofSeconds(10);

  private final String name;
  private final Actor actor;
  private final HostActions actions;
  private final OpenIncidents openIncidents;
  private final BooleanSupplier killSwitch;
  private final ActionLog log;
  private final OncallMetrics metrics;
  private final InstantSource clock;
  private final Runnable alertsChanged;
  private final Signal signal = new Signal();
  private volatile List<Alert> alerts = List.of();
  private String lastFailure = "";
  private volatile boolean stopped;

  /**
   * Begins with {@link #run}.
   *
   * @param killSwitch while it is on nothing is done
   * @param alertsChanged called when {@link #alerts} has
   */
  ActionWorker(
      String name,
      Actor actor,
      HostActions actions,
      OpenIncidents openIncidents,
      BooleanSupplier killSwitch,
      ActionLog log,
      OncallMetrics metrics,
      InstantSource clock,
      Runnable alertsChanged) {
    this.name = name;
    this.actor = actor;
    this.actions = actions;
    this.openIncidents = openIncidents;
    this.killSwitch = killSwitch;
    this.log = log;
    this.metrics = metrics;
    this.clock = clock;
    this.alertsChanged = alertsChanged;
  }

  /** What people are told instead of what was held back. */
  List<Alert> alerts() {
    return alerts;
  }

  /** So that what was held back before is not taken for over. */
  @Override
  public void prepare() {
    show(plan());
  }

  @Override
  public void wake() {
    signal.send();
  }

  @Override
  public void stop() {
    stopped = true;
    signal.send();
  }

  @Override
  public void run() throws InterruptedException, LogLostException {
    while (!stopped) {
      long seen = signal.count();
      try {
        turn(seen);
      } catch (RuntimeException e) {
        // A fault of one action is not the others'. Its message may hold what is secret.
        metrics.fault(name);
        LOG.error("{}: {} at {}", name, e.getClass().getName(), e.getStackTrace()[0]);
        signal.await(seen, clock.instant(), clock.instant().plus(PAUSE_AFTER_FAULT));
      }
    }
  }

  private ActionPlan plan() {
    Instant now = clock.instant();
    boolean isStopped = killSwitch.getAsBoolean();
    return openIncidents.atOnce(open -> actions.plan(open, isStopped, now));
  }

  private void turn(long seen) throws InterruptedException, LogLostException {
    ActionPlan plan = plan();
    show(plan);
    if (!plan.notes().isEmpty()) {
      remember(plan.notes());
      actions.noted(plan.notes());
    } else if (!plan.due().isEmpty()) {
      act(plan.due().get(0));
    } else {
      Instant now = clock.instant();
      Instant latest = now.plus(LONGEST_SLEEP);
      signal.await(seen, now, plan.wakeAt().isBefore(latest) ? plan.wakeAt() : latest);
    }
  }

  private void show(ActionPlan plan) {
    metrics.hostsOut(name, plan.out());
    if (!plan.alerts().equals(alerts)) {
      alerts = plan.alerts();
      alertsChanged.run();
    }
  }

  private void act(ActionStep step) throws InterruptedException, LogLostException {
    remember(actions.begin(step));
    ActionOutcome outcome =
        step.action().getPhase() == ActionPhase.APPLYING ? actor.apply(step) : actor.revert(step);
    if (outcome instanceof ActionOutcome.Later later) {
      failed(step, later);
    } else {
      lastFailure = "";
      metrics.answering(name);
    }
    if (outcome instanceof ActionOutcome.Refused refused) {
      LOG.error("{} of {} can't be done: {}", name, step.action().getHost(), refused.why());
    }
    remember(
        actions.tried(step, outcome, ThreadLocalRandom.current().nextDouble(), clock.instant()));
  }

  /** Said once, until it is another failure. */
  private void failed(ActionStep step, ActionOutcome.Later later) {
    metrics.failing(name);
    metrics.action(name, "LATER");
    if (!later.why().equals(lastFailure)) {
      LOG.warn("{} of {}: trying again: {}", name, step.action().getHost(), later.why());
      lastFailure = later.why();
    }
  }

  /** Returns when these are durable, however long Kafka is away. */
  private void remember(List<HostAction> steps) throws InterruptedException, LogLostException {
    if (steps.isEmpty()) {
      return;
    }
    try {
      log.write(steps).get();
    } catch (ExecutionException e) {
      throw LogLostException.of(e);
    }
    for (HostAction it : steps) {
      metrics.action(name, it.getPhase().name());
      LOG.info(
          "{} {}: {} for {}{}",
          name,
          it.getPhase(),
          it.getHost(),
          it.getIncidentKey(),
          it.getReason() == null ? "" : ": " + it.getReason());
    }
  }
}
