package io.netnswatch.oncall;

import io.netnswatch.command.Backoff;
import io.netnswatch.oncall.act.ActionMode;
import io.netnswatch.oncall.act.HostActions;
import io.netnswatch.oncall.alert.Alert;
import io.netnswatch.oncall.alert.DeliveryState;
import io.netnswatch.oncall.alert.Notifications;
import io.netnswatch.oncall.alert.OpenIncidents;
import io.netnswatch.oncall.config.RoutesFile;
import io.netnswatch.oncall.config.RoutesFile.NamedTarget;
import io.netnswatch.oncall.kafka.ActionLog;
import io.netnswatch.oncall.kafka.IncidentTopic;
import io.netnswatch.oncall.kafka.NotificationLog;
import io.netnswatch.oncall.kafka.NotificationLog.LogLostException;
import io.netnswatch.oncall.metrics.OncallMetrics;
import io.netnswatch.oncall.targets.Courier;
import io.netnswatch.schema.HostAction;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows the incidents, with one thread, and tells the targets, with one each. */
final class Bridge {

  private static final Logger LOG = LoggerFactory.getLogger(Bridge.class);

  private static final Duration UPKEEP_INTERVAL = Duration.ofSeconds(30);

  /** A request that is under way ends within less. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);

  private final IncidentTopic incidents;
  private final OpenIncidents openIncidents;
  private final Upkeep upkeep;
  private final InstantSource clock;
  private final List<Worker> workers = new ArrayList<>();

  /** By target: the actions whose held back hosts it is told of. */
  private final Map<String, List<ActionWorker>> pages = new HashMap<>();

  private final List<Thread> threads = new ArrayList<>();
  private final CountDownLatch finished = new CountDownLatch(1);
  private volatile String state = "starting";
  private volatile boolean stopped;
  private volatile @Nullable LogLostException failure;

  /** What is done now and then. */
  interface Upkeep {
    void run(Instant now) throws LogLostException, InterruptedException;
  }

  /**
   * Begins with {@link #run}.
   *
   * @param openIncidents kept by the incidents' reader
   * @param upkeep besides reading
   */
  Bridge(IncidentTopic incidents, OpenIncidents openIncidents, Upkeep upkeep, InstantSource clock) {
    this.incidents = incidents;
    this.openIncidents = openIncidents;
    this.upkeep = upkeep;
    this.clock = clock;
  }

  /**
   * Prepares to tell the targets.
   *
   * @param told what they have been told, by target and alert key
   * @param courier for a target
   */
  void addTargets(
      RoutesFile routes,
      Map<String, Map<String, DeliveryState>> told,
      BiFunction<String, NamedTarget, Courier> courier,
      NotificationLog log,
      OncallMetrics metrics) {
    routes
        .targets()
        .forEach(
            (name, it) -> {
              metrics.target(name);
              workers.add(
                  new TargetWorker(
                      name,
                      it.target(),
                      it.policy().batch(),
                      routes.routesTo(name),
                      new Notifications(
                          it.policy(), told.getOrDefault(name, Map.of()), clock.instant()),
                      openIncidents,
                      () -> heldBack(name),
                      courier.apply(name, it),
                      log,
                      metrics,
                      clock));
            });
    told.forEach(
        (name, alerts) -> {
          if (!routes.targets().containsKey(name) && !alerts.isEmpty()) {
            metrics.abandoned(name, alerts.size());
            LOG.error(
                "{} is not in the file any more and still shows {} alerts, e.g. {}: put it back"
                    + " into targets, without a route to it, until it has been told their end; or"
                    + " close them there by hand",
                name,
                alerts.size(),
                alerts.keySet().iterator().next());
          }
        });
  }

