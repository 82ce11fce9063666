package io.netnswatch.command.records;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.confluent.kafka.serializers.KafkaAvroDeserializerConfig;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import java.util.Map;

/** Confluent's serializers on a registry client of ours. */
public final class AvroSerdes {

  /** The serializers demand a URL even when they are given a client; it is not used. */
  private static final Map<String, Object> CONFIG =
      Map.of(
          KafkaAvroDeserializerConfig.SCHEMA_REGISTRY_URL_CONFIG,
          "mock://given-by-client",
          KafkaAvroDeserializerConfig.SPECIFIC_AVRO_READER_CONFIG,
          true);

  private AvroSerdes() {}

  /** A serializer that registers what it writes. */
  public static KafkaAvroSerializer serializer(SchemaRegistryClient registry) {
    KafkaAvroSerializer serializer = new KafkaAvroSerializer(registry);
    serializer.configure(CONFIG, false);
    return serializer;
  }

  /** A deserializer to generated classes. */
  public static KafkaAvroDeserializer deserializer(SchemaRegistryClient registry) {
    KafkaAvroDeserializer deserializer = new KafkaAvroDeserializer(registry);
    deserializer.configure(CONFIG, false);
    return deserializer;
  }
}
