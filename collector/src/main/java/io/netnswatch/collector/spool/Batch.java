package io.netnswatch.collector.spool;

import io.netnswatch.schema.TelemetryEvent;
import java.util.List;

/**
 * The oldest events of the spool.
 *
 * @param fileNumber the file they are in; a batch never spans two
 * @param events oldest first
 * @param ends where each ends in the file, in bytes
 */
public record Batch(long fileNumber, List<TelemetryEvent> events, List<Long> ends) {

  public Batch {
    events = List.copyOf(events);
    ends = List.copyOf(ends);
  }
}
