package io.netnswatch.streams.query;

import io.netnswatch.command.records.TelemetryDeserializer;
import io.netnswatch.command.records.UnusableRecordException;
import io.netnswatch.detection.evidence.SourceRef;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.schema.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Reads single telemetry records where they stand in Kafka. One consumer, made at the first
 * question, is shared by all who ask.
 */
public final class StoredRecords implements AutoCloseable {

  private static final Duration LONGEST = Duration.ofSeconds(5);
  private static final Duration POLL = Duration.ofMillis(200);

  private final Topics topics;
  private final Supplier<KafkaConsumer<byte[], byte[]>> connect;
  private final TelemetryDeserializer deserializer;
  private @Nullable KafkaConsumer<byte[], byte[]> consumer;

  /**
   * Of the telemetry topics alone.
   *
   * @param connect makes a consumer without a group
   */
  public StoredRecords(
      Topics topics,
      Supplier<KafkaConsumer<byte[], byte[]>> connect,
      TelemetryDeserializer deserializer) {
    this.topics = topics;
    this.connect = connect;
    this.deserializer = deserializer;
  }

  /**
   * One record.
   *
   * @return empty if that place holds none, or none any more
   * @throws UnusableRecordException if it can't be read as telemetry
   * @throws TimeoutException if Kafka does not answer
   */
  public synchronized Optional<TelemetryEvent> read(SourceRef place)
      throws UnusableRecordException {
    if (!topics.telemetry().contains(place.topic()) || place.offset() < 0) {
      return Optional.empty();
    }
    KafkaConsumer<byte[], byte[]> reader = reader();
    TopicPartition partition = new TopicPartition(place.topic(), place.partition());
    if (reader.partitionsFor(place.topic(), LONGEST).stream()
        .noneMatch(it -> it.partition() == place.partition())) {
      return Optional.empty();
    }
    long begin = only(reader.beginningOffsets(List.of(partition), LONGEST));
    long end = only(reader.endOffsets(List.of(partition), LONGEST));
    if (place.offset() < begin || place.offset() >= end) {
      return Optional.empty();
    }
    reader.assign(List.of(partition));
    try {
      reader.seek(partition, new OffsetAndMetadata(place.offset()));
      Instant deadline = Instant.now().plus(LONGEST);
      while (Instant.now().isBefore(deadline)) {
        for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
          return record.offset() == place.offset()
              ? Optional.of(deserializer.deserialize(place.topic(), record.key(), record.value()))
              : Optional.empty();
        }
      }
      throw new TimeoutException("no answer within " + LONGEST.toSeconds() + " s");
    } finally {
      reader.unsubscribe();
    }
  }

  private static long only(Map<TopicPartition, Long> offsets) {
    return offsets.values().iterator().next();
  }

  private KafkaConsumer<byte[], byte[]> reader() {
    KafkaConsumer<byte[], byte[]> made = consumer;
    if (made == null) {
      made = connect.get();
      consumer = made;
    }
    return made;
  }

  @Override
  public synchronized void close() {
    if (consumer != null) {
      consumer.close();
      consumer = null;
    }
  }
}
