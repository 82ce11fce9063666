package io.netnswatch.collector;

/**
 * CPU time that a source may spend on turns beyond its cadence: a part of the time that passes,
 * saved up to a bound. So looking closer begins at once, and in the long run costs no more than its
 * part. Pure arithmetic; times are nanoseconds of a clock that nobody sets.
 *
 * @param savedNanos what may be spent at once
 * @param atNanos when that was so
 */
record Allowance(long savedNanos, long atNanos) {

  /** One part of the time in so many: 2.5 % of a core. */
  private static final long PART = 40;

  /** As much as forty seconds of rest save. */
  private static final long MOST_SAVED_NANOS = 1_000_000_000;

  /** Nothing has been spent. */
  static Allowance full(long nowNanos) {
    return new Allowance(MOST_SAVED_NANOS, nowNanos);
  }

  /** After a turn that cost so much CPU. */
  Allowance spent(long costNanos, long nowNanos) {
    return new Allowance(savedAt(nowNanos) - costNanos, nowNanos);
  }

  /** How long until a turn that costs so much may begin; 0 if it may at once. */
  long waitNanos(long costNanos, long nowNanos) {
    long wanted = Math.min(costNanos, MOST_SAVED_NANOS);
    return Math.max(0, wanted - savedAt(nowNanos)) * PART;
  }

  private long savedAt(long nowNanos) {
    return Math.min(MOST_SAVED_NANOS, savedNanos + (nowNanos - atNanos) / PART);
  }
}
