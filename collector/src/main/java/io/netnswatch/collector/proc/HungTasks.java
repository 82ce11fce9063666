package io.netnswatch.collector.proc;

import io.netnswatch.collector.text.LogFinding;
import io.netnswatch.schema.KernelLogEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where tasks hang by the kernel's own reports, for those whose stack can't be read. Such a report
 * holds as long as the task has not run since: it was seen asleep when it was reported, or a little
 * later and for some time. Not thread-safe.
 */
final class HungTasks {

  /** As long as {@code kernel.hung_task_timeout_secs}, and the time to the watch's next look. */
  private static final Duration REPORTED_AGAIN_WITHIN = Duration.ofSeconds(150);

  /** Who is found asleep after a report may have woken up in between, and sleep for a moment. */
  private static final Duration NO_MOMENT = Duration.ofSeconds(30);

  /** Both clocks tell whole seconds. */
  private static final Duration TOLERANCE = Duration.ofSeconds(2);

  private static final int MAX_KEPT = 256;

  private final Map<Integer, KernelLogEntry> reports = new HashMap<>();
  private Map<TaskId, Asleep> before = Map.of();
  private Map<TaskId, Asleep> now = new HashMap<>();

  /** A task that has not run since it was first seen so. */
  private record Asleep(long ticks, Instant since) {}

  /** A snapshot begins, before which the kernel's log said that. */
  void begin(List<KernelLogEntry> entries) {
    before.keySet().stream()
        .filter(id -> !now.containsKey(id))
        .map(TaskId::pid)
        .forEach(reports::remove);
    before = now;
    now = new HashMap<>();
    entries.forEach(this::keep);
  }

  /**
   * The last report of a task that has been asleep since.
   *
   * @param wchan the function in which it waits now; null if that could not be read
   * @return null if there is none, or if it may be over
   */
  @Nullable KernelLogEntry report(Candidate candidate, @Nullable String wchan, Moment at) {
    if (!candidate.uninterruptible()) {
      return null;
    }
    ProcPidStat stat = candidate.stat();
    Asleep asleep = asleep(candidate.id(), stat, at.at());
    KernelLogEntry report = reports.get(candidate.id().pid());
    return report != null
            && isOf(report, stat, at)
            && (wchan == null || report.getStack().contains(wchan))
            && isOf(report, asleep, at.at())
        ? report
        : null;
  }

  private void keep(KernelLogEntry entry) {
    Integer pid = entry.getPid();
    if (pid != null
        && entry.getCategory().equals(LogFinding.Category.HUNG_TASK.name())
        && !entry.getStack().isEmpty()
        && (reports.containsKey(pid) || reports.size() < MAX_KEPT)) {
      reports.put(pid, entry);
    }
  }

  private Asleep asleep(TaskId id, ProcPidStat stat, Instant at) {
    Asleep then = before.get(id);
    if (then != null && then.ticks() != stat.cpuTicks()) {
      reports.remove(id.pid());
    }
    Asleep asleep =
        then != null && then.ticks() == stat.cpuTicks() ? then : new Asleep(stat.cpuTicks(), at);
    now.put(id, asleep);
    return asleep;
  }

  /** Whether it is that sleep which was reported. */
  private static boolean isOf(KernelLogEntry report, Asleep asleep, Instant at) {
    Instant reported = report.getLoggedAt();
    return !reported.isBefore(asleep.since())
        || (Duration.between(reported, asleep.since()).compareTo(REPORTED_AGAIN_WITHIN) <= 0
            && Duration.between(asleep.since(), at).compareTo(NO_MOMENT) >= 0);
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
