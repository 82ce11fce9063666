package io.netnswatch.oncall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.awaitility.Durations.ONE_MINUTE;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netnswatch.command.Backoff;
import io.netnswatch.command.HostPattern;
import io.netnswatch.oncall.act.ActionLimit;
import io.netnswatch.oncall.act.ActionMode;
import io.netnswatch.oncall.act.ActionPolicy;
import io.netnswatch.oncall.act.HostActions;
import io.netnswatch.oncall.actors.ApiServer;
import io.netnswatch.oncall.actors.KubernetesNode;
import io.netnswatch.oncall.alert.Alert;
import io.netnswatch.oncall.alert.Grouping;
import io.netnswatch.oncall.alert.NotificationPolicy;
import io.netnswatch.oncall.alert.Notifications;
import io.netnswatch.oncall.alert.OpenIncidents;
import io.netnswatch.oncall.alert.RepeatPolicy;
import io.netnswatch.oncall.alert.Route;
import io.netnswatch.oncall.metrics.OncallMetrics;
import io.netnswatch.oncall.targets.Outcome;
import io.netnswatch.oncall.targets.PagerDuty;
import io.netnswatch.oncall.targets.Secret;
import io.netnswatch.schema.ActionPhase;
import io.netnswatch.schema.Confidence;
import io.netnswatch.schema.HostAction;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.Severity;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fifty hosts at once, an API server that enforces its rules, and a pager. */
class ActionWorkerTest {

  private static final int LIMIT = 5;
  private static final Backoff SHORT = new Backoff(Duration.ofMillis(50), Duration.ofMillis(200));

  @TempDir private Path directory;
  private final OncallMetrics metrics =
      new OncallMetrics(new SimpleMeterRegistry(), InstantSource.system());
  private final OpenIncidents incidents = new OpenIncidents();
  private final List<HostAction> durable = new CopyOnWriteArrayList<>();
  private final List<String> pages = new CopyOnWriteArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final List<Worker> workers = new CopyOnWriteArrayList<>();
  private ApiServer api;

  @BeforeEach
  void start() throws Exception {
    api = ApiServer.start();
    Files.writeString(directory.resolve("token"), ApiServer.TOKEN);
    for (int i = 0; i < 50; i++) {
      api.addNode(host(i));
    }
  }

  @AfterEach
  void stop() throws InterruptedException {
    kill();
    api.close();
  }

  @Test
  void fiveOfFiftyAreCordonedAndPeopleArePagedForAllWithTheReason() throws Exception {
    List<Incident> fifty = openFifty();
    api.down(true);
    begin();
    await()
        .atMost(ONE_MINUTE)
        .until(() -> durable.stream().anyMatch(it -> it.getPhase() == ActionPhase.APPLYING));
    assertThat(api.cordoned()).isEmpty();

    // When the API server comes back, and again when oncall is killed in the middle
    api.down(false);
    await().atMost(ONE_MINUTE).until(() -> !api.cordoned().isEmpty());
    kill();
    begin();

    // Then
    await().atMost(ONE_MINUTE).until(() -> phases(ActionPhase.APPLIED).size() == LIMIT);
    assertThat(api.cordoned()).containsExactlyElementsOf(hosts(0, LIMIT));
    await().atMost(ONE_MINUTE).until(() -> phases(ActionPhase.HELD_BACK).size() == 45);
    await().atMost(ONE_MINUTE).until(() -> pages.stream().anyMatch(it -> it.contains("50 hosts")));
    await()
        .atMost(ONE_MINUTE)
        .until(
            () ->
                pages.stream()
                    .anyMatch(
                        it ->
                            it.contains("45 hosts not acted on (cordon by nodes): the limit of 5")
                                && it.contains(
                                    "Out: host-00, host-01, host-02, host-03, host-04")));

    // And when all are well one that was cordoned by hand stays so, and the others come back
    api.byHand(host(0), false);
    api.byHand(host(0), true);
    fifty.forEach(it -> apply(TestIncidents.resolved(it, Instant.now())));
    await().atMost(ONE_MINUTE).until(() -> phases(ActionPhase.REVERTED).size() == LIMIT - 1);
    await().atMost(ONE_MINUTE).until(() -> phases(ActionPhase.LEFT_ALONE).equals(List.of(host(0))));
    assertThat(api.cordoned()).containsExactly(host(0));
    await()
        .atMost(ONE_MINUTE)
        .untilAsserted(
            () -> assertThat(pages.stream().filter(it -> it.contains("\"resolve\""))).hasSize(2));
  }

