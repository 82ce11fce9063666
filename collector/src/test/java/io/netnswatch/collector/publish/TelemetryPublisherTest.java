package io.netnswatch.collector.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.awaitility.Durations.ONE_MINUTE;

import io.netnswatch.collector.publish.PublishedTail.Found;
import io.netnswatch.collector.spool.EventId;
import io.netnswatch.collector.spool.Spool;
import io.netnswatch.collector.spool.SpoolSettings;
import io.netnswatch.collector.spool.TestEvents;
import io.netnswatch.schema.SendTime;
import io.netnswatch.schema.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TelemetryPublisherTest {

  private static final String TOPIC = "test.netns-latencies";
  private static final Topics TOPICS = new Topics("test.");

  @TempDir private Path directory;

  private final DropCount dropped = new DropCount();

  @Test
  void anEventGoesToItsTopicWithTheHostAsKeyItsTimeAsTimestampAndNothingToDisk() {
    // Given
    MockProducer<String, SpecificRecord> producer = acknowledging(true);

    // When
    try (TelemetryPublisher publisher = publisher(producer)) {
      publisher.publish(TestEvents.event(1));
      await().atMost(ONE_MINUTE).until(() -> publisher.published().equals(Map.of(TOPIC, 1L)));

      // Then
      ProducerRecord<String, SpecificRecord> sent = producer.history().get(0);
      assertThat(producer.history()).hasSize(1);
      assertThat(sent.topic()).isEqualTo(TOPIC);
      assertThat(sent.partition()).isNull();
      assertThat(sent.timestamp()).isEqualTo(TestEvents.TIME.toEpochMilli());
      assertThat(sent.key()).isEqualTo("node-1");
      assertThat(sent.value()).isEqualTo(TestEvents.event(1).value());
      assertThat(sent.headers()).extracting(Header::key).containsExactly(SendTime.HEADER);
      assertThat(publisher.dropped()).isEmpty();
      assertThat(spoolFiles()).isEmpty();
    }
    assertThat(producer.closed()).isTrue();
  }

  @Test
  void whatTheBrokerRefusesForGoodIsCountedAndHoldsUpNothing() {
    // Given
    MockProducer<String, SpecificRecord> producer = acknowledging(false);
    try (TelemetryPublisher publisher = publisher(producer)) {
      publisher.publish(TestEvents.event(0));
      publisher.publish(TestEvents.event(1));

      // When
      await()
          .atMost(ONE_MINUTE)
          .until(() -> producer.errorNext(new InvalidTimestampException("Timestamp out of range")));
      await().atMost(ONE_MINUTE).until(producer::completeNext);

      // Then
      await().atMost(ONE_MINUTE).until(() -> publisher.published().equals(Map.of(TOPIC, 1L)));
      assertThat(publisher.dropped()).isEqualTo(Map.of("InvalidTimestampException", 1L));
    }
  }

  @Test
  void whatCannotBeSentWaitsInTheSpoolAndIsSentInOrder() {
    // Given
    MockProducer<String, SpecificRecord> producer = acknowledging(true);
    producer.sendException = new SerializationException("registry does not answer");
    try (TelemetryPublisher publisher = publisher(producer)) {
      LongStream.range(0, 60).mapToObj(TestEvents::event).forEach(publisher::publish);
      await().atMost(ONE_MINUTE).until(() -> publisher.spool().events() == 60);

      // When
      producer.sendException = null;

      // Then
      await().atMost(ONE_MINUTE).until(() -> publisher.published().equals(Map.of(TOPIC, 60L)));
      assertThat(sequences(producer)).isEqualTo(LongStream.range(0, 60).boxed().toList());
      await().atMost(ONE_MINUTE).until(() -> publisher.spool().events() == 0);
      assertThat(publisher.dropped()).isEmpty();
      assertThat(spoolFiles()).isEmpty();
    }
  }

  @Test
  void anEventThatIsNotAcknowledgedSoonIsSpooledAndSettledFromThere() {
    // Given
    MockProducer<String, SpecificRecord> producer = acknowledging(false);
    try (TelemetryPublisher publisher = publisher(producer)) {
      publisher.publish(TestEvents.event(0));
      await().atMost(ONE_MINUTE).until(() -> publisher.spool().events() == 1);
      publisher.publish(TestEvents.event(1));
      await().atMost(ONE_MINUTE).until(() -> publisher.spool().events() == 2);

      // When
      producer.completeNext();
      await().atMost(ONE_MINUTE).until(producer::completeNext);

      // Then
      await().atMost(ONE_MINUTE).until(() -> publisher.published().equals(Map.of(TOPIC, 2L)));
      assertThat(sequences(producer)).containsExactly(0L, 1L);
      await().atMost(ONE_MINUTE).until(() -> spoolFiles().isEmpty());
    }
  }

  @Test
  void afterADeliveryInDoubtWhatIsFoundOnTheTopicIsNotSentAgain() {
    // Given: the second event fails although it came through
    MockProducer<String, SpecificRecord> first = acknowledging(false);
    MockProducer<String, SpecificRecord> second = acknowledging(true);
    var producers = List.of(first, second).iterator();
    Set<EventId> onTopic = Set.of(EventId.of(TestEvents.event(0).value()));
    Found nothing = new Found(Map.of(), Set.of());
    var tails = List.of(nothing, new Found(Map.of(), onTopic)).iterator();
    KafkaDelivery delivery = new KafkaDelivery(producers::next, known -> tails.next(), TOPICS);
    try (TelemetryPublisher publisher = new TelemetryPublisher(delivery, spool(), dropped)) {
      publisher.publish(TestEvents.event(0));
      publisher.publish(TestEvents.event(1));

      // When
      await()
          .atMost(ONE_MINUTE)
          .until(() -> first.errorNext(new TopicAuthorizationException("not now")));

      // Then
      await().atMost(ONE_MINUTE).until(() -> publisher.published().equals(Map.of(TOPIC, 2L)));
      assertThat(sequences(second)).containsExactly(1L);
      assertThat(first.closed()).isTrue();
    }
  }

  @Test
  void whereTheDiskDoesNotTakeHowFarTheTopicsGoTheyAreReadBackOnceAndAllIsSent() throws Exception {
    // Given: a spool with events, and Kafka away
    MockProducer<String, SpecificRecord> producer = acknowledging(true);
    AtomicBoolean away = new AtomicBoolean(true);
    AtomicInteger reads = new AtomicInteger();
    PublishedTail tail =
        known -> {
          if (away.get()) {
            throw new TimeoutException("no broker");
          }
          reads.incrementAndGet();
          return new Found(Map.of(), Set.of());
        };
    KafkaDelivery delivery = new KafkaDelivery(() -> producer, tail, TOPICS);
    try (TelemetryPublisher publisher = new TelemetryPublisher(delivery, spool(), dropped)) {
      LongStream.range(0, 3).mapToObj(TestEvents::event).forEach(publisher::publish);
      await().atMost(ONE_MINUTE).until(() -> publisher.spool().events() == 3);

      // When: it comes back, but the cursor can't be replaced
      Files.createDirectories(directory.resolve("spool/cursor.next/in-the-way"));
      away.set(false);

      // Then
      await().atMost(ONE_MINUTE).until(() -> publisher.published().equals(Map.of(TOPIC, 3L)));
      assertThat(sequences(producer)).containsExactly(0L, 1L, 2L);
      assertThat(reads).hasValue(1);
      await().atMost(ONE_MINUTE).until(() -> spoolFiles().isEmpty());
      assertThat(publisher.dropped()).isEmpty();
    }
  }

  @Test
  void withoutASpoolTheQueueHoldsSomeAndTheRestIsCounted() throws Exception {
    // Given: a file where the directory should be
    Files.createFile(directory.resolve("spool"));
    BlockedProducer producer = new BlockedProducer();
    try (TelemetryPublisher publisher = publisher(producer)) {
      publisher.publish(TestEvents.event(0));
      await()
          .atMost(ONE_MINUTE)
          .until(() -> producer.sending.getCount() == 0 && publisher.spoolFailure() != null);

      // When: 64 fit, the one in flight among them
      LongStream.range(1, 70).mapToObj(TestEvents::event).forEach(publisher::publish);

      // Then
      assertThat(publisher.dropped()).isEqualTo(Map.of("spool unusable", 6L));
    }
    assertThat(dropped.byReason()).isEqualTo(Map.of("spool unusable", 6L, "stopped", 64L));
  }

  @Test
  void aSpoolThatBecomesUsableMeanwhileWaitsForTheNextStart() throws Exception {
    // Given: what an earlier run left, out of reach when this one starts
    try (TelemetryPublisher earlier = publisher(new BlockedProducer())) {
      LongStream.range(0, 3).mapToObj(TestEvents::event).forEach(earlier::publish);
    }
    Path left = Files.move(directory.resolve("spool"), directory.resolve("elsewhere"));
    Files.createFile(directory.resolve("spool"));
    MockProducer<String, SpecificRecord> producer = acknowledging(true);
    try (TelemetryPublisher publisher = publisher(producer)) {
      publisher.publish(TestEvents.event(3));
      await().atMost(ONE_MINUTE).until(() -> publisher.published().equals(Map.of(TOPIC, 1L)));

      // When: it is back in its place, and Kafka takes nothing for a while
      Files.delete(directory.resolve("spool"));
      Files.move(left, directory.resolve("spool"));
      producer.sendException = new SerializationException("registry does not answer");
      LongStream.range(4, 40).mapToObj(TestEvents::event).forEach(publisher::publish);
      await().atMost(ONE_MINUTE).until(() -> publisher.waiting() == 36);
      producer.sendException = null;
      await().atMost(ONE_MINUTE).until(() -> publisher.published().equals(Map.of(TOPIC, 37L)));

      // Then
      assertThat(sequences(producer)).isEqualTo(LongStream.range(3, 40).boxed().toList());
      assertThat(publisher.spoolFailure()).contains("not tried again before the next start");
    }
    MockProducer<String, SpecificRecord> later = acknowledging(true);
    try (TelemetryPublisher next = publisher(later)) {
      await().atMost(ONE_MINUTE).until(() -> next.published().equals(Map.of(TOPIC, 3L)));
    }
    assertThat(sequences(later)).containsExactly(0L, 1L, 2L);
    assertThat(dropped.byReason()).isEmpty();
  }

  @Test
  void closingABlockedProducerIsQuickAndTheNextRunDeliversAll() {
    // Given
    BlockedProducer blocked = new BlockedProducer();
    TelemetryPublisher stopped = publisher(blocked);
    LongStream.range(0, 10).mapToObj(TestEvents::event).forEach(stopped::publish);
    await().atMost(ONE_MINUTE).until(() -> blocked.sending.getCount() == 0);

    // When
    long begin = System.nanoTime();
    stopped.close();
    Duration took = Duration.ofNanos(System.nanoTime() - begin);

    // Then
    assertThat(took).isLessThan(Duration.ofMillis(2_500));
    MockProducer<String, SpecificRecord> producer = acknowledging(true);
    try (TelemetryPublisher next = publisher(producer)) {
      next.publish(TestEvents.event(10));
      await().atMost(ONE_MINUTE).until(() -> next.published().equals(Map.of(TOPIC, 11L)));
    }
    assertThat(sequences(producer)).isEqualTo(LongStream.range(0, 11).boxed().toList());
    assertThat(dropped.byReason()).isEmpty();
  }

  private TelemetryPublisher publisher(Producer<String, SpecificRecord> producer) {
    return new TelemetryPublisher(
        new KafkaDelivery(() -> producer, known -> new Found(known, Set.of()), TOPICS),
        spool(),
        dropped);
  }

  private Spool spool() {
    SpoolSettings settings =
        new SpoolSettings(directory.resolve("spool"), 1 << 20, Duration.ofDays(1));
    return new Spool(settings, Clock.systemUTC(), dropped);
  }

  private List<Path> spoolFiles() {
    try (var files = Files.walk(directory)) {
      return files.filter(file -> file.toString().endsWith(".avro")).toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static List<Long> sequences(MockProducer<String, SpecificRecord> producer) {
    return producer.history().stream()
        .map(record -> EventId.of(record.value()).sequence())
        .toList();
  }

  private static MockProducer<String, SpecificRecord> acknowledging(boolean atOnce) {
    return new MockProducer<>(atOnce, null, new StringSerializer(), (topic, value) -> new byte[0]);
  }

  /** Blocks in send, as a producer does without metadata. */
  private static final class BlockedProducer extends MockProducer<String, SpecificRecord> {
    final CountDownLatch sending = new CountDownLatch(1);
    private final CountDownLatch never = new CountDownLatch(1);

    BlockedProducer() {
      super(true, null, new StringSerializer(), (topic, value) -> new byte[0]);
    }

    @Override
    public synchronized Future<RecordMetadata> send(
        ProducerRecord<String, SpecificRecord> record, Callback callback) {
      sending.countDown();
      try {
        never.await();
      } catch (InterruptedException e) {
        throw new InterruptException(e);
      }
      return super.send(record, callback);
    }
  }
}
