package io.netnswatch.collector.proc;

import io.netnswatch.schema.TaskCounts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Looks at {@code stat} of every process, on a big host of sleeping ones in turn, and of other
 * threads in turn; remembers them from snapshot to snapshot. Not thread-safe.
 */
final class TaskSurvey {

  /** From this use of a CPU on a kernel thread is of interest. */
  private static final double HOT_CPUS = 0.2;

  /** USER_HZ is 100 on every architecture Linux has left (include/asm-generic/param.h). */
  static final long MS_PER_TICK = 10;

  private static final String STATES = "RSDI";

  /**
   * Processes looked at in each snapshot. Beyond it user processes that slept when last seen take
   * turns; kernel threads, new processes and all that did not sleep are looked at every time.
   */
  private static final int PROCESSES_PER_SNAPSHOT = 2_000;

  private final ThreadTurns threads = new ThreadTurns();
  private final Map<Integer, Seen> seen = new HashMap<>();
  private int survey;
  private int firstSleeper;

  /** A process as it was when last looked at. */
  private record Seen(ProcPidStat stat, int survey) {

    boolean maySleepOn() {
      return !stat.kernelThread() && stat.state() == 'S';
    }
  }

  /** What one survey found. */
  record Result(TaskCounts counts, List<Candidate> candidates) {}

  /**
   * Looks at the processes whose turn it is.
   *
   * @param intervalMs since the survey before; null if that is not known
   */
  Result look(ProcReading reading, List<Integer> pids, @Nullable Integer intervalMs) {
    survey++;
    List<Candidate> candidates = new ArrayList<>();
    List<Integer> multithreaded = new ArrayList<>();
    seen.keySet().retainAll(new HashSet<>(pids));
    Predicate<Integer> sleepsOn = sleepingOn(pids);
    int[] byState = new int[STATES.length() + 1];
    for (int pid : pids) {
      Seen before = seen.get(pid);
      Seen asleep = sleepsOn.test(pid) ? before : null;
      ProcPidStat stat = asleep != null ? asleep.stat() : stat(reading, pid + "/stat");
      if (stat == null) {
        seen.remove(pid);
        continue;
      }
      if (asleep == null) {
        seen.put(pid, new Seen(stat, survey));
        Candidate candidate = candidate(stat, before, pid, intervalMs);
        if (candidate != null) {
          candidates.add(candidate);
        }
      }
      int state = STATES.indexOf(stat.state());
      byState[state < 0 ? STATES.length() : state]++;
      if (stat.threads() > 1) {
        multithreaded.add(pid);
      }
    }
    candidates.addAll(threads.look(reading, multithreaded));
    candidates.sort(Candidate.EXAMINED_FIRST);
    TaskCounts counts =
        new TaskCounts(seen.size(), byState[0], byState[1], byState[2], byState[3], byState[4]);
    return new Result(counts, candidates);
  }

  /** Which processes are not looked at this time. */
  private Predicate<Integer> sleepingOn(List<Integer> pids) {
    List<Integer> sleepers = new ArrayList<>();
    for (int pid : pids) {
      Seen before = seen.get(pid);
      if (before != null && before.maySleepOn()) {
        sleepers.add(pid);
      }
    }
    int room =
        Math.max(
            PROCESSES_PER_SNAPSHOT / 2, PROCESSES_PER_SNAPSHOT - pids.size() + sleepers.size());
    if (sleepers.size() <= room) {
      return pid -> false;
    }
    Set<Integer> sleepOn = new HashSet<>(sleepers);
    for (int i = 0; i < room; i++) {
      sleepOn.remove(sleepers.get((firstSleeper + i) % sleepers.size()));
    }
    firstSleeper = (firstSleeper + room) % sleepers.size();
    return sleepOn::contains;
  }

  private @Nullable Candidate candidate(
      ProcPidStat stat, @Nullable Seen before, int pid, @Nullable Integer intervalMs) {
    Double cpuUse = cpuUse(stat, before, intervalMs);
    boolean hot = stat.kernelThread() && cpuUse != null && cpuUse >= HOT_CPUS;
    boolean interesting = hot || stat.state() == 'D' || Candidate.mayBeCommand(stat);
    TaskId id = new TaskId(pid, stat.startTicks());
    return interesting ? new Candidate(String.valueOf(pid), id, stat, cpuUse, hot) : null;
  }

  static @Nullable ProcPidStat stat(ProcReading reading, String file) {
    String text = reading.optional(file);
    return text == null || text.isEmpty() ? null : reading.parsed(text, ProcPidStat::parse);
  }

  private @Nullable Double cpuUse(
      ProcPidStat stat, @Nullable Seen before, @Nullable Integer intervalMs) {
    if (before == null
        || intervalMs == null
        || before.survey() != survey - 1
        || before.stat().startTicks() != stat.startTicks()) {
      return null;
    }
    return (double) (stat.cpuTicks() - before.stat().cpuTicks()) * MS_PER_TICK / intervalMs;
  }
}
