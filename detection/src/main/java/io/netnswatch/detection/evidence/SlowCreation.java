package io.netnswatch.detection.evidence;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A namespace creation that succeeded, and took long.
 *
 * @param commandId identifies it
 * @param startedAtMs when it began, epoch milliseconds
 * @param observedAtMs when it had succeeded, epoch milliseconds
 * @param source record it was read from
 */
public record SlowCreation(
    String commandId, long startedAtMs, long observedAtMs, @Nullable SourceRef source) {

  /** So many of a window are kept. */
  public static final int MAX_PER_WINDOW = 8;

  /** Slower is greater; the rest only makes the order total. */
  static final Comparator<SlowCreation> BY_LATENCY =
      Comparator.comparingLong(SlowCreation::latencyMs)
          .thenComparingLong(SlowCreation::observedAtMs)
          .thenComparing(SlowCreation::commandId)
          .thenComparing(SlowCreation::source, Merge.EARLIEST_SOURCE);

  /** How long it took, in milliseconds. */
  public long latencyMs() {
    return observedAtMs - startedAtMs;
  }
}
