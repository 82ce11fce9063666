package io.netnswatch.oncall;

import io.netnswatch.oncall.alert.Change;
import io.netnswatch.oncall.alert.Conversation;
import io.netnswatch.oncall.alert.Fleet;
import io.netnswatch.oncall.alert.Plan;
import io.netnswatch.oncall.alert.Route;
import io.netnswatch.oncall.alert.Step;
import io.netnswatch.oncall.kafka.Ledger;
import io.netnswatch.oncall.kafka.Ledger.LedgerLostException;
import io.netnswatch.oncall.metrics.OncallMetrics;
import io.netnswatch.oncall.targets.Courier;
import io.netnswatch.oncall.targets.Outcome;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells one target, whatever becomes of the others. */
final class TargetWorker {

  private static final Logger LOG = LoggerFactory.getLogger(TargetWorker.class);

  /** How often what the target knows is looked at while something waits to be durable. */
  private static final Duration KEEP_ALIVE_INTERVAL = Duration.ofSeconds(1);

  private final String name;
  private final Target target;
  private final int batch;
  private final List<Route> routes;
  private final Conversation conversation;
  private final Fleet fleet;
  private final Courier courier;
  private final Ledger ledger;
  private final OncallMetrics metrics;
  private final InstantSource clock;
  private final Bell bell = new Bell();
  private int failures;
  private volatile boolean stopped;

  /**
   * Begins with {@link #run}.
   *
   * @param batch how many alerts the target takes in one request
   * @param fleet locked when it is looked at
   */
  TargetWorker(
      String name,
      Target target,
      int batch,
      List<Route> routes,
      Conversation conversation,
      Fleet fleet,
      Courier courier,
      Ledger ledger,
      OncallMetrics metrics,
      InstantSource clock) {
    this.name = name;
    this.target = target;
    this.batch = batch;
    this.routes = routes;
    this.conversation = conversation;
    this.fleet = fleet;
    this.courier = courier;
    this.ledger = ledger;
    this.metrics = metrics;
    this.clock = clock;
  }

  /** Something about the incidents has changed. */
  void ring() {
    bell.ring();
  }

  /** Ends after the request that is under way. */
  void stop() {
    stopped = true;
    bell.ring();
  }

  /** Tells until stopped. */
  void run() throws InterruptedException, LedgerLostException {
    while (!stopped) {
      long heard = bell.rings();
      Plan plan;
      synchronized (fleet) {
        plan = conversation.plan(fleet, routes, clock.instant());
      }
      metrics.waiting(name, plan.waiting());
      remember(conversation.forget(plan.forget()));
      if (plan.due().isEmpty()) {
        bell.await(heard, clock.instant(), plan.wakeAt());
      } else {
        tell(plan.due().subList(0, Math.min(batch, plan.due().size())));
      }
    }
  }

  private void tell(List<Step> steps) throws InterruptedException, LedgerLostException {
    Instant now = clock.instant();
    remember(conversation.begin(steps, target::names, now));
    Outcome outcome = courier.deliver(target.request(steps, now));
    if (outcome instanceof Outcome.Later later) {
      failed(steps, later);
    } else if (outcome instanceof Outcome.Refused refused) {
      refused(steps, refused);
    } else {
      answers();
      count(steps, "accepted");
      remember(conversation.accepted(steps, clock.instant()));
    }
  }

  /** Returns when these are durable; while Kafka is away, what the target knows is kept alive. */
  private void remember(List<Change> changes) throws InterruptedException, LedgerLostException {
    if (changes.isEmpty()) {
      return;
    }
    Future<?> written = ledger.write(name, changes);
    while (!isDone(written)) {
      if (!stopped) {
        keepAlive();
      }
    }
  }

  private static boolean isDone(Future<?> written)
      throws InterruptedException, LedgerLostException {
    try {
      written.get(KEEP_ALIVE_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw LedgerLostException.of(e);
    }
  }

  private void keepAlive() throws InterruptedException, LedgerLostException {
    List<Step> steps;
    synchronized (fleet) {
      steps = conversation.keepAlive(fleet, routes, clock.instant());
    }
    if (!steps.isEmpty()) {
      tell(steps.subList(0, Math.min(batch, steps.size())));
    }
  }

  private void failed(List<Step> steps, Outcome.Later later)
      throws InterruptedException, LedgerLostException {
    failures++;
    if (failures == 1) {
      LOG.warn("{} can't be told, trying again: {}", name, later.why());
    }
    metrics.failing(name);
    count(steps, "later");
    remember(
        conversation.failed(
            steps,
            later.mayHaveArrived(),
            later.atLeast(),
            ThreadLocalRandom.current().nextDouble(),
            clock.instant()));
  }

  /** Of many in a request one may be at fault: each is told alone then. */
  private void refused(List<Step> steps, Outcome.Refused refused)
      throws InterruptedException, LedgerLostException {
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
    remember(conversation.refused(steps));
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
