package io.netnswatch.streams;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.netnswatch.detection.evidence.Evidence;
import io.netnswatch.detection.evidence.InvalidEventException;
import io.netnswatch.detection.evidence.Projection;
import io.netnswatch.detection.evidence.SourceRef;
import io.netnswatch.schema.DeadLetterReason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/** From the bytes on a topic to evidence. Not thread-safe: one per stream task. */
final class TelemetryDecoder {

  /** Larger events are refused unread; the largest real ones are some ten kilobytes. */
  private static final int MAX_VALUE_BYTES = 1 << 20;

  private static final int HTTP_NOT_FOUND = 404;

  private final Projection projection;
  private final KafkaAvroDeserializer deserializer;

  TelemetryDecoder(Projection projection, SchemaRegistryClient registry) {
    this.projection = projection;
    this.deserializer = AvroSerdes.deserializer(registry);
  }

  /**
   * Decodes one record.
   *
   * @throws UnusableRecordException if it never can be
   * @throws RegistryUnavailableException if it can't be now
   */
  Telemetry decode(byte @Nullable [] key, byte @Nullable [] value, SourceRef source)
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
    Object event = deserialize(source.topic(), value);
    if (!(event instanceof SpecificRecord record)) {
      throw unusable(DeadLetterReason.INVALID, "the value is no telemetry", null);
    }
    try {
      Evidence evidence = projection.of(record, source);
      return telemetry(key, hostOf(record), evidence, value);
    } catch (InvalidEventException e) {
      throw unusable(DeadLetterReason.INVALID, String.valueOf(e.getMessage()), e);
    }
  }

  /** All telemetry has a host. */
  private static String hostOf(SpecificRecord telemetry) {
    return (String) telemetry.get(telemetry.getSchema().getField("host").pos());
  }

  private static Telemetry telemetry(
      byte @Nullable [] key, String host, Evidence evidence, byte[] value)
      throws UnusableRecordException {
    if (key == null || !Arrays.equals(key, host.getBytes(StandardCharsets.UTF_8))) {
      String found = key == null ? "none" : new String(key, StandardCharsets.UTF_8);
      throw unusable(
          DeadLetterReason.INVALID, "the key must be the host " + host + ", found " + found, null);
    }
    return new Telemetry(host, evidence, value);
  }

  private Object deserialize(String topic, byte[] value) throws UnusableRecordException {
    try {
      return deserializer.deserialize(topic, value);
    } catch (SerializationException e) {
      throw classify(e);
    } catch (AvroRuntimeException | ClassCastException | SecurityException e) {
      throw unusable(DeadLetterReason.UNDECODABLE, describe(e), e);
    }
  }

  /** An answer of the registry is about the record; no answer is about the registry. */
  private static UnusableRecordException classify(SerializationException e) {
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof RestClientException answer) {
        if (answer.getStatus() == HTTP_NOT_FOUND) {
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
