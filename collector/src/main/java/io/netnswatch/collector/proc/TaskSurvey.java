package io.netnswatch.collector.proc;

import io.netnswatch.schema.TaskCounts;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;

/**
 * Reads {@code stat} of every process, on a big host of sleeping ones in turn, and of other
 * threads; remembers them from snapshot to snapshot. Not thread-safe.
 */
final class TaskSurvey {

  private static final String STATES = "RSDI";

  /**
   * Processes read in each snapshot. Beyond it user processes that slept when last read take turns;
   * kernel threads, new processes and all that did not sleep are read every time.
   */
  private static final int PROCESSES_PER_SNAPSHOT = 2_000;

  /** Candidates kept; a disk that hangs may have tens of thousands of tasks in D. */
  private static final int MAX_CANDIDATES = 2_048;

  private final ThreadSurvey threads = new ThreadSurvey();
  private ProcessTable previous = ProcessTable.empty();
  private int survey;
  private int firstSleeper;

  /**
   * What one survey found.
   *
   * @param newPids processes that were not there before; all of them in the first survey
   * @param omitted hot and blocked tasks that are not among the candidates, for there are too many
   */
  record Result(
      TaskCounts counts, List<Candidate> candidates, List<Integer> newPids, int omitted) {}

  /** What a survey goes by. */
  private record Context(
      ProcReading reading, LongSupplier kernelMs, boolean measurable, Set<TaskId> followed) {}

  /**
   * Reads the processes whose turn it is.
   *
   * @param kernelMs the kernel's clock
   * @param measurable whether it is the clock of the survey before
   * @param followed tasks whose stack concerned namespaces when last seen
   */
  Result survey(
      ProcReading reading,
      List<Integer> pids,
      LongSupplier kernelMs,
      boolean measurable,
      Set<TaskId> followed) {
    survey++;
    Context context = new Context(reading, kernelMs, measurable, followed);
    ProcessTable now = new ProcessTable(pids.size());
    List<Candidate> candidates = new ArrayList<>();
    IntPredicate sleepsOn = sleepingOn(pids);
    int omitted = 0;
    int[] byState = new int[STATES.length() + 1];
    for (int pid : pids) {
      int before = previous.indexOf(pid);
      if (sleepsOn.test(before)) {
        now.addUnchanged(previous, before);
      } else if (!read(context, pid, before, now, candidates)) {
        continue;
      }
      int state = STATES.indexOf(now.state(now.size() - 1));
      byState[state < 0 ? STATES.length() : state]++;
      if (candidates.size() == 2 * MAX_CANDIDATES) {
        omitted += cut(candidates);
      }
    }
    candidates.addAll(threads.survey(reading, now, kernelMs, measurable, followed));
    omitted += cut(candidates);
    List<Integer> newPids = now.newSince(previous);
    previous = now;
    TaskCounts counts =
        new TaskCounts(now.size(), byState[0], byState[1], byState[2], byState[3], byState[4]);
    return new Result(counts, candidates, newPids, omitted);
  }

  /** Reads one process; false if it is gone. */
  private boolean read(
      Context context, int pid, int before, ProcessTable now, List<Candidate> candidates) {
    ProcPidStat stat = context.reading().stat(String.valueOf(pid));
    if (stat == null) {
      return false;
    }
    long kernelMs = context.kernelMs().getAsLong();
    boolean measured =
        context.measurable()
            && before != ProcessTable.UNKNOWN
            && previous.wasRead(before, stat, survey - 1);
    long ticks = measured ? previous.ticksSince(before, stat) : 0;
    long elapsedMs = measured ? previous.elapsedMs(before, kernelMs) : 0;
    boolean hot = CpuUse.isHot(ticks, elapsedMs);
    if (Candidate.isOne(stat, hot)) {
      TaskId id = new TaskId(pid, stat.startTicks());
      candidates.add(
          new Candidate(
              String.valueOf(pid),
              pid,
              id,
              stat,
              CpuUse.of(ticks, elapsedMs, stat.threads()),
              hot,
              context.followed().contains(id)));
    }
    now.add(pid, stat, hot, survey, kernelMs);
    return true;
  }

  /** Sorts, keeps the most promising and tells how many of interest are not among them. */
  private static int cut(List<Candidate> candidates) {
    candidates.sort(Candidate.EXAMINED_FIRST);
    if (candidates.size() <= MAX_CANDIDATES) {
      return 0;
    }
    List<Candidate> tooMany = candidates.subList(MAX_CANDIDATES, candidates.size());
    int omitted =
        (int) tooMany.stream().filter(it -> it.hotKernelThread() || it.uninterruptible()).count();
    tooMany.clear();
    return omitted;
  }

  /** Which processes, by where they stand in the survey before, are not read this time. */
  private IntPredicate sleepingOn(List<Integer> pids) {
    BitSet sleepers = new BitSet();
    for (int pid : pids) {
      int before = previous.indexOf(pid);
      if (before != ProcessTable.UNKNOWN && previous.isSleepingProgram(before)) {
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
    return index -> index != ProcessTable.UNKNOWN && sleepers.get(index);
  }
}
