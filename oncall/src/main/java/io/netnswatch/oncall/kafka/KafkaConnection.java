package io.netnswatch.oncall.kafka;

import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.netnswatch.schema.Topics;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * How to reach the topics.
 *
 * @param bootstrapServers brokers to start from
 * @param schemaRegistryUrl Confluent's API
 * @param topics names of the topics
 * @param settings the user's own, for the Kafka clients and, with the prefix {@code
 *     schema.registry.}, for the registry client
 */
public record KafkaConnection(
    String bootstrapServers,
    String schemaRegistryUrl,
    Topics topics,
    Map<String, String> settings) {

  private static final String REGISTRY_PREFIX = "schema.registry.";
  private static final int REGISTRY_CACHE_SIZE = 1000;

  public KafkaConnection {
    settings = Map.copyOf(settings);
  }

  /** Topic of what targets have been told. */
  public String deliveries() {
    return topics.prefix() + "oncall-deliveries";
  }

  /** Of all bridges with one id, the one that came last may write. */
  public String transactionalId() {
    return "netnswatch-oncall-" + topics.prefix();
  }

  SchemaRegistryClient registry() {
    Map<String, String> own = new HashMap<>(settings);
    own.keySet().removeIf(name -> !name.startsWith(REGISTRY_PREFIX));
    return new CachedSchemaRegistryClient(schemaRegistryUrl, REGISTRY_CACHE_SIZE, own);
  }

  /** It belongs to no group and commits nothing. */
  KafkaConsumer<byte[], byte[]> consumer() {
    Map<String, Object> config = clientSettings();
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** It never gives up on a record by itself. */
  KafkaProducer<byte[], byte[]> producer() {
    Map<String, Object> config = clientSettings();
    config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId());
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
    config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "gzip");
    return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  Admin admin() {
    return Admin.create(clientSettings());
  }

  private Map<String, Object> clientSettings() {
    Map<String, Object> config = new HashMap<>(settings);
    config.keySet().removeIf(name -> name.startsWith(REGISTRY_PREFIX));
    config.put("bootstrap.servers", bootstrapServers);
    return config;
  }
}