  /**
   * Prepares to act on hosts; to be called before {@link #addTargets}.
   *
   * @param done what was done to hosts, in the order in which it was written
   * @param isDry whether nothing is done, whatever the file says
   */
  void addActions(
      RoutesFile routes,
      List<HostAction> done,
      boolean isDry,
      ActionLog log,
      OncallMetrics metrics) {
    KillSwitch killSwitch = new KillSwitch(routes.killSwitch());
    routes
        .actions()
        .forEach(
            (name, it) -> {
              metrics.target(name);
              ActionWorker worker =
                  new ActionWorker(
                      name,
                      it.actor(),
                      new HostActions(
                          name,
                          it.actor().operation(),
                          isDry ? it.policy().dry() : it.policy(),
                          Backoff.STANDARD,
                          done.stream().filter(step -> step.getTarget().equals(name)).toList()),
                      openIncidents,
                      killSwitch,
                      log,
                      metrics,
                      clock,
                      () -> workers.forEach(Worker::wake));
              workers.add(worker);
              it.page()
                  .forEach(
                      target -> pages.computeIfAbsent(target, x -> new ArrayList<>()).add(worker));
              LOG.info(
                  "{}: {}{}",
                  name,
                  it.actor().operation(),
                  isDry || it.policy().mode() == ActionMode.DRY_RUN ? ", dry run" : "");
            });
    sayWhatIsLeft(routes, done);
  }

  /** Of an action that was taken out of the file nobody takes back what it did. */
  private static void sayWhatIsLeft(RoutesFile routes, List<HostAction> done) {
    Map<String, HostAction> latest = new TreeMap<>();
    done.forEach(it -> latest.put(it.getTarget() + " " + it.getHost(), it));
    latest.values().stream()
        .filter(it -> !routes.actions().containsKey(it.getTarget()))
        .filter(it -> HostActions.isOut(it.getPhase()))
        .forEach(
            it ->
                LOG.error(
                    "{} is not in the file any more and {} is still out by it: put it back with"
                        + " mode: undo, or put the host back by hand",
                    it.getTarget(),
                    it.getHost()));
  }

  private List<Alert> heldBack(String target) {
    return pages.getOrDefault(target, List.of()).stream()
        .flatMap(worker -> worker.alerts().stream())
        .toList();
  }

  /** Why it does not bridge at the moment; empty if it does. */
  String notReadyBecause() {
    return state;
  }

  /**
   * Bridges until stopped.
   *
   * @throws LogLostException if it can't be remembered what targets are told
   */
  void run() throws LogLostException, InterruptedException {
    try {
      state = "reading the incidents";
      incidents.readToEnd();
      LOG.info(
          "{} incidents are open; telling {} targets", openIncidents.openCount(), workers.size());
      workers.forEach(Worker::prepare);
      workers.forEach(this::start);
      state = "";
      Instant nextUpkeep = clock.instant();
      while (!stopped) {
        if (incidents.poll()) {
          workers.forEach(Worker::wake);
        }
        if (!clock.instant().isBefore(nextUpkeep)) {
          upkeep.run(clock.instant());
          incidents.takeNewPartitions();
          nextUpkeep = clock.instant().plus(UPKEEP_INTERVAL);
        }
      }
      rethrowFailure();
    } finally {
      state = "stopping";
      stopWorkers();
      finished.countDown();
    }
  }

  private void start(Worker worker) {
    Thread thread =
        new Thread(
            () -> {
              try {
                worker.run();
              } catch (InterruptedException e) {
                LOG.debug("interrupted to stop", e);
              } catch (LogLostException e) {
                failure = e;
                requestStop();
              }
            },
            "netnswatch-worker");
    threads.add(thread);
    thread.start();
  }

  private void rethrowFailure() throws LogLostException {
    LogLostException lost = failure;
    if (lost != null) {
      throw lost;
    }
  }

  private void stopWorkers() throws InterruptedException {
    workers.forEach(Worker::stop);
    for (Thread thread : threads) {
      thread.join(STOP_LIMIT.toMillis());
      thread.interrupt();
    }
  }

  private void requestStop() {
    stopped = true;
    incidents.stop();
  }

  /** Lets {@link #run} end, and waits for it. */
  void stop() {
    requestStop();
    try {
      if (!finished.await(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("did not stop within {} s", STOP_LIMIT.toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
