package io.netnswatch.streams.topology;

import static java.util.Objects.requireNonNull;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.netnswatch.detection.evidence.InvalidEventException;
import io.netnswatch.detection.evidence.Projection;
import io.netnswatch.detection.evidence.SourceRef;
import io.netnswatch.schema.DeadLetterReason;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.streams.records.RegistryUnavailableException;
import io.netnswatch.streams.records.TelemetryDeserializer;
import io.netnswatch.streams.records.UnusableRecordException;
import org.jspecify.annotations.Nullable;

/** From the bytes on a topic to evidence. Not thread-safe: one per stream task. */
final class TelemetryDecoder {

  private final Projection projection;
  private final TelemetryDeserializer deserializer;

  TelemetryDecoder(Projection projection, SchemaRegistryClient registry) {
    this.projection = projection;
    this.deserializer = new TelemetryDeserializer(registry);
  }

  /**
   * Decodes one record.
   *
   * @throws UnusableRecordException if it never can be
   * @throws RegistryUnavailableException if it can't be now
   */
  Telemetry decode(byte @Nullable [] key, byte @Nullable [] value, SourceRef source)
      throws UnusableRecordException {
    TelemetryEvent event = deserializer.deserialize(source.topic(), key, value);
    try {
      return new Telemetry(
          event.host(), projection.of(event.value(), source), requireNonNull(value));
    } catch (InvalidEventException e) {
      throw new UnusableRecordException(
          DeadLetterReason.INVALID, String.valueOf(e.getMessage()), e);
    }
  }
}
