package io.netnswatch.collector.text;

import org.jspecify.annotations.Nullable;

/**
 * When a line says it was written; often it does not.
 *
 * @param uptimeMs milliseconds since boot; null if the line does not say
 * @param wallMs epoch milliseconds; null if the line does not say
 * @param caller task or CPU that printed it ({@code T137}, {@code C0}), with CONFIG_PRINTK_CALLER
 */
public record LogStamp(@Nullable Long uptimeMs, @Nullable Long wallMs, @Nullable String caller) {

  /** Says nothing. */
  public static final LogStamp NONE = new LogStamp(null, null, null);

  /** Whether it says no time. */
  boolean isEmpty() {
    return uptimeMs == null && wallMs == null;
  }

  /** What the other knows is added to this one's. */
  LogStamp and(LogStamp other) {
    return new LogStamp(
        uptimeMs != null ? uptimeMs : other.uptimeMs,
        wallMs != null ? wallMs : other.wallMs,
        caller != null ? caller : other.caller);
  }
}
