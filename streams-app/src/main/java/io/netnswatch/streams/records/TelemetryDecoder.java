package io.netnswatch.streams.records;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.netnswatch.command.records.RegistryUnavailableException;
import io.netnswatch.command.records.TelemetryDeserializer;
import io.netnswatch.command.records.UnusableRecordException;
import io.netnswatch.command.records.WireFormat;
import io.netnswatch.detection.evidence.InvalidEventException;
import io.netnswatch.detection.evidence.Projection;
import io.netnswatch.detection.evidence.QuickLook;
import io.netnswatch.detection.evidence.QuickLook.Form;
import io.netnswatch.detection.evidence.QuickLook.Seen;
import io.netnswatch.detection.evidence.SourceRef;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.schema.DeadLetterReason;
import io.netnswatch.schema.TelemetryEvent;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * From the bytes on a topic to evidence. Events of schemas it has met are given a quick look first,
 * which settles nearly all. Not thread-safe: one per stream task.
 */
public final class TelemetryDecoder {

  private final Projection projection;
  private final QuickLook quickLook;
  private final TelemetryDeserializer deserializer;

  /** By schema id; empty for those that have to be decoded always. */
  private final Map<Integer, Optional<Form>> forms = new HashMap<>();

  /** For those signatures, with schemas of that registry. */
  public TelemetryDecoder(List<Signature> signatures, SchemaRegistryClient registry) {
    this.projection = new Projection(signatures);
    this.quickLook = new QuickLook(signatures);
    this.deserializer = new TelemetryDeserializer(registry);
  }

  /**
   * Decodes one record.
   *
   * @throws UnusableRecordException if it never can be
   * @throws RegistryUnavailableException if it can't be now
   */
  public Telemetry decode(byte @Nullable [] key, byte @Nullable [] value, SourceRef source)
      throws UnusableRecordException {
    if (key != null && value != null) {
      Seen seen = look(value);
      if (seen != null && Arrays.equals(key, seen.host().getBytes(UTF_8))) {
        return new Telemetry(seen.host(), seen.evidence(), value);
      }
    }
    return decodeWhole(key, value, source);
  }

  private @Nullable Seen look(byte[] value) {
    if (!WireFormat.fits(value) || value.length > TelemetryDeserializer.MAX_VALUE_BYTES) {
      return null;
    }
    Optional<Form> form = forms.get(WireFormat.schemaId(value));
    return form == null || form.isEmpty()
        ? null
        : quickLook.at(form.get(), value, WireFormat.HEADER_BYTES, value.length);
  }

  private Telemetry decodeWhole(byte @Nullable [] key, byte @Nullable [] value, SourceRef source)
      throws UnusableRecordException {
    TelemetryEvent event = deserializer.deserialize(source.topic(), key, value);
    byte[] original = requireNonNull(value);
    forms.computeIfAbsent(
        WireFormat.schemaId(original),
        id -> Optional.ofNullable(Form.of(deserializer.schema(source.topic(), id))));
    try {
      return new Telemetry(event.host(), projection.of(event.value(), source), original);
    } catch (InvalidEventException e) {
      throw new UnusableRecordException(
          DeadLetterReason.INVALID, String.valueOf(e.getMessage()), e);
    }
  }
}
