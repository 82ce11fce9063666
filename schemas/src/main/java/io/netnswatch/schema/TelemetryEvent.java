package io.netnswatch.schema;

import java.time.Instant;
import org.apache.avro.specific.SpecificRecord;

/**
 * A piece of telemetry with what it is published under.
 *
 * @param host the host it is of; the record key
 * @param eventTime when it happened; the record timestamp
 * @param value a ProcSnapshot, PerfSample or NetnsLatency
 */
public record TelemetryEvent(String host, Instant eventTime, SpecificRecord value) {

  /** A snapshot of /proc, at the moment it was taken. */
  public static TelemetryEvent of(ProcSnapshot snapshot) {
    return new TelemetryEvent(snapshot.getHost(), snapshot.getCollectedAt(), snapshot);
  }

  /** A perf slice, at its end. */
  public static TelemetryEvent of(PerfSample sample) {
    return new TelemetryEvent(
        sample.getHost(), sample.getStartedAt().plusMillis(sample.getDurationMs()), sample);
  }

  /** A namespace command, when it was last seen. */
  public static TelemetryEvent of(NetnsLatency latency) {
    return new TelemetryEvent(latency.getHost(), latency.getObservedAt(), latency);
  }

  /**
   * A piece of telemetry of whichever kind.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static TelemetryEvent from(SpecificRecord record) {
    if (record instanceof ProcSnapshot snapshot) {
      return of(snapshot);
    }
    if (record instanceof PerfSample sample) {
      return of(sample);
    }
    if (record instanceof NetnsLatency latency) {
      return of(latency);
    }
    throw new IllegalArgumentException("no telemetry: " + record.getSchema().getFullName());
  }
}