  @Test
  void theKillSwitchHoldsEverything() throws Exception {
    Path killSwitch = Files.createFile(directory.resolve("stop"));
    openFifty();
    begin();
    await().atMost(ONE_MINUTE).until(() -> pages.stream().anyMatch(it -> it.contains("50 hosts")));
    assertThat(durable).isEmpty();
    Files.delete(killSwitch);
    await().atMost(ONE_MINUTE).until(() -> phases(ActionPhase.APPLIED).size() == LIMIT);
  }

  private List<Incident> openFifty() {
    List<Incident> fifty = new ArrayList<>();
    Instant start = Instant.now();
    for (int i = 0; i < 50; i++) {
      fifty.add(apply(TestIncidents.opened(host(i), start.plusMillis(i))));
    }
    return fifty;
  }

  private Incident apply(Incident step) {
    incidents.apply(step.getIncidentKey(), step);
    workers.forEach(Worker::wake);
    return step;
  }

  /** As it starts: it knows what is durable, and nothing else. */
  private void begin() throws Exception {
    ActionPolicy policy =
        new ActionPolicy(
            ActionMode.ACT,
            Set.of(TestIncidents.KIND),
            Set.of(ActionPolicy.ANY_CAUSE),
            Set.of(Confidence.CONFIRMED),
            List.of(new HostPattern("host-*")),
            true,
            Duration.ofMillis(100),
            List.of(new ActionLimit(LIMIT, Duration.ofHours(1), List.of(), "5 hosts within 1h")));
    KubernetesNode cordon =
        new KubernetesNode(
            new KubernetesNode.Settings(
                URI.create(api.url()), directory.resolve("token"), null, false, false, true, null),
            InstantSource.system());
    ActionWorker actions =
        new ActionWorker(
            "nodes",
            cordon,
            new HostActions("nodes", cordon.operation(), policy, SHORT, durable),
            incidents,
            new KillSwitch(directory.resolve("stop")),
            steps -> {
              durable.addAll(steps);
              return CompletableFuture.completedFuture(null);
            },
            metrics,
            InstantSource.system(),
            () -> workers.forEach(Worker::wake));
    workers.add(actions);
    workers.add(pager(actions));
    workers.forEach(Worker::prepare);
    for (Worker worker : workers) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  worker.run();
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              });
      threads.add(thread);
      thread.start();
    }
  }

  private TargetWorker pager(ActionWorker actions) {
    NotificationPolicy policy =
        new NotificationPolicy(
            new Grouping(true, Grouping.By.KERNEL, Duration.ofMillis(100), Duration.ofHours(1)),
            RepeatPolicy.NEVER,
            SHORT,
            null,
            1);
    List<Route> all = List.of(new Route(Set.of(), Severity.INFO, List.of(), List.of("pager")));
    return new TargetWorker(
        "pager",
        new PagerDuty(URI.create("http://127.0.0.1"), new Secret("0".repeat(32))),
        1,
        all,
        new Notifications(policy, Map.of(), Instant.now()),
        incidents,
        () -> List.<Alert>copyOf(actions.alerts()),
        request -> {
          pages.add(request.body());
          return new Outcome.Accepted();
        },
        (target, changes) -> CompletableFuture.completedFuture(null),
        metrics,
        InstantSource.system());
  }

  private void kill() throws InterruptedException {
    workers.forEach(Worker::stop);
    for (Thread thread : threads) {
      thread.join();
    }
    workers.clear();
    threads.clear();
  }

  private List<String> phases(ActionPhase phase) {
    return durable.stream().filter(it -> it.getPhase() == phase).map(HostAction::getHost).toList();
  }

  private static List<String> hosts(int from, int to) {
    List<String> hosts = new ArrayList<>();
    for (int i = from; i < to; i++) {
      hosts.add(host(i));
    }
    return hosts;
  }

  private static String host(int i) {
    return "host-%02d".formatted(i);
  }
}
