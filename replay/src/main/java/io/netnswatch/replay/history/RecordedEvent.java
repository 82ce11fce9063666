package io.netnswatch.replay.history;

import io.netnswatch.detection.evidence.SourceRef;
import io.netnswatch.schema.TelemetryEvent;
import org.jspecify.annotations.Nullable;

/**
 * An event of history.
 *
 * @param event the event
 * @param source where it stood in Kafka; null if nowhere
 */
public record RecordedEvent(TelemetryEvent event, @Nullable SourceRef source) {

  /** Event time, epoch milliseconds. */
  public long timeMs() {
    return event.eventTime().toEpochMilli();
  }
}
