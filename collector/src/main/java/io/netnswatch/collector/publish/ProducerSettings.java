package io.netnswatch.collector.publish;

import io.confluent.kafka.serializers.KafkaAvroSerializer;
import java.util.Properties;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.StringSerializer;

/** Producer configuration of the collector. */
public final class ProducerSettings {
  private ProducerSettings() {}

  /**
   * The collector's defaults, with the user's own on top.
   *
   * @param own of {@code --kafka-config}, for producer and serializer
   */
  public static Properties of(String bootstrapServers, String registryUrl, Properties own) {
    Properties all = new Properties();
    all.put(ProducerConfig.ACKS_CONFIG, "all");
    all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
    // Every client can read gzip; JavaScript ones often lack lz4 and zstd.
    all.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "gzip");
    all.put(ProducerConfig.BUFFER_MEMORY_CONFIG, Integer.toString(8 << 20));
    all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "2000");
    all.put(ProducerConfig.LINGER_MS_CONFIG, "100");
    all.put("auto.register.schemas", "true");
    all.putAll(own);
    all.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    all.put("schema.registry.url", registryUrl);
    all.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class.getName());
    all.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, KafkaAvroSerializer.class.getName());
    return all;
  }
}
