package io.netnswatch.command.records;

import io.netnswatch.schema.DeadLetterReason;
import org.jspecify.annotations.Nullable;

/** A record can't be used, now or ever; it belongs among the dead letters. */
public final class UnusableRecordException extends Exception {

  private static final long serialVersionUID = 1L;

  private final DeadLetterReason reason;

  public UnusableRecordException(
      DeadLetterReason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** Why it can't. */
  public DeadLetterReason reason() {
    return reason;
  }
}
