package io.netnswatch.collector;

import java.time.Duration;

/**
 * How far intervals are stretched so that the collector keeps within its share of the CPU: pure
 * arithmetic, told from time to time what has been used.
 *
 * @param percent limit, percent of one core, children included
 * @param stretch factor by which every interval is longer now; 1 within the limit
 */
record CpuLimit(double percent, double stretch) {

  /** Of one core; five times what it should need. */
  static final int DEFAULT_PERCENT = 5;

  /** So that some evidence still comes, whatever the host. */
  private static final double MAX_STRETCH = 12;

  private static final double MAX_STEP = 2;

  /** Below this part of the limit it speeds up again. */
  private static final double EASY = 0.7;

  CpuLimit {
    if (!(percent > 0) || !(stretch >= 1)) {
      throw new IllegalArgumentException(
          "CPU limit must be above 0 % and its stretch at least 1: " + percent + ", " + stretch);
    }
  }

  /** A limit that has not been reached. */
  static CpuLimit of(double percent) {
    return new CpuLimit(percent, 1);
  }

  /**
   * After a while in which so much was used.
   *
   * @param used CPU time
   * @param elapsed wall-clock time
   */
  CpuLimit after(Duration used, Duration elapsed) {
    double usedPercent = percentOf(used, elapsed);
    if (usedPercent > percent) {
      double step = Math.min(MAX_STEP, usedPercent / percent);
      return new CpuLimit(percent, Math.min(MAX_STRETCH, stretch * step));
    }
    return usedPercent < EASY * percent && stretch > 1
        ? new CpuLimit(percent, Math.max(1, stretch / MAX_STEP))
        : this;
  }

  /** CPU use in percent of one core. */
  static double percentOf(Duration used, Duration elapsed) {
    return 100.0 * used.toNanos() / Math.max(1, elapsed.toNanos());
  }
}
