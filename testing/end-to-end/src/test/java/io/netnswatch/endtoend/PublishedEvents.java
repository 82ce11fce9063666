package io.netnswatch.endtoend;

import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.netnswatch.collector.spool.EventId;
import io.netnswatch.localcluster.LocalCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** What collectors have published. */
final class PublishedEvents {

  private PublishedEvents() {}

  /** All that is on a topic now; those of one host are in the order of their offsets. */
  static List<EventId> ids(LocalCluster cluster, String topic) {
    Map<String, Object> config =
        Map.of(
            "bootstrap.servers",
            cluster.bootstrapServers(),
            "schema.registry.url",
            cluster.schemaRegistryUrl(),
            "specific.avro.reader",
            "true",
            "auto.offset.reset",
            "earliest",
            "key.deserializer",
            StringDeserializer.class,
            "value.deserializer",
            KafkaAvroDeserializer.class);
    List<EventId> ids = new ArrayList<>();
    try (KafkaConsumer<String, SpecificRecord> consumer = new KafkaConsumer<>(config)) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(it -> new TopicPartition(topic, it.partition()))
              .toList();
      consumer.assign(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream()
          .anyMatch(it -> consumer.position(it) < ends.getOrDefault(it, 0L))) {
        consumer.poll(Duration.ofMillis(200)).forEach(it -> ids.add(EventId.of(it.value())));
      }
    }
    return ids;
  }
}
