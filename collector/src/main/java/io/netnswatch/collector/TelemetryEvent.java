package io.netnswatch.collector;

import java.time.Instant;
import org.apache.avro.specific.SpecificRecord;

/**
 * An event ready to be published.
 *
 * @param host the host it is of; the record key
 * @param eventTime when it happened; the record timestamp
 * @param value a ProcSnapshot, PerfSample or NetnsLatency
 */
public record TelemetryEvent(String host, Instant eventTime, SpecificRecord value) {}
