package io.netnswatch.collector.proc;

import io.netnswatch.schema.TaskCounts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Looks at {@code stat} of every process, and of other threads in turn; remembers CPU times from
 * snapshot to snapshot. Not thread-safe.
 */
final class TaskSurvey {

  /** From this use of a CPU on a kernel thread is of interest. */
  private static final double HOT_CPUS = 0.2;

  /** USER_HZ is 100 on every architecture Linux has left (include/asm-generic/param.h). */
  static final long MS_PER_TICK = 10;

  private static final String STATES = "RSDI";

  private final ThreadTurns threads = new ThreadTurns();
  private Map<Integer, Times> previous = Map.of();

  private record Times(long startTicks, long cpuTicks) {}

  /** What one survey found. */
  record Result(TaskCounts counts, List<Candidate> candidates) {}

  /**
   * Looks at all processes.
   *
   * @param intervalMs since the survey before; null if that is not known
   */
  Result look(ProcReading reading, List<Integer> pids, @Nullable Integer intervalMs) {
    Map<Integer, Times> now = new HashMap<>(2 * pids.size());
    List<Candidate> candidates = new ArrayList<>();
    List<Integer> multithreaded = new ArrayList<>();
    int[] byState = new int[STATES.length() + 1];
    int total = 0;
    for (int pid : pids) {
      ProcPidStat stat = stat(reading, pid + "/stat");
      if (stat == null) {
        continue;
      }
      total++;
      int state = STATES.indexOf(stat.state());
      byState[state < 0 ? STATES.length() : state]++;
      now.put(pid, new Times(stat.startTicks(), stat.cpuTicks()));
      Double cpuUse = cpuUse(pid, stat, intervalMs);
      boolean hot = stat.kernelThread() && cpuUse != null && cpuUse >= HOT_CPUS;
      if (hot || stat.state() == 'D' || Candidate.mayBeCommand(stat)) {
        TaskId id = new TaskId(pid, stat.startTicks());
        candidates.add(new Candidate(String.valueOf(pid), id, stat, cpuUse, hot));
      }
      if (stat.threads() > 1) {
        multithreaded.add(pid);
      }
    }
    candidates.addAll(threads.look(reading, multithreaded));
    candidates.sort(Candidate.EXAMINED_FIRST);
    previous = now;
    TaskCounts counts =
        new TaskCounts(total, byState[0], byState[1], byState[2], byState[3], byState[4]);
    return new Result(counts, candidates);
  }

  static @Nullable ProcPidStat stat(ProcReading reading, String file) {
    String text = reading.optional(file);
    return text == null || text.isEmpty() ? null : reading.parsed(text, ProcPidStat::parse);
  }

  private @Nullable Double cpuUse(int pid, ProcPidStat stat, @Nullable Integer intervalMs) {
    Times before = previous.get(pid);
    if (before == null || intervalMs == null || before.startTicks() != stat.startTicks()) {
      return null;
    }
    return (double) (stat.cpuTicks() - before.cpuTicks()) * MS_PER_TICK / intervalMs;
  }
}
