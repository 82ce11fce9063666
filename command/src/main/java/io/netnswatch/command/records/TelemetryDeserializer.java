package io.netnswatch.command.records;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.netnswatch.schema.DeadLetterReason;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.schema.Topics;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.Arrays;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/** From the bytes on a topic to a piece of telemetry. Not thread-safe: one per reader. */
public final class TelemetryDeserializer {

  /** Larger events are refused unread; real ones have some ten kilobytes, at most some hundred. */
  public static final int MAX_VALUE_BYTES = 512 << 10;

  private final SchemaRegistryClient registry;
  private final KafkaAvroDeserializer deserializer;

  /** Asks that registry for schemas. */
  public TelemetryDeserializer(SchemaRegistryClient registry) {
    this.registry = registry;
    this.deserializer = AvroSerdes.deserializer(registry);
  }

  /**
   * Decodes one record.
   *
   * @param topic it stands in
   * @throws UnusableRecordException if it never can be
   * @throws RegistryUnavailableException if it can't be now
   */
  public TelemetryEvent deserialize(String topic, byte @Nullable [] key, byte @Nullable [] value)
      throws UnusableRecordException {
    if (value == null) {
      throw unusable(DeadLetterReason.UNDECODABLE, "the record has no value", null);
    }
    if (value.length > MAX_VALUE_BYTES) {
      throw unusable(
          DeadLetterReason.INVALID,
          "the value has " + value.length + " bytes, more than " + MAX_VALUE_BYTES,
          null);
    }
    if (!WireFormat.fits(value)) {
      throw unusable(
          DeadLetterReason.UNDECODABLE,
          "the value does not begin with a zero and a schema id, as Confluent's format does",
          null);
    }
    TelemetryEvent event = telemetry(decode(topic, value));
    if (key == null || !Arrays.equals(key, event.host().getBytes(StandardCharsets.UTF_8))) {
      String found = key == null ? "none" : new String(key, StandardCharsets.UTF_8);
      throw unusable(
          DeadLetterReason.INVALID,
          "the key must be the host " + event.host() + ", found " + found,
          null);
    }
    if (event.host().codePoints().anyMatch(Character::isISOControl)) {
      throw unusable(
          DeadLetterReason.INVALID, "the host's name has a character of control in it", null);
    }
    return event;
  }

  /**
   * The schema that has an id; one that a record of that topic was written with is at hand.
   *
   * @throws RegistryUnavailableException if it is not, and the registry does not answer
   */
  public Schema schema(String topic, int id) {
    try {
      return ((AvroSchema) registry.getSchemaBySubjectAndId(Topics.subject(topic), id)).rawSchema();
    } catch (IOException | RestClientException e) {
      throw new RegistryUnavailableException("schema registry: " + describe(e), e);
    }
  }

  private static TelemetryEvent telemetry(Object value) throws UnusableRecordException {
    try {
      if (value instanceof SpecificRecord record) {
        TelemetryEvent event = TelemetryEvent.from(record);
        if (event.eventTime().toEpochMilli() <= 0) { // or beyond what can be told: caught below
          throw unusable(DeadLetterReason.INVALID, "the time in the value is before 1970", null);
        }
        return event;
      }
    } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
      throw unusable(DeadLetterReason.INVALID, describe(e), e);
    }
    throw unusable(DeadLetterReason.INVALID, "the value is no telemetry", null);
  }

  private Object decode(String topic, byte[] value) throws UnusableRecordException {
    try {
      return deserializer.deserialize(topic, value);
    } catch (SerializationException e) {
      throw classify(e);
    } catch (AvroRuntimeException
        | ClassCastException
        | SecurityException
        | BufferUnderflowException
        | IndexOutOfBoundsException
        | NegativeArraySizeException e) {
      throw unusable(DeadLetterReason.UNDECODABLE, describe(e), e);
    }
  }

  /** That a registry has no such schema is about the record; any other answer is about it. */
  private static UnusableRecordException classify(SerializationException e) {
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof RestClientException answer) {
        if (RegistryAnswer.isNoSuch(answer)) {
          return unusable(DeadLetterReason.UNKNOWN_SCHEMA, describe(answer), e);
        }
        throw new RegistryUnavailableException("schema registry: " + describe(answer), e);
      }
      if (cause instanceof java.net.SocketException
          || cause instanceof java.net.SocketTimeoutException
          || cause instanceof java.net.UnknownHostException
          || cause instanceof javax.net.ssl.SSLException) {
        throw new RegistryUnavailableException("schema registry: " + describe(cause), e);
      }
      if (cause instanceof IOException) {
        return unusable(DeadLetterReason.UNDECODABLE, describe(cause), e);
      }
    }
    return unusable(DeadLetterReason.UNDECODABLE, describe(e), e);
  }

  private static String describe(Throwable e) {
    return e.getClass().getSimpleName() + ": " + e.getMessage();
  }

  private static UnusableRecordException unusable(
      DeadLetterReason reason, String message, @Nullable Throwable cause) {
    return new UnusableRecordException(reason, message, cause);
  }
}
