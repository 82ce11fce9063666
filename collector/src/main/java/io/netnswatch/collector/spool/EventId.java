package io.netnswatch.collector.spool;

import java.time.Instant;
import org.apache.avro.generic.IndexedRecord;

/**
 * What tells an event of one host from all others.
 *
 * @param collectorStartedAt begin of the collector run
 * @param sequence its number within that run
 */
public record EventId(Instant collectorStartedAt, long sequence) {

  /**
   * Id of a piece of telemetry.
   *
   * @throws NullPointerException if it is a record without these fields
   */
  public static EventId of(IndexedRecord telemetry) {
    return new EventId(
        (Instant) field(telemetry, "collector_started_at"), (long) field(telemetry, "sequence"));
  }

  private static Object field(IndexedRecord telemetry, String name) {
    return telemetry.get(telemetry.getSchema().getField(name).pos());
  }
}
