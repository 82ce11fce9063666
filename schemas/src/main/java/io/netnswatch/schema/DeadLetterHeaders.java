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

  /**
   * Its record timestamp, epoch milliseconds; if it was more than a minute ahead of the records
   * around it, as much.
   */
  public static final String SOURCE_TIMESTAMP = "netnswatch.source.timestamp";

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
