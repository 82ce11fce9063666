package io.netnswatch.schema;

/**
 * Headers of a dead letter. Key and value are the original record's, byte for byte; all headers are
 * UTF-8 text, numbers in decimal.
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

  private DeadLetterHeaders() {}
}
