package io.netnswatch.schema;

/**
 * Headers of a dead letter. Key and value are the original record's, byte for byte, unless they are
 * larger than telemetry can be: then their beginning, and {@link #VALUE_BYTES} or {@link
 * #KEY_BYTES} say so. All headers are UTF-8 text, numbers in decimal.
 */
public final class DeadLetterHeaders {

  /** Why the record could not be used: a {@link DeadLetterReason}. */
  public static final String REASON = "netnswatch.reason";

  /** What was wrong, in words. */
  public static final String ERROR = "netnswatch.error";

  /** Topic the record came from. */
  public static final String SOURCE_TOPIC = "netnswatch.source.topic";

  /** Partition it came from. */
  public static final String SOURCE_PARTITION = "netnswatch.source.partition";

  /** Its offset there. */
  public static final String SOURCE_OFFSET = "netnswatch.source.offset";

  /** Its record timestamp, epoch milliseconds. */
  public static final String SOURCE_TIMESTAMP = "netnswatch.source.timestamp";

  /** Length of the original value, if only its beginning is here; the whole is at its source. */
  public static final String VALUE_BYTES = "netnswatch.value.bytes";

  /** SHA-256 of the original value in hexadecimal, if only its beginning is here. */
  public static final String VALUE_SHA256 = "netnswatch.value.sha256";

  /** Length of the original key, if only its beginning is here. */
  public static final String KEY_BYTES = "netnswatch.key.bytes";

  /** How many headers of the original are not here, since they were too large together. */
  public static final String HEADERS_OMITTED = "netnswatch.headers.omitted";

  /**
   * How often the record has been sent back to its topic, also on the record sent back; absent if
   * never.
   */
  public static final String REPUBLISHED_COUNT = "netnswatch.republished.count";

  /**
   * On a record without a value: the dead letter at this place, PARTITION@OFFSET of the same topic,
   * was sent back to where it came from.
   */
  public static final String REPUBLISHED = "netnswatch.republished";

  private DeadLetterHeaders() {}
}
