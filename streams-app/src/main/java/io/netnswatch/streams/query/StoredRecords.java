package io.netnswatch.streams.query;

import io.netnswatch.command.records.TelemetryDeserializer;
import io.netnswatch.command.records.UnusableRecordException;
import io.netnswatch.detection.evidence.SourceRef;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.schema.Topics;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Reads single telemetry records where they stand in Kafka. A few consumers, made when they are
 * needed, are shared by all who ask.
 */
public final class StoredRecords implements AutoCloseable {

  private static final Duration LONGEST = Duration.ofSeconds(5);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int MAX_READERS = 4;

  private final Topics topics;
  private final Supplier<KafkaConsumer<byte[], byte[]>> connect;
  private final Supplier<TelemetryDeserializer> deserializers;
  private final Semaphore free = new Semaphore(MAX_READERS);
  private final Deque<Reader> idle = new ConcurrentLinkedDeque<>();

  private record Reader(
      KafkaConsumer<byte[], byte[]> consumer, TelemetryDeserializer deserializer) {}

  /**
   * Of the telemetry topics alone.
   *
   * @param connect makes a consumer without a group
   * @param deserializers makes what reads its records
   */
  public StoredRecords(
      Topics topics,
      Supplier<KafkaConsumer<byte[], byte[]>> connect,
      Supplier<TelemetryDeserializer> deserializers) {
    this.topics = topics;
    this.connect = connect;
    this.deserializers = deserializers;
  }

  /**
   * One record.
   *
   * @return empty if that place holds none, or none any more
   * @throws UnusableRecordException if it can't be read as telemetry
   * @throws TimeoutException if Kafka does not answer within five seconds, or too many ask
   */
  public Optional<TelemetryEvent> read(SourceRef place) throws UnusableRecordException {
    if (!topics.telemetry().contains(place.topic()) || place.offset() < 0) {
      return Optional.empty();
    }
    Deadline deadline = Deadline.in(LONGEST);
    if (!acquired(deadline)) {
      throw new TimeoutException("too many ask for records: try again in a moment");
    }
    try {
      Reader reader = idle.poll();
      if (reader == null) {
        reader = new Reader(connect.get(), deserializers.get());
      }
      Optional<ConsumerRecord<byte[], byte[]>> found;
      try {
        found = find(reader.consumer(), place, deadline);
      } catch (RuntimeException e) {
        reader.consumer().close(CloseOptions.timeout(Duration.ZERO));
        throw e;
      }
      try {
        return found.isEmpty()
            ? Optional.empty()
            : Optional.of(
                reader
                    .deserializer()
                    .deserialize(place.topic(), found.get().key(), found.get().value()));
      } finally {
        idle.push(reader);
      }
    } finally {
      free.release();
    }
  }

  private boolean acquired(Deadline deadline) {
    try {
      return free.tryAcquire(deadline.left().toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static Optional<ConsumerRecord<byte[], byte[]>> find(
      KafkaConsumer<byte[], byte[]> consumer, SourceRef place, Deadline deadline) {
    TopicPartition partition = new TopicPartition(place.topic(), place.partition());
    if (consumer.partitionsFor(place.topic(), deadline.left()).stream()
        .noneMatch(it -> it.partition() == place.partition())) {
      return Optional.empty();
    }
    long begin = only(consumer.beginningOffsets(List.of(partition), deadline.left()));
    long end = only(consumer.endOffsets(List.of(partition), deadline.left()));
    if (place.offset() < begin || place.offset() >= end) {
      return Optional.empty();
    }
    consumer.assign(List.of(partition));
    try {
      consumer.seek(partition, new OffsetAndMetadata(place.offset()));
      while (!deadline.isOver()) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          return record.offset() == place.offset() ? Optional.of(record) : Optional.empty();
        }
      }
      throw new TimeoutException("no answer within " + LONGEST.toSeconds() + " s");
    } finally {
      consumer.unsubscribe();
    }
  }

  private static long only(Map<TopicPartition, Long> offsets) {
    return offsets.values().iterator().next();
  }

  @Override
  public void close() {
    for (Reader reader = idle.poll(); reader != null; reader = idle.poll()) {
      reader.consumer().close(CloseOptions.timeout(Duration.ZERO));
    }
  }
}
