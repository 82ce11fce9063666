package io.netnswatch.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.awaitility.Durations.ONE_MINUTE;

import io.netnswatch.collector.Collector.Scheduled;
import io.netnswatch.collector.publish.DropCount;
import io.netnswatch.collector.publish.KafkaDelivery;
import io.netnswatch.collector.publish.PublishedTail.Found;
import io.netnswatch.collector.publish.TelemetryPublisher;
import io.netnswatch.collector.spool.Spool;
import io.netnswatch.collector.spool.SpoolSettings;
import io.netnswatch.schema.CommandOrigin;
import io.netnswatch.schema.CommandOutcome;
import io.netnswatch.schema.NetnsCommand;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.Topics;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CollectorTest {

  private static final Duration FIRST_EVENT_WITHIN = Duration.ofMillis(500);

  private static final Duration OFTEN = Duration.ofMillis(20);

  @TempDir private Path spool;

  private final MockProducer<String, SpecificRecord> producer =
      new MockProducer<>(true, null, new StringSerializer(), (topic, value) -> new byte[0]);

  @Test
  void aSourceThatThrowsIsCountedTriedAgainAndStopsNoOther() throws Exception {
    // Given
    AtomicInteger failures = new AtomicInteger();
    FakeSource failing =
        new FakeSource("failing", null) {
          @Override
          public void turn(Emitter emitter) {
            throw new IllegalStateException("failure " + failures.incrementAndGet());
          }
        };
    FakeSource working = new FakeSource("working", null);
    Collector collector = collector(failing, working);

    // When
    CompletableFuture<Void> running = start(collector);
    await()
        .atMost(ONE_MINUTE)
        .untilAsserted(
            () -> {
              assertThat(failures).hasValueGreaterThanOrEqualTo(3);
              assertThat(producer.history()).hasSizeGreaterThanOrEqualTo(3);
            });
    collector.stop();
    running.get(10, TimeUnit.SECONDS);

    // Then
    assertThat(collector.status())
        .contains("failing on, failed turns " + failures)
        .contains("working on")
        .contains("{netnswatch.netns-latencies=" + working.turns + "}")
        .contains("dropped {}");
    assertThat(failing.stops).hasValue(1);
    assertThat(working.stops).hasValue(1);
    assertThat(producer.closed()).isTrue();
  }

  @Test
  void theFirstEventIsPublishedBeforeOtherSourcesBegin() throws Exception {
    // Given
    CountDownLatch mayEmit = new CountDownLatch(1);
    List<String> asked = new CopyOnWriteArrayList<>();
    FakeSource light =
        new FakeSource("light", null) {
          @Override
          public void turn(Emitter emitter) throws InterruptedException {
            mayEmit.await();
            super.turn(emitter);
          }
        };
    FakeSource heavy =
        new FakeSource("heavy", null) {
          @Override
          public Optional<String> unavailable() {
            asked.add("published " + producer.history().size());
            return super.unavailable();
          }
        };
    Collector collector =
        new Collector(
            new Envelope("node-1", "boot", "4.15.1", Instant.EPOCH),
            publisher(),
            List.of(new Scheduled(light, Duration.ofHours(1)), new Scheduled(heavy, OFTEN)),
            CpuLimit.DEFAULT_PERCENT,
            Duration.ofMinutes(1));

    // When
    CompletableFuture<Void> running = start(collector);
    mayEmit.countDown();

    // Then
    await().atMost(ONE_MINUTE).until(() -> heavy.turns.get() >= 1);
    assertThat(asked).containsExactly("published 1");
    collector.stop();
    running.get(10, TimeUnit.SECONDS);
  }

  @Test
  void aSourceThatWantsItsNextTurnSoonHasItAndThenGoesOnInItsCadence() throws Exception {
    // Given
    FakeSource curious =
        new FakeSource("curious", null) {
          @Override
          public Optional<Duration> wantedWithin() {
            return turns.get() < 5 ? Optional.of(Duration.ofMillis(20)) : Optional.empty();
          }
        };
    Collector collector =
        new Collector(
            new Envelope("node-1", "boot", "4.15.1", Instant.EPOCH),
            publisher(),
            List.of(new Scheduled(curious, Duration.ofHours(1))));

    // When
    CompletableFuture<Void> running = start(collector);

    // Then
    await().atMost(ONE_MINUTE).until(() -> curious.turns.get() == 5);
    await().atMost(ONE_MINUTE).during(Duration.ofMillis(300)).until(() -> curious.turns.get() == 5);
    collector.stop();
    running.get(10, TimeUnit.SECONDS);
  }

  @Test
  void aSourceThatCallsHasATurnAtOnce() throws Exception {
    // Given
    CompletableFuture<Runnable> call = new CompletableFuture<>();
    FakeSource called =
        new FakeSource("called", null) {
          @Override
          public void onCall(Runnable forATurn) {
            call.complete(forATurn);
          }
        };
    Collector collector =
        new Collector(
            new Envelope("node-1", "boot", "4.15.1", Instant.EPOCH),
            publisher(),
            List.of(new Scheduled(called, Duration.ofHours(1))));
    CompletableFuture<Void> running = start(collector);
    await().atMost(ONE_MINUTE).until(() -> called.turns.get() == 1);

    // When
    call.get(10, TimeUnit.SECONDS).run();

    // Then
    await().atMost(ONE_MINUTE).until(() -> called.turns.get() == 2);
    collector.stop();
    running.get(10, TimeUnit.SECONDS);
  }

  @Test
  void turnsBeyondTheCadenceAreTakenWhileTheirCpuTimeIsToBeHad() throws Exception {
    // Given: turns of 300 ms of CPU that want the next at once
    FakeSource greedy =
        new FakeSource("greedy", null) {
          @Override
          public void turn(Emitter emitter) throws InterruptedException {
            for (long until = ThreadCpu.nanos() + 300_000_000; ThreadCpu.nanos() < until; ) {
              Thread.onSpinWait();
            }
            super.turn(emitter);
          }

          @Override
          public Optional<Duration> wantedWithin() {
            return Optional.of(Duration.ZERO);
          }
        };
    Collector collector =
        new Collector(
            new Envelope("node-1", "boot", "4.15.1", Instant.EPOCH),
            publisher(),
            List.of(new Scheduled(greedy, Duration.ofHours(1))));

    // When
    CompletableFuture<Void> running = start(collector);

    // Then: the one that was due, and what a second of CPU is enough for
    await().atMost(Duration.ofMinutes(2)).until(() -> greedy.turns.get() >= 4);
    await()
        .atMost(ONE_MINUTE)
        .during(Duration.ofMillis(1_500))
        .until(() -> greedy.turns.get() <= 5);
    collector.stop();
    running.get(10, TimeUnit.SECONDS);
  }

  @Test
  void eventsAreNumberedWithoutGaps() throws Exception {
    // Given
    Collector collector = collector(new FakeSource("one", null), new FakeSource("two", null));

    // When
    CompletableFuture<Void> running = start(collector);
    await().atMost(ONE_MINUTE).until(() -> producer.history().size() >= 10);
    collector.stop();
    running.get(10, TimeUnit.SECONDS);

    // Then
    List<Long> sequence =
        producer.history().stream()
            .map(event -> ((NetnsLatency) event.value()).getSequence())
            .toList();
    for (int i = 0; i < sequence.size(); i++) {
      assertThat(sequence.get(i)).isEqualTo(i);
    }
  }

  @Test
  void anUnavailableSourceIsOffWithItsReasonAndGetsNoTurn() throws Exception {
    // Given
    FakeSource unavailable = new FakeSource("perf", "program 'perf' not found");
    FakeSource broken =
        new FakeSource("broken", null) {
          @Override
          public Optional<String> unavailable() {
            throw new IllegalStateException("cannot tell");
          }
        };
    FakeSource working = new FakeSource("working", null);
    Collector collector = collector(unavailable, broken, working);

    // When
    CompletableFuture<Void> running = start(collector);
    await()
        .atMost(ONE_MINUTE)
        .until(() -> working.turns.get() >= 2 && unavailable.stops.get() == 1);
    await().atMost(ONE_MINUTE).until(() -> broken.stops.get() == 1);

    // Then
    assertThat(collector.status())
        .contains("perf off because program 'perf' not found")
        .contains("broken off because it failed")
        .contains("cannot tell")
        .contains("working on");
    assertThat(unavailable.turns).hasValue(0);
    assertThat(broken.turns).hasValue(0);
    collector.stop();
    running.get(10, TimeUnit.SECONDS);
  }

  @Test
  void aTurnLongerThanTheCadenceMissesTurnsThatAreNotMadeUpFor() throws Exception {
    // Given
    CountDownLatch held = new CountDownLatch(1);
    FakeSource slow =
        new FakeSource("slow", null) {
          @Override
          public void turn(Emitter emitter) throws InterruptedException {
            if (turns.incrementAndGet() == 1) {
              held.await();
            }
          }
        };
    FakeSource regular = new FakeSource("regular", null);
    Collector collector = collector(slow, regular);

    // When
    CompletableFuture<Void> running = start(collector);
    await().atMost(ONE_MINUTE).until(() -> regular.turns.get() >= 20);
    int before = regular.turns.get();
    held.countDown();
    await().atMost(ONE_MINUTE).until(() -> slow.turns.get() >= 2);
    await().atMost(ONE_MINUTE).until(() -> regular.turns.get() >= before + 5);

    // Then: in step again with the other one, without the 20 of the time it was held
    assertThat(slow.turns.get()).isLessThan(before);
    collector.stop();
    running.get(10, TimeUnit.SECONDS);
  }

  @Test
  void stopsWithinFiveSecondsAlthoughEverySourceIgnoresIt() throws Exception {
    // Given: three children in state D
    CountDownLatch never = new CountDownLatch(1);
    FakeSource[] stuck = new FakeSource[3];
    for (int i = 0; i < stuck.length; i++) {
      stuck[i] =
          new FakeSource("stuck" + i, null) {
            @Override
            public void turn(Emitter emitter) {
              turns.incrementAndGet();
              boolean waiting = true;
              while (waiting) {
                try {
                  never.await();
                  waiting = false;
                } catch (InterruptedException e) {
                  assertThat(waiting).isTrue();
                }
              }
            }
          };
    }
    Collector collector = collector(stuck);
    CompletableFuture<Void> running = start(collector);
    await()
        .atMost(ONE_MINUTE)
        .until(() -> List.of(stuck).stream().allMatch(source -> source.turns.get() == 1));

    // When
    long begin = System.nanoTime();
    collector.stop();
    Duration took = Duration.ofNanos(System.nanoTime() - begin);

    // Then
    assertThat(took).isLessThan(Duration.ofMillis(4_500));
    assertThat(producer.closed()).isTrue();
    running.get(1, TimeUnit.SECONDS);
    never.countDown();
  }

  private Collector collector(Source... sources) {
    return new Collector(
        new Envelope("node-1", "boot", "4.15.1", Instant.EPOCH),
        publisher(),
        List.of(sources).stream().map(source -> new Scheduled(source, OFTEN)).toList(),
        CpuLimit.DEFAULT_PERCENT,
        FIRST_EVENT_WITHIN);
  }

  private TelemetryPublisher publisher() {
    DropCount dropped = new DropCount();
    SpoolSettings settings = new SpoolSettings(spool, 1 << 20, Duration.ofDays(1));
    return new TelemetryPublisher(
        new KafkaDelivery(
            () -> producer, known -> new Found(known, Set.of()), Topics.withDefaultPrefix()),
        new Spool(settings, Clock.systemUTC(), dropped),
        dropped);
  }

  private static CompletableFuture<Void> start(Collector collector) {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                collector.run();
                ended.complete(null);
              } catch (InterruptedException | RuntimeException e) {
                ended.completeExceptionally(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    return ended;
  }

  /** Emits one event at each turn. */
  private static class FakeSource implements Source {
    final AtomicInteger turns = new AtomicInteger();
    final AtomicInteger stops = new AtomicInteger();
    private final String name;
    private final Optional<String> reason;

    FakeSource(String name, @Nullable String reason) {
      this.name = name;
      this.reason = Optional.ofNullable(reason);
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Optional<String> unavailable() {
      return reason;
    }

    @Override
    public void turn(Emitter emitter) throws InterruptedException {
      emitter.emit(
          NetnsLatency.newBuilder()
              .setCommand(NetnsCommand.LIST)
              .setOrigin(CommandOrigin.PROBE)
              .setCommandId("1-1")
              .setStartedAt(Instant.EPOCH)
              .setObservedAt(Instant.EPOCH)
              .setLatencyMs(1)
              .setOutcome(CommandOutcome.SUCCEEDED));
      turns.incrementAndGet();
    }

    @Override
    public void stop() {
      stops.incrementAndGet();
    }
  }
}
