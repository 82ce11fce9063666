package io.netnswatch.command.records;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.confluent.kafka.serializers.KafkaAvroDeserializerConfig;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import java.util.List;
import java.util.Map;
import org.apache.avro.SystemLimitException;

/** Confluent's serializers on a registry client of ours. */
public final class AvroSerdes {

  /** Of a string or an array in any record of ours, which have less than that in bytes. */
  private static final int MAX_LENGTH = 4 << 20;

  /** The serializers demand a URL even when they are given a client; it is not used. */
  private static final Map<String, Object> CONFIG =
      Map.of(
          KafkaAvroDeserializerConfig.SCHEMA_REGISTRY_URL_CONFIG,
          "mock://given-by-client",
          KafkaAvroDeserializerConfig.SPECIFIC_AVRO_READER_CONFIG,
          true);

  /** Set by whoever starts the Java machine, it stands. */
  private static final List<String> AVRO_LIMITS =
      List.of(
          SystemLimitException.MAX_BYTES_LENGTH_PROPERTY,
          SystemLimitException.MAX_STRING_LENGTH_PROPERTY,
          SystemLimitException.MAX_COLLECTION_LENGTH_PROPERTY);

  static {
    // Ten bytes can say that two gigabytes follow, and Avro would make room for them.
    for (String limit : AVRO_LIMITS) {
      if (System.getProperty(limit) == null) {
        System.setProperty(limit, Integer.toString(MAX_LENGTH));
      }
    }
  }

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
