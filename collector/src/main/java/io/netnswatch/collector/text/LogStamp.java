package io.netnswatch.collector.text;

import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * When a line says it was written; often it does not.
 *
 * @param uptimeMs milliseconds since boot; null if the line does not say
 * @param wallMs epoch milliseconds; null if the line does not say
 * @param caller task or CPU that printed it ({@code T137}, {@code C0}), with CONFIG_PRINTK_CALLER
 */
public record LogStamp(@Nullable Long uptimeMs, @Nullable Long wallMs, @Nullable String caller) {

  private static final long YEAR_MS = 31_556_952_000L;
  private static final long QUARTER_MS = 15 * 60_000L;
  private static final long WIDEST_ZONE_MS = 14 * 3_600_000L;

  /** The kernel's clock of a host that has been up for months is not that of the wall. */
  private static final long CLOCKS_DIFFER_MS = 120_000;

  /** Says nothing. */
  public static final LogStamp NONE = new LogStamp(null, null, null);

  /** Whether it says no time. */
  boolean isEmpty() {
    return uptimeMs == null && wallMs == null;
  }

  /**
   * When that was, on a host of which it is known when it was booted and when its log was taken.
   * What stands in a line as its date may lack the year and the zone; the time since the boot is
   * sure where the date differs from it by a zone's offset, and not by another boot.
   *
   * @return epoch milliseconds; {@code takenAtMs} if the line does not say
   */
  long epochMs(long bootedAtMs, long takenAtMs) {
    Long sinceBootMs = uptimeMs == null ? null : Long.valueOf(bootedAtMs + uptimeMs);
    if (wallMs == null) {
      return sinceBootMs == null ? takenAtMs : sinceBootMs;
    }
    long datedMs = ofTheYear(wallMs, takenAtMs);
    return sinceBootMs != null && isZone(datedMs - sinceBootMs) ? sinceBootMs : datedMs;
  }

  /**
   * When that was, where no line of the log is dated within the boot: the dates are of another
   * clock, and the time since the boot says more.
   *
   * @return epoch milliseconds
   */
  long epochMsByUptime(long bootedAtMs, long takenAtMs) {
    return uptimeMs != null && bootedAtMs + uptimeMs <= takenAtMs
        ? bootedAtMs + uptimeMs
        : epochMs(bootedAtMs, takenAtMs);
  }

  /** Where a date without a year was taken to be of a later one, of the year the log was taken. */
  private static long ofTheYear(long datedMs, long takenAtMs) {
    long years = Math.round((double) (datedMs - takenAtMs) / YEAR_MS);
    return years <= 0
        ? datedMs
        : Instant.ofEpochMilli(datedMs)
            .atZone(ZoneOffset.UTC)
            .minusYears(years)
            .toInstant()
            .toEpochMilli();
  }

  private static boolean isZone(long offsetMs) {
    long fromQuarter = Math.floorMod(offsetMs + QUARTER_MS / 2, QUARTER_MS) - QUARTER_MS / 2;
    return Math.abs(offsetMs) <= WIDEST_ZONE_MS && Math.abs(fromQuarter) <= CLOCKS_DIFFER_MS;
  }

  /** What the other knows is added to this one's. */
  LogStamp and(LogStamp other) {
    return new LogStamp(
        uptimeMs != null ? uptimeMs : other.uptimeMs,
        wallMs != null ? wallMs : other.wallMs,
        caller != null ? caller : other.caller);
  }
}
