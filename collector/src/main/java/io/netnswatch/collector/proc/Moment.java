package io.netnswatch.collector.proc;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When a snapshot is taken.
 *
 * @param at by the wall clock, which may be set
 * @param bootedAt when the host was booted, by the wall clock
 * @param kernelMs milliseconds of the kernel's own clock, from an origin that stays; ages are
 *     measured by it
 * @param intervalMs since the snapshot before, by the kernel's clock; null if that is not known
 */
record Moment(Instant at, Instant bootedAt, long kernelMs, @Nullable Integer intervalMs) {

  /** How long ago a task was started; absurd numbers of ticks are no reason to fail. */
  long ageMs(ProcPidStat stat) {
    long sinceBootMs = Math.max(0, Duration.between(bootedAt, at).toMillis());
    long startedMs =
        Math.max(0, Math.min(stat.startTicks(), sinceBootMs / ProcPidStat.MS_PER_TICK));
    return sinceBootMs - startedMs * ProcPidStat.MS_PER_TICK;
  }
}
