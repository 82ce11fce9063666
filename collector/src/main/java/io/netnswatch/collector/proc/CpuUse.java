package io.netnswatch.collector.proc;

import org.jspecify.annotations.Nullable;

/** CPU use of a task between two looks at it: its ticks over the kernel's time between the two. */
final class CpuUse {

  /** From this use of a CPU on a task is hot. */
  private static final double HOT_CPUS = 0.2;

  /** Ticks are counted in whole ones, at either look. */
  private static final int RESOLUTION_TICKS = 2;

  private CpuUse() {}

  /**
   * CPUs used: 1.0 is one whole CPU, and no thread is said to use more.
   *
   * @param ticks of CPU time between the looks
   * @param elapsedMs of the kernel's clock between them
   * @param threads the task has
   * @return null if it can't be told: no time has passed, or a thread would have used more than the
   *     whole time, so that the two were not measured at the same moments
   */
  static @Nullable Double of(long ticks, long elapsedMs, int threads) {
    if (elapsedMs <= 0 || ticks < 0) {
      return null;
    }
    long possibleMs = elapsedMs * Math.max(1, threads);
    long measuredMs = ticks * ProcPidStat.MS_PER_TICK;
    return measuredMs > possibleMs + RESOLUTION_TICKS * ProcPidStat.MS_PER_TICK
        ? null
        : Double.valueOf((double) Math.min(measuredMs, possibleMs) / elapsedMs);
  }

  /** Whether it was hot; sure as well where too many ticks forbid to say how much. */
  static boolean isHot(long ticks, long elapsedMs) {
    return elapsedMs > 0 && ticks * ProcPidStat.MS_PER_TICK >= HOT_CPUS * elapsedMs;
  }
}
