package io.netnswatch.interop;

import org.apache.avro.specific.SpecificRecord;

/**
 * A record on a topic, as it was meant: what any client has to read there.
 *
 * @param timestampMs record timestamp, epoch milliseconds
 */
record Publication(
    String topic, int partition, long offset, long timestampMs, String key, SpecificRecord value) {}
