package io.netnswatch.command.cluster;

import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.netnswatch.schema.Topics;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Where the topics are.
 *
 * @param bootstrapServers brokers to start from
 * @param schemaRegistryUrl Confluent's API
 * @param topics names of the topics
 * @param settings the user's own, for the Kafka clients and, with the prefix {@code
 *     schema.registry.}, for the registry client
 */
public record Cluster(
    String bootstrapServers,
    String schemaRegistryUrl,
    Topics topics,
    Map<String, String> settings) {

  private static final String REGISTRY_PREFIX = "schema.registry.";
  private static final int REGISTRY_CACHE_SIZE = 1000;
  private static final int FETCH_BYTES = 4 << 20;

  public Cluster {
    settings = Map.copyOf(settings);
  }

  /** A client of the registry. */
  public SchemaRegistryClient registry() {
    Map<String, String> own = new HashMap<>(settings);
    own.keySet().removeIf(name -> !name.startsWith(REGISTRY_PREFIX));
    return new CachedSchemaRegistryClient(schemaRegistryUrl, REGISTRY_CACHE_SIZE, own);
  }

  /**
   * A consumer of what is committed. It belongs to no group and commits nothing: describing and
   * reading the topics is all it may need to be allowed.
   */
  public KafkaConsumer<byte[], byte[]> consumer() {
    Map<String, Object> config = new HashMap<>();
    config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    config.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES);
    config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 2_000);
    config.putAll(clientSettings());
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** Settings of an admin client or a producer. */
  public Map<String, Object> clientSettings() {
    Map<String, Object> config = new HashMap<>(settings);
    config.keySet().removeIf(name -> name.startsWith(REGISTRY_PREFIX));
    config.put("bootstrap.servers", bootstrapServers);
    return config;
  }
}
