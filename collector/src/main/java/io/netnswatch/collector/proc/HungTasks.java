package io.netnswatch.collector.proc;

import io.netnswatch.collector.text.LogFinding;
import io.netnswatch.schema.KernelLogEntry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where tasks hang by the kernel's own reports, for those whose stack can't be read. Such a report
 * holds as long as the task has not run since. Not thread-safe.
 */
final class HungTasks {

  /** As long as {@code kernel.hung_task_timeout_secs}, and the time to the watch's next look. */
  private static final Duration REPORTED_AGAIN_WITHIN = Duration.ofSeconds(150);

  /** Both clocks tell whole seconds. */
  private static final Duration TOLERANCE = Duration.ofSeconds(2);

  private static final int MAX_KEPT = 256;

  private final Map<Integer, KernelLogEntry> reports = new HashMap<>();
  private Map<TaskId, Long> ticksThen = Map.of();
  private Map<TaskId, Long> ticksNow = new HashMap<>();

  /** A snapshot begins, before which the kernel's log said that. */
  void begin(List<KernelLogEntry> entries) {
    for (KernelLogEntry entry : entries) {
      Integer pid = entry.getPid();
      if (pid != null
          && entry.getCategory().equals(LogFinding.Category.HUNG_TASK.name())
          && !entry.getStack().isEmpty()
          && (reports.containsKey(pid) || reports.size() < MAX_KEPT)) {
        reports.put(pid, entry);
      }
    }
    ticksThen = ticksNow;
    ticksNow = new HashMap<>();
  }

  /**
   * The last report of a task that has been asleep since.
   *
   * @param wchan the function in which it waits now; null if that could not be read
   * @return null if there is none, or if it may be over
   */
  @Nullable KernelLogEntry report(Candidate candidate, @Nullable String wchan, Moment now) {
    ProcPidStat stat = candidate.stat();
    KernelLogEntry report = reports.get(candidate.id().pid());
    if (report == null
        || !candidate.uninterruptible()
        || !isOf(report, stat, now)
        || (wchan != null && !report.getStack().contains(wchan))) {
      return null;
    }
    Long ticks = ticksThen.get(candidate.id());
    boolean asleepSince =
        ticks == null
            ? Duration.between(report.getLoggedAt(), now.at()).compareTo(REPORTED_AGAIN_WITHIN) <= 0
            : ticks == stat.cpuTicks();
    if (!asleepSince) {
      return null;
    }
    ticksNow.put(candidate.id(), stat.cpuTicks());
    return report;
  }

  /** How long a task that was reported hung has been so, milliseconds. */
  static long hungForMs(KernelLogEntry report, Moment now) {
    Long thenMs = report.getBlockedForMs();
    return Math.max(0, Duration.between(report.getLoggedAt(), now.at()).toMillis())
        + (thenMs == null ? 0 : thenMs);
  }

  /** Not of an earlier task with the same number. */
  private static boolean isOf(KernelLogEntry report, ProcPidStat stat, Moment now) {
    return report.getComm() != null
        && withoutQueue(report.getComm()).equals(withoutQueue(stat.comm()))
        && now.ageMs(stat) + TOLERANCE.toMillis() >= hungForMs(report, now);
  }

  /** A worker has the name of its queue behind its own in /proc, and not in the log. */
  private static String withoutQueue(String comm) {
    return comm.startsWith("kworker") ? comm.replaceFirst("[+-].*", "") : comm;
  }
}
