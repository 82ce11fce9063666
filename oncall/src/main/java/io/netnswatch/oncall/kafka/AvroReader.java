package io.netnswatch.oncall.kafka;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.confluent.kafka.serializers.KafkaAvroDeserializerConfig;
import io.netnswatch.command.records.RegistryAnswer;
import java.io.IOException;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.kafka.common.errors.SerializationException;

/** From the bytes on a topic to records. Not thread-safe. */
final class AvroReader {

  private final KafkaAvroDeserializer deserializer;

  AvroReader(SchemaRegistryClient registry) {
    deserializer = new KafkaAvroDeserializer(registry);
    deserializer.configure(
        Map.of(
            KafkaAvroDeserializerConfig.SCHEMA_REGISTRY_URL_CONFIG,
            "mock://given-by-client", // demanded, and not used
            KafkaAvroDeserializerConfig.SPECIFIC_AVRO_READER_CONFIG,
            true),
        false);
  }

  /** The record can't be read, now or ever. */
  static final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1L;

    private UnreadableException(Throwable cause) {
      super(cause.getClass().getSimpleName() + ": " + cause.getMessage(), cause);
    }
  }

  /** The registry gave no answer: nothing is known of the record. */
  static final class RegistryUnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    private RegistryUnavailableException(Throwable cause) {
      super("schema registry: " + cause.getMessage(), cause);
    }
  }

  /**
   * One record.
   *
   * @param type what it should be
   */
  <T> T read(Class<T> type, String topic, byte[] value)
      throws UnreadableException, RegistryUnavailableException {
    try {
      return type.cast(deserializer.deserialize(topic, value));
    } catch (SerializationException e) {
      throw classified(e);
    } catch (AvroRuntimeException | ClassCastException | SecurityException e) {
      throw new UnreadableException(e);
    }
  }

  /** That a registry has no such schema is about the record; any other answer is about it. */
  private static UnreadableException classified(SerializationException e)
      throws RegistryUnavailableException {
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof RestClientException answer && RegistryAnswer.isNoSuch(answer)) {
        return new UnreadableException(cause);
      }
      if (cause instanceof RestClientException || isOfNetwork(cause)) {
        throw new RegistryUnavailableException(cause);
      }
    }
    return new UnreadableException(e);
  }

  private static boolean isOfNetwork(Throwable cause) {
    return cause instanceof java.net.SocketException
        || cause instanceof java.net.SocketTimeoutException
        || cause instanceof java.net.UnknownHostException
        || (cause instanceof IOException && cause instanceof javax.net.ssl.SSLException);
  }
}
