package io.netnswatch.oncall;

import io.netnswatch.oncall.alert.Alert;
import io.netnswatch.oncall.alert.Change;
import io.netnswatch.oncall.alert.Notifications;
import io.netnswatch.oncall.alert.OpenIncidents;
import io.netnswatch.oncall.alert.Plan;
import io.netnswatch.oncall.alert.Route;
import io.netnswatch.oncall.alert.Step;
import io.netnswatch.oncall.kafka.NotificationLog;
import io.netnswatch.oncall.kafka.NotificationLog.LogLostException;
import io.netnswatch.oncall.metrics.OncallMetrics;
import io.netnswatch.oncall.targets.Courier;
import io.netnswatch.oncall.targets.Outcome;
import io.netnswatch.oncall.targets.Request;
import io.netnswatch.oncall.targets.Target;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells one target, whatever becomes of the others. */
final class TargetWorker implements Worker {

  private static final Logger LOG = LoggerFactory.getLogger(TargetWorker.class);

  /** How often what the target knows is looked at while something waits to be durable. */
  private static final Duration KEEP_ALIVE_INTERVAL = Duration.ofSeconds(1);

  private static final Duration PAUSE_AFTER_FAULT = Duration.ofSeconds(10);

  private final String name;
  private final Target target;
  private final int batch;
  private final List<Route> routes;
  private final Notifications notifications;
  private final OpenIncidents openIncidents;
  private final Supplier<List<Alert>> others;
  private final Courier courier;
  private final NotificationLog log;
  private final OncallMetrics metrics;
  private final InstantSource clock;
  private final Signal signal = new Signal();
  private int failures;
  private volatile boolean stopped;

  /**
   * Begins with {@link #run}.
   *
   * @param batch how many alerts the target takes in one request
   * @param others alerts for it that are no incidents of their own
   */
  TargetWorker(
      String name,
      Target target,
      int batch,
      List<Route> routes,
      Notifications notifications,
      OpenIncidents openIncidents,
      Supplier<List<Alert>> others,
      Courier courier,
      NotificationLog log,
      OncallMetrics metrics,
      InstantSource clock) {
    this.name = name;
    this.target = target;
    this.batch = batch;
    this.routes = routes;
    this.notifications = notifications;
    this.openIncidents = openIncidents;
    this.others = others;
    this.courier = courier;
    this.log = log;
    this.metrics = metrics;
    this.clock = clock;
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
        // A fault of one target is not the others'. Its message may hold what is secret.
        metrics.fault(name);
        LOG.error("{}: {} at {}", name, e.getClass().getName(), e.getStackTrace()[0]);
        signal.await(seen, clock.instant(), clock.instant().plus(PAUSE_AFTER_FAULT));
      }
    }
  }

  private void turn(long seen) throws InterruptedException, LogLostException {
    Instant now = clock.instant();
    Plan plan = openIncidents.atOnce(open -> notifications.plan(open, routes, others.get(), now));
    metrics.waiting(name, plan.waiting());
    remember(notifications.forget(plan.forget()));
    if (plan.due().isEmpty()) {
      signal.await(seen, clock.instant(), plan.wakeAt());
    } else {
      tell(plan.due().subList(0, Math.min(batch, plan.due().size())));
    }
  }

  private void tell(List<Step> steps) throws InterruptedException, LogLostException {
    Instant now = clock.instant();
    Request request;
    try {
      request = target.request(steps, now);
    } catch (RuntimeException e) { // its message may hold what is secret
      LOG.error("{}: a request can't be built: {}", name, e.getStackTrace()[0]);
      refused(steps, new Outcome.Refused("the request can't be built: " + e.getClass().getName()));
      return;
    }
    remember(notifications.begin(steps, target::names, now));
    Outcome outcome = courier.deliver(request);
    if (outcome instanceof Outcome.Later later) {
      failed(steps, later);
    } else if (outcome instanceof Outcome.Refused refused) {
      refused(steps, refused);
    } else {
      answers();
      count(steps, "accepted");
      remember(notifications.accepted(steps, clock.instant()));
    }
  }

  /** Returns when these are durable; while Kafka is away, what the target knows is kept alive. */
  private void remember(List<Change> changes) throws InterruptedException, LogLostException {
    if (changes.isEmpty()) {
      return;
    }
    Future<?> written = log.write(name, changes);
    while (!isDone(written)) {
      if (!stopped) {
        keepAlive();
      }
    }
  }

  private static boolean isDone(Future<?> written) throws InterruptedException, LogLostException {
    try {
      written.get(KEEP_ALIVE_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw LogLostException.of(e);
    }
  }

  private void keepAlive() throws InterruptedException, LogLostException {
    Instant now = clock.instant();
    List<Step> steps =
        openIncidents.atOnce(open -> notifications.keepAlive(open, routes, others.get(), now));
    if (!steps.isEmpty()) {
      tell(steps.subList(0, Math.min(batch, steps.size())));
    }
  }

  private void failed(List<Step> steps, Outcome.Later later)
      throws InterruptedException, LogLostException {
    failures++;
    if (failures == 1) {
      LOG.warn("{} can't be told, trying again: {}", name, later.why());
    }
    metrics.failing(name);
    count(steps, "later");
    remember(
        notifications.failed(
            steps,
            later.mayHaveArrived(),
            later.atLeast(),
            ThreadLocalRandom.current().nextDouble(),
            clock.instant()));
  }

  /** Of many in a request one may be at fault: each is told alone then. */
  private void refused(List<Step> steps, Outcome.Refused refused)
      throws InterruptedException, LogLostException {
    answers();
    if (steps.size() > 1) {
      for (Step step : steps) {
        tell(List.of(step));
        if (failures > 0) {
          return; // the others are planned again
        }
      }
      return;
    }
    Step step = steps.get(0);
    LOG.error(
        "{} refuses {} of {}, not tried again: {}",
        name,
        step.action(),
        step.alert().key(),
        refused.why());
    count(steps, "refused");
    remember(notifications.refused(steps));
  }

  private void answers() {
    if (failures > 0) {
      LOG.info("{} answers again, after {} failures", name, failures);
    }
    failures = 0;
    metrics.answering(name);
  }

  private void count(List<Step> steps, String outcome) {
    steps.forEach(step -> metrics.delivery(name, step.action().name(), outcome));
  }
}
