package io.netnswatch.benchmarks;

import io.netnswatch.command.cluster.Cluster;
import io.netnswatch.command.records.TelemetryDeserializer;
import io.netnswatch.command.records.UnusableRecordException;
import io.netnswatch.detection.evidence.SourceRef;
import io.netnswatch.streams.records.TelemetryDecoder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** A plain consumer: what reading costs, and decoding, before anything is made of it. */
final class Consuming implements Contender {

  private static final Duration POLL = Duration.ofMillis(100);

  private final Cluster cluster;
  private final Handler handler;
  private final AtomicLong processed = new AtomicLong();
  private volatile boolean stopping;
  private @Nullable Thread thread;

  /** What is done with a record. */
  private interface Handler {
    void handle(ConsumerRecord<byte[], byte[]> record) throws UnusableRecordException;
  }

  private Consuming(Cluster cluster, Handler handler) {
    this.cluster = cluster;
    this.handler = handler;
  }

  static Consuming only(Cluster cluster) {
    return new Consuming(cluster, record -> {});
  }

  static Consuming decodingWhole(Cluster cluster) {
    TelemetryDeserializer deserializer = new TelemetryDeserializer(cluster.registry());
    return new Consuming(
        cluster, record -> deserializer.deserialize(record.topic(), record.key(), record.value()));
  }

  static Consuming decoding(Cluster cluster) {
    TelemetryDecoder decoder = new TelemetryDecoder(Shipped.SIGNATURES, cluster.registry());
    return new Consuming(
        cluster,
        record ->
            decoder.decode(
                record.key(),
                record.value(),
                new SourceRef(record.topic(), record.partition(), record.offset())));
  }

  @Override
  public void start() {
    thread = new Thread(this::consume, "consuming");
    thread.start();
  }

  private void consume() {
    try (KafkaConsumer<byte[], byte[]> consumer = cluster.consumer()) {
      List<TopicPartition> partitions =
          cluster.topics().telemetry().stream()
              .flatMap(topic -> consumer.partitionsFor(topic).stream())
              .map(it -> new TopicPartition(it.topic(), it.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      while (!stopping) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          handler.handle(record);
          processed.incrementAndGet();
        }
      }
    } catch (UnusableRecordException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public long processed() {
    return processed.get();
  }

  @Override
  public long alarms() {
    return 0;
  }

  @Override
  public void stop() throws InterruptedException {
    stopping = true;
    if (thread != null) {
      thread.join();
    }
  }
}
