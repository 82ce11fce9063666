package io.netnswatch.collector.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netnswatch.schema.CommandOrigin;
import io.netnswatch.schema.CommandOutcome;
import io.netnswatch.schema.NetnsCommand;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.schema.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TelemetryPublisherTest {

  private static final String TOPIC = "test.netns-latencies";
  private static final Topics TOPICS = new Topics("test.");
  private static final Instant TIME = Instant.parse("2018-02-01T10:00:00.123Z");

  @Test
  void anEventGoesToItsTopicWithTheHostAsKeyAndItsTimeAsTimestamp() {
    // Given
    MockProducer<String, SpecificRecord> producer = acknowledging(true);
    TelemetryEvent event = event(1);

    // When
    try (TelemetryPublisher publisher = new TelemetryPublisher(producer, TOPICS)) {
      publisher.publish(event);
      await().until(() -> publisher.published().equals(Map.of(TOPIC, 1L)));

      // Then
      assertThat(producer.history())
          .containsExactly(
              new ProducerRecord<>(TOPIC, null, TIME.toEpochMilli(), "node-1", event.value()));
      assertThat(publisher.dropped()).isEmpty();
    }
    assertThat(producer.closed()).isTrue();
  }

  @Test
  void whatTheBrokerRefusesIsCountedByReason() {
    // Given
    MockProducer<String, SpecificRecord> producer = acknowledging(false);
    try (TelemetryPublisher publisher = new TelemetryPublisher(producer, TOPICS)) {
      for (int i = 0; i < 4; i++) {
        publisher.publish(event(i));
      }
      await().until(() -> producer.history().size() == 4);

      // When
      producer.errorNext(new InvalidTimestampException("Timestamp is out of range"));
      producer.errorNext(new InvalidTimestampException("Timestamp is out of range"));
      producer.errorNext(new SerializationException("no schema"));
      producer.completeNext();

      // Then
      assertThat(publisher.dropped())
          .isEqualTo(Map.of("InvalidTimestampException", 2L, "SerializationException", 1L));
      assertThat(publisher.published()).isEqualTo(Map.of(TOPIC, 1L));
    }
  }

  @Test
  void aSendThatThrowsIsCountedAndTheNextEventIsSent() {
    // Given
    MockProducer<String, SpecificRecord> producer = acknowledging(true);
    producer.sendException = new SerializationException("registry does not answer");
    try (TelemetryPublisher publisher = new TelemetryPublisher(producer, TOPICS)) {
      publisher.publish(event(0));
      await().until(() -> publisher.dropped().equals(Map.of("SerializationException", 1L)));

      // When
      producer.sendException = null;
      publisher.publish(event(1));

      // Then
      await().until(() -> publisher.published().equals(Map.of(TOPIC, 1L)));
    }
  }

  @Test
  void publishingNeverWaitsAndWhatTheQueueDoesNotHoldIsCounted() {
    // Given
    BlockedProducer producer = new BlockedProducer();
    try (TelemetryPublisher publisher = new TelemetryPublisher(producer, TOPICS)) {
      publisher.publish(event(0));
      await().until(() -> producer.sending.getCount() == 0);

      // When: 1,000 fit
      for (int i = 1; i <= 1_005; i++) {
        publisher.publish(event(i));
      }

      // Then
      assertThat(publisher.dropped()).isEqualTo(Map.of("queue full", 5L));
    }
  }

  @Test
  void closingABlockedProducerIsQuickAndCountsEveryEvent() {
    // Given
    BlockedProducer producer = new BlockedProducer();
    TelemetryPublisher publisher = new TelemetryPublisher(producer, TOPICS);
    for (int i = 0; i < 10; i++) {
      publisher.publish(event(i));
    }
    await().until(() -> producer.sending.getCount() == 0);

    // When
    long begin = System.nanoTime();
    publisher.close();
    Duration took = Duration.ofNanos(System.nanoTime() - begin);
    publisher.publish(event(10));

    // Then
    assertThat(took).isLessThan(Duration.ofMillis(2_500));
    assertThat(publisher.published()).isEmpty();
    assertThat(publisher.dropped()).isEqualTo(Map.of("InterruptException", 1L, "stopped", 10L));
  }

  @Test
  void whatTheProducerGivesUpWhenItIsClosedIsCounted() {
    // Given
    MockProducer<String, SpecificRecord> producer =
        new MockProducer<>(false, null, new StringSerializer(), (topic, value) -> new byte[0]) {
          @Override
          public void close(Duration timeout) {
            while (errorNext(new KafkaException("Producer is closed forcefully."))) {
              assertThat(closed()).isFalse();
            }
            super.close(timeout);
          }
        };
    TelemetryPublisher publisher = new TelemetryPublisher(producer, TOPICS);
    publisher.publish(event(0));
    publisher.publish(event(1));

    // When
    publisher.close();

    // Then
    assertThat(publisher.dropped()).isEqualTo(Map.of("KafkaException", 2L));
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

  private static TelemetryEvent event(long sequence) {
    return new TelemetryEvent(
        "node-1",
        TIME,
        NetnsLatency.newBuilder()
            .setHost("node-1")
            .setBootId("boot")
            .setCollectorStartedAt(Instant.EPOCH)
            .setSequence(sequence)
            .setKernelRelease("4.15.1")
            .setCommand(NetnsCommand.LIST)
            .setOrigin(CommandOrigin.PROBE)
            .setCommandId("1-1")
            .setStartedAt(TIME)
            .setObservedAt(TIME)
            .setLatencyMs(1)
            .setOutcome(CommandOutcome.SUCCEEDED)
            .build());
  }
}
