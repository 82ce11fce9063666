package io.netnswatch.collector.publish;

import io.confluent.kafka.serializers.KafkaAvroSerializer;
import io.netnswatch.command.cluster.Cluster;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.StringSerializer;

/** Settings of the collector's Kafka clients. */
public final class ClientSettings {
  private ClientSettings() {}

  /**
   * The collector's defaults for producer and serializer, with the user's own on top.
   *
   * @param kafka where the topics are
   */
  public static Properties ofProducer(Cluster kafka) {
    Properties all = new Properties();
    all.put(ProducerConfig.ACKS_CONFIG, "all");
    all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
    // Never given up: what is tried again by the same producer can't come twice.
    all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.toString(Integer.MAX_VALUE));
    // Every client can read gzip; JavaScript ones often lack lz4 and zstd.
    all.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "gzip");
    all.put(ProducerConfig.BUFFER_MEMORY_CONFIG, Integer.toString(8 << 20));
    all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "2000");
    all.put("auto.register.schemas", "true");
    all.putAll(unobserved());
    all.putAll(kafka.settings());
    all.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
    all.put("schema.registry.url", kafka.schemaRegistryUrl());
    all.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class.getName());
    all.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, KafkaAvroSerializer.class.getName());
    return all;
  }

  /**
   * The same for the consumer that reads back what was published, and its deserializer.
   *
   * @param kafka where the topics are
   */
  public static Map<String, Object> ofTail(Cluster kafka) {
    Map<String, Object> all = new HashMap<>(unobserved());
    all.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, Integer.toString(1 << 20));
    all.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, Integer.toString(256 << 10));
    all.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "30000");
    all.putAll(kafka.settings());
    all.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
    all.put("schema.registry.url", kafka.schemaRegistryUrl());
    all.put("specific.avro.reader", "true");
    all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    return all;
  }

  /** Nobody looks at the clients' own metrics: JMX and metrics pushed to the broker cost memory. */
  private static Map<String, String> unobserved() {
    return Map.of(
        CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, "",
        CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, "false");
  }
}
