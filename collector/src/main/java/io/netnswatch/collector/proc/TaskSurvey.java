package io.netnswatch.collector.proc;

import io.netnswatch.schema.TaskCounts;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntPredicate;
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

  /** Candidates kept; a disk that hangs may have tens of thousands of tasks in D. */
  private static final int MAX_CANDIDATES = 2_048;

  private final ThreadTurns threads = new ThreadTurns();
  private SeenProcesses previous = SeenProcesses.withRoomFor(List.of());
  private int survey;
  private int firstSleeper;

  /**
   * What one survey found.
   *
   * @param omitted hot and blocked tasks that are not among the candidates, for there are too many
   */
  record Result(TaskCounts counts, List<Candidate> candidates, int omitted) {}

  /**
   * Looks at the processes whose turn it is.
   *
   * @param intervalMs since the survey before; null if that is not known
   */
  Result look(ProcReading reading, List<Integer> pids, @Nullable Integer intervalMs) {
    survey++;
    SeenProcesses now = SeenProcesses.withRoomFor(pids);
    List<Candidate> candidates = new ArrayList<>();
    List<Integer> multithreaded = new ArrayList<>();
    IntPredicate sleepsOn = sleepingOn(pids);
    int omitted = 0;
    int[] byState = new int[STATES.length() + 1];
    for (int pid : pids) {
      int before = previous.indexOf(pid);
      if (sleepsOn.test(before)) {
        now.addUnchanged(previous, before);
      } else {
        ProcPidStat stat = stat(reading, pid + "/stat");
        if (stat == null) {
          continue;
        }
        Candidate candidate = candidate(stat, before, pid, intervalMs);
        if (candidate != null) {
          candidates.add(candidate);
        }
        now.add(pid, stat, survey);
      }
      int last = now.size() - 1;
      int state = STATES.indexOf(now.state(last));
      byState[state < 0 ? STATES.length() : state]++;
      if (now.multithreaded(last)) {
        multithreaded.add(pid);
      }
      if (candidates.size() == 2 * MAX_CANDIDATES) {
        omitted += cut(candidates);
      }
    }
    candidates.addAll(threads.look(reading, multithreaded));
    omitted += cut(candidates);
    previous = now;
    TaskCounts counts =
        new TaskCounts(now.size(), byState[0], byState[1], byState[2], byState[3], byState[4]);
    return new Result(counts, candidates, omitted);
  }

  /** Sorts, keeps the most promising and tells how many of interest are not among them. */
  private static int cut(List<Candidate> candidates) {
    candidates.sort(Candidate.EXAMINED_FIRST);
    if (candidates.size() <= MAX_CANDIDATES) {
      return 0;
    }
    List<Candidate> tooMany = candidates.subList(MAX_CANDIDATES, candidates.size());
    int omitted = (int) tooMany.stream().filter(it -> it.hot() || it.uninterruptible()).count();
    tooMany.clear();
    return omitted;
  }

  /** Which processes, by where they stand in the survey before, are not looked at this time. */
  private IntPredicate sleepingOn(List<Integer> pids) {
    BitSet sleepers = new BitSet();
    for (int pid : pids) {
      int before = previous.indexOf(pid);
      if (before != SeenProcesses.UNKNOWN && previous.maySleepOn(before)) {
        sleepers.set(before);
      }
    }
    int count = sleepers.cardinality();
    int room = Math.max(PROCESSES_PER_SNAPSHOT / 2, PROCESSES_PER_SNAPSHOT - pids.size() + count);
    if (count <= room) {
      return index -> false;
    }
    int next = firstSleeper;
    for (int i = 0; i < room; i++) {
      int found = sleepers.nextSetBit(next);
      int awake = found < 0 ? sleepers.nextSetBit(0) : found;
      sleepers.clear(awake);
      next = awake + 1;
    }
    firstSleeper = next;
    return index -> index != SeenProcesses.UNKNOWN && sleepers.get(index);
  }

  private @Nullable Candidate candidate(
      ProcPidStat stat, int before, int pid, @Nullable Integer intervalMs) {
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

  private @Nullable Double cpuUse(ProcPidStat stat, int before, @Nullable Integer intervalMs) {
    if (before == SeenProcesses.UNKNOWN
        || intervalMs == null
        || !previous.measured(before, stat, survey - 1)) {
      return null;
    }
    return (double) (stat.cpuTicks() - previous.cpuTicks(before)) * MS_PER_TICK / intervalMs;
  }
}
