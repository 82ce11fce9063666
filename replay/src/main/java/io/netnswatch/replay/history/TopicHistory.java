package io.netnswatch.replay.history;

import io.netnswatch.command.cluster.Cluster;
import io.netnswatch.command.records.AvroSerdes;
import io.netnswatch.schema.Incident;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A time range of the live topics, as far as they reach when reading begins.
 *
 * <p>A collector that had spooled delivers old events behind newer ones: those that came up to
 * {@code stragglers} after the range's end are read, too.
 *
 * @param cluster where the topics are
 * @param stragglers how much later than the range's end an event of the range may have come
 */
public record TopicHistory(Cluster cluster, Duration stragglers) implements History {

  private static final Duration NO_RECORDS_LIMIT = Duration.ofSeconds(60);

  @Override
  public String name() {
    return "topics " + cluster.topics().prefix() + "* at " + cluster.bootstrapServers();
  }

  /** How many partitions the telemetry topics have. */
  public int partitions() throws IOException {
    try (KafkaConsumer<byte[], byte[]> consumer = cluster.consumer()) {
      return partitions(consumer);
    }
  }

  private int partitions(KafkaConsumer<byte[], byte[]> consumer) throws IOException {
    Map<String, Integer> counts = new HashMap<>();
    for (String topic : cluster.topics().telemetry()) {
      List<PartitionInfo> partitions = consumer.partitionsFor(topic);
      if (partitions == null || partitions.isEmpty()) {
        throw new IOException("there is no topic " + topic + " at " + cluster.bootstrapServers());
      }
      counts.put(topic, partitions.size());
    }
    if (counts.values().stream().distinct().count() > 1) {
      throw new IOException(
          "the telemetry topics must have the same number of partitions: " + counts);
    }
    return counts.values().iterator().next();
  }

  @Override
  public List<EventStream> streams(TimeRange range) throws IOException {
    int partitions = partitions();
    List<EventStream> streams = new ArrayList<>();
    for (int partition = 0; partition < partitions; partition++) {
      streams.add(new HostOrder(new TopicStream(cluster, partition, range, stragglers)));
    }
    return streams;
  }

  @Override
  public boolean isComplete() {
    return false;
  }

  @Override
  public void liveIncidents(Consumer<Incident> reader) throws IOException {
    try (KafkaConsumer<byte[], byte[]> consumer = cluster.consumer();
        var deserializer = AvroSerdes.deserializer(cluster.registry())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(cluster.topics().incidents()).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Patience patience = new Patience(NO_RECORDS_LIMIT);
      while (partitions.stream().anyMatch(it -> consumer.position(it) < end(ends, it))) {
        long before = partitions.stream().mapToLong(consumer::position).sum();
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
          if (record.value() != null
              && deserializer.deserialize(record.topic(), record.value())
                  instanceof Incident incident) {
            reader.accept(incident);
          }
        }
        patience.progress(before != partitions.stream().mapToLong(consumer::position).sum());
      }
    }
  }

  /** The offset where a partition's records begin that are not before that moment. */
  static Map<TopicPartition, Long> offsetsAt(
      KafkaConsumer<byte[], byte[]> consumer,
      List<TopicPartition> partitions,
      @Nullable Instant at,
      Map<TopicPartition, Long> otherwise) {
    Map<TopicPartition, Long> offsets = new HashMap<>(otherwise);
    if (at != null) {
      Map<TopicPartition, Long> times = new HashMap<>();
      partitions.forEach(it -> times.put(it, Math.max(0, at.toEpochMilli())));
      consumer
          .offsetsForTimes(times)
          .forEach(
              (partition, found) -> {
                OffsetAndTimestamp offset = found;
                if (offset != null) {
                  offsets.put(partition, Math.min(offset.offset(), end(otherwise, partition)));
                }
              });
    }
    return offsets;
  }

  static long end(Map<TopicPartition, Long> offsets, TopicPartition partition) {
    return offsets.getOrDefault(partition, 0L);
  }

  /** Gives up on a broker that hands out nothing though there is more. */
  static final class Patience {

    private final Duration limit;
    private long sinceNanos = System.nanoTime();

    Patience(Duration limit) {
      this.limit = limit;
    }

    void progress(boolean made) throws IOException {
      if (made) {
        sinceNanos = System.nanoTime();
      } else if (System.nanoTime() - sinceNanos > limit.toNanos()) {
        throw new IOException(
            "no records for " + limit.toSeconds() + " s, though there are more: broker away?");
      }
    }
  }
}
