package io.netnswatch.schema;

/** Why a record could not be used. */
public enum DeadLetterReason {
  /** The value is missing, not in Confluent wire format, or does not decode with its schema. */
  UNDECODABLE,
  /** The registry does not know the schema id in the value. */
  UNKNOWN_SCHEMA,
  /**
   * It decodes, but says something impossible, e.g. a host that differs from the key; or it is
   * larger than any telemetry, or would make what is remembered of its host larger than may be.
   */
  INVALID,
  /** The time in the value is too far from the record's timestamp: one of them is wrong. */
  WRONG_TIME,
  /** Its window was closed: it came more than the grace period behind its host's latest event. */
  LATE,
  /** The detector failed at it, which is a defect: the log has the whole error. */
  FAILED
}
