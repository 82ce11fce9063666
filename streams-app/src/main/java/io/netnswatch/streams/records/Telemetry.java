package io.netnswatch.streams.records;

import io.netnswatch.detection.evidence.Evidence;

/**
 * A decoded event.
 *
 * @param host the host it is of; equals the record key
 * @param evidence what signatures can use of it
 * @param original the value as it was on the topic, in case it has to become a dead letter
 */
@SuppressWarnings("ArrayRecordComponent") // carried through untouched, never compared
public record Telemetry(String host, Evidence evidence, byte[] original) {}
