package io.netnswatch.schema;

/** Why a record could not be used. */
public enum DeadLetterReason {
  /** The value is missing, not in Confluent wire format, or does not decode with its schema. */
  UNDECODABLE,
  /** The registry does not know the schema id in the value. */
  UNKNOWN_SCHEMA,
  /** It decodes, but says something impossible, e.g. a host that differs from the key. */
  INVALID,
  /** Its window was closed: it came more than the grace period behind its host's latest event. */
  LATE
}
