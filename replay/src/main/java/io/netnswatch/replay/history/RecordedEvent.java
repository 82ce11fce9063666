package io.netnswatch.replay.history;

import io.netnswatch.detection.evidence.Evidence;
import io.netnswatch.detection.evidence.InvalidEventException;
import io.netnswatch.detection.evidence.Projection;
import io.netnswatch.detection.evidence.QuickLook.Seen;
import io.netnswatch.detection.evidence.SourceRef;
import io.netnswatch.schema.TelemetryEvent;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An event of history; one that a quick look has settled is decoded only if somebody asks. */
public final class RecordedEvent {

  private final String host;
  private final long timeMs;
  private final @Nullable SourceRef source;
  private final @Nullable Evidence settled;
  private final Supplier<TelemetryEvent> event;

  private RecordedEvent(
      String host,
      long timeMs,
      @Nullable SourceRef source,
      @Nullable Evidence settled,
      Supplier<TelemetryEvent> event) {
    this.host = host;
    this.timeMs = timeMs;
    this.source = source;
    this.settled = settled;
    this.event = event;
  }

  /**
   * An event that has been decoded.
   *
   * @param source where it stood in Kafka; null if nowhere
   */
  public RecordedEvent(TelemetryEvent event, @Nullable SourceRef source) {
    this(event.host(), event.eventTime().toEpochMilli(), source, null, () -> event);
  }

  /** One that a quick look has settled. */
  static RecordedEvent settled(Seen seen, SourceRef source, Supplier<TelemetryEvent> event) {
    return new RecordedEvent(
        seen.host(), seen.evidence().eventTimeMs(), source, seen.evidence(), event);
  }

  /** The host it is of. */
  public String host() {
    return host;
  }

  /** Event time, epoch milliseconds. */
  public long timeMs() {
    return timeMs;
  }

  /** Where it stood in Kafka; null if nowhere. */
  public @Nullable SourceRef source() {
    return source;
  }

  /** The whole event; can be had until its stream goes on. */
  public TelemetryEvent event() {
    return event.get();
  }

  /**
   * What it says.
   *
   * @throws InvalidEventException if that is impossible
   */
  public Evidence evidence(Projection projection) throws InvalidEventException {
    return settled != null ? settled : projection.of(event().value(), source);
  }
}
