package io.netnswatch.oncall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.awaitility.Durations.ONE_MINUTE;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netnswatch.command.Backoff;
import io.netnswatch.oncall.alert.Change;
import io.netnswatch.oncall.alert.Grouping;
import io.netnswatch.oncall.alert.NotificationPolicy;
import io.netnswatch.oncall.alert.Notifications;
import io.netnswatch.oncall.alert.OpenIncidents;
import io.netnswatch.oncall.alert.RepeatPolicy;
import io.netnswatch.oncall.alert.Route;
import io.netnswatch.oncall.kafka.NotificationLog;
import io.netnswatch.oncall.metrics.OncallMetrics;
import io.netnswatch.oncall.targets.Alertmanager;
import io.netnswatch.oncall.targets.Outcome;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.Severity;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A target that answers, while Kafka does not. */
class TargetWorkerTest {

  private static final List<Route> ALL =
      List.of(new Route(Set.of(), Severity.INFO, List.of(), List.of("am")));
  private static final NotificationPolicy POLICY =
      new NotificationPolicy(
          Grouping.OFF,
          new RepeatPolicy(Duration.ofMillis(100), Duration.ofMinutes(15)),
          new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(2)),
          null,
          8);

  private final OpenIncidents openIncidents = new OpenIncidents();
  private final List<String> delivered = new CopyOnWriteArrayList<>();
  private final SlowLog log = new SlowLog();
  private final TargetWorker worker =
      new TargetWorker(
          "am",
          new Alertmanager(URI.create("http://127.0.0.1"), null, Map.of(), Duration.ofSeconds(1)),
          POLICY.batch(),
          ALL,
          new Notifications(POLICY, Map.of(), Instant.now()),
          openIncidents,
          List::of,
          request -> {
            delivered.add(request.body());
            return new Outcome.Accepted();
          },
          log,
          new OncallMetrics(new SimpleMeterRegistry(), InstantSource.system()),
          InstantSource.system());
  private final Thread thread =
      new Thread(
          () -> {
            try {
              worker.run();
            } catch (InterruptedException | NotificationLog.LogLostException e) {
              throw new IllegalStateException(e);
            }
          });

  /** Makes durable at once what is written, until Kafka is away. */
  private static final class SlowLog implements NotificationLog {

    private final CompletableFuture<Void> kafkaIsBack = new CompletableFuture<>();
    private int writesLeft = Integer.MAX_VALUE;

    synchronized void kafkaLeavesAfter(int writes) {
      writesLeft = writes;
    }

    @Override
    public synchronized Future<?> write(String target, List<Change> changes) {
      return writesLeft-- > 0 ? CompletableFuture.completedFuture(null) : kafkaIsBack;
    }
  }

  @BeforeEach
  void start() {
    thread.start();
  }

  @AfterEach
  void stop() throws InterruptedException {
    log.kafkaIsBack.complete(null);
    worker.stop();
    thread.join();
  }

  @Test
  void whileATriggerWaitsToBeDurableOthersAreKeptAlive() {
    open("known");
    await()
        .atMost(ONE_MINUTE)
        .until(() -> told("known") >= 2); // so it is durable that the trigger was accepted

    log.kafkaLeavesAfter(0);
    open("new");
    keepsTellingOf("known");
    assertThat(told("new")).isZero();

    log.kafkaIsBack.complete(null);
    await().atMost(ONE_MINUTE).until(() -> told("new") > 0);
  }

  @Test
  void whileItWaitsToBeDurableThatATriggerWasAcceptedItIsKeptAlive() {
    log.kafkaLeavesAfter(1);

    open("a");

    keepsTellingOf("a");
  }

  /** More often than by a request that may have been under way. */
  private void keepsTellingOf(String host) {
    long before = told(host);
    await().atMost(ONE_MINUTE).until(() -> told(host) >= before + 3);
  }

  private void open(String host) {
    Incident incident = TestIncidents.opened(host, Instant.now());
    openIncidents.apply(incident.getIncidentKey(), incident);
    worker.wake();
  }

  private long told(String host) {
    return delivered.stream().filter(body -> body.contains("\"" + host + "\"")).count();
  }
}
