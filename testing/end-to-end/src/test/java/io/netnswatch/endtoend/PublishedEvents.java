package io.netnswatch.endtoend;

import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.netnswatch.collector.spool.EventId;
import io.netnswatch.localcluster.LocalCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** What collectors have published. */
final class PublishedEvents {

  private PublishedEvents() {}

  /**
   * All that is on the topics at one moment, by topic; those of one host are in the order of their
   * offsets.
   */
  static Map<String, List<EventId>> ids(LocalCluster cluster, Collection<String> topics) {
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
    Map<String, List<EventId>> ids = new HashMap<>();
    topics.forEach(topic -> ids.put(topic, new ArrayList<>()));
    try (KafkaConsumer<String, SpecificRecord> consumer = new KafkaConsumer<>(config)) {
      List<TopicPartition> partitions =
          topics.stream()
              .flatMap(topic -> consumer.partitionsFor(topic).stream())
              .map(it -> new TopicPartition(it.topic(), it.partition()))
              .toList();
      consumer.assign(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream()
          .anyMatch(it -> consumer.position(it) < ends.getOrDefault(it, 0L))) {
        for (ConsumerRecord<String, SpecificRecord> event : consumer.poll(Duration.ofMillis(200))) {
          if (event.offset()
              < ends.getOrDefault(new TopicPartition(event.topic(), event.partition()), 0L)) {
            ids.getOrDefault(event.topic(), List.of()).add(EventId.of(event.value()));
          }
        }
      }
    }
    return ids;
  }
}
