package io.netnswatch.demo;

import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.confluent.kafka.serializers.KafkaAvroDeserializerConfig;
import io.netnswatch.schema.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads the Avro topics from their beginning, as any other consumer would. Not thread-safe. */
final class TopicReader implements AutoCloseable {

  private final KafkaConsumer<String, byte[]> consumer;
  private final KafkaAvroDeserializer deserializer = new KafkaAvroDeserializer();
  private final String incidentsTopic;

  TopicReader(String bootstrapServers, String registryUrl, Topics topics, int partitions) {
    incidentsTopic = topics.incidents();
    consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false),
            new StringDeserializer(),
            new ByteArrayDeserializer());
    deserializer.configure(
        Map.of(
            KafkaAvroDeserializerConfig.SCHEMA_REGISTRY_URL_CONFIG,
            registryUrl,
            KafkaAvroDeserializerConfig.SPECIFIC_AVRO_READER_CONFIG,
            true),
        false);
    List<TopicPartition> assigned = new ArrayList<>();
    List<String> names = new ArrayList<>(topics.telemetry());
    names.add(incidentsTopic);
    for (String name : names) {
      for (int partition = 0; partition < partitions; partition++) {
        assigned.add(new TopicPartition(name, partition));
      }
    }
    consumer.assign(assigned);
  }

  /**
   * The records that have come since; telemetry that can't be decoded is passed over, as the
   * detector counts it and keeps it among the dead letters.
   */
  List<SpecificRecord> poll(Duration timeout) {
    List<SpecificRecord> values = new ArrayList<>();
    for (ConsumerRecord<String, byte[]> record : consumer.poll(timeout)) {
      try {
        if (deserializer.deserialize(record.topic(), record.value()) instanceof SpecificRecord v) {
          values.add(v);
        }
      } catch (SerializationException e) {
        if (record.topic().equals(incidentsTopic)) {
          throw e;
        }
      }
    }
    return values;
  }

  @Override
  public void close() {
    consumer.close();
    deserializer.close();
  }
}
