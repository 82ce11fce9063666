package io.netnswatch.collector.proc;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Threads other than a process's first: a bounded number in each snapshot. Those that were blocked
 * or concerned namespaces the time before come first, then those of processes that were hot or are
 * known to create namespaces (containerd, dockerd and other Go programs do so in any thread), then
 * all others, in turn. Not thread-safe.
 */
final class ThreadSurvey {

  /** Threads read in one snapshot; each costs as much as a process. */
  private static final int THREADS_PER_SNAPSHOT = 1_024;

  /** What the processes that are preferred leave to all others. */
  private static final int THREADS_OF_OTHERS = 256;

  private static final int MAX_FOLLOWED = 256;

  private final Turn preferred = new Turn();
  private final Turn others = new Turn();
  private Map<String, Tid> followed = Map.of();
  private Map<TaskId, Looked> looked = Map.of();

  private record Tid(int pid, int tid) {}

  private record Looked(long cpuTicks, long kernelMs) {}

  /**
   * Candidates among the threads whose turn it is.
   *
   * @param processes all of the host
   * @param measurable whether the clock is that of the survey before
   * @param ofInterest tasks whose stack concerned namespaces when last seen
   */
  List<Candidate> survey(
      ProcReading reading,
      ProcessTable processes,
      LongSupplier kernelMs,
      boolean measurable,
      Set<TaskId> ofInterest) {
    List<Integer> first = new ArrayList<>();
    List<Integer> rest = new ArrayList<>();
    for (int i = 0; i < processes.size(); i++) {
      if (processes.isMultithreaded(i)) {
        (processes.isPreferred(i) ? first : rest).add(processes.pid(i));
      }
    }
    Map<String, Tid> turn = new LinkedHashMap<>(followed);
    int unused = preferred.take(reading, first, THREADS_PER_SNAPSHOT - THREADS_OF_OTHERS, turn);
    int left = others.take(reading, rest, unused + THREADS_OF_OTHERS, turn);
    if (unused == 0) {
      preferred.take(reading, first, left, turn);
    }
    return candidates(reading, turn, kernelMs, measurable, ofInterest);
  }

  private List<Candidate> candidates(
      ProcReading reading,
      Map<String, Tid> turn,
      LongSupplier kernelMs,
      boolean measurable,
      Set<TaskId> ofInterest) {
    List<Candidate> candidates = new ArrayList<>();
    Map<String, Tid> toFollow = new LinkedHashMap<>();
    Map<TaskId, Looked> now = new HashMap<>();
    turn.forEach(
        (directory, thread) -> {
          ProcPidStat stat = reading.stat(directory);
          if (stat == null) {
            return;
          }
          TaskId id = new TaskId(thread.tid(), stat.startTicks());
          Looked look = new Looked(stat.cpuTicks(), kernelMs.getAsLong());
          now.put(id, look);
          Candidate candidate =
              candidate(
                  directory,
                  thread,
                  id,
                  stat,
                  look,
                  measurable ? looked.get(id) : null,
                  ofInterest.contains(id));
          if (candidate != null) {
            candidates.add(candidate);
            if (toFollow.size() < MAX_FOLLOWED) {
              toFollow.put(directory, thread);
            }
          }
        });
    followed = toFollow;
    looked = now;
    return candidates;
  }

  private static @Nullable Candidate candidate(
      String directory,
      Tid thread,
      TaskId id,
      ProcPidStat stat,
      Looked look,
      @Nullable Looked before,
      boolean isFollowed) {
    long ticks = before == null ? 0 : look.cpuTicks() - before.cpuTicks();
    long elapsedMs = before == null ? 0 : look.kernelMs() - before.kernelMs();
    boolean hot = CpuUse.isHot(ticks, elapsedMs);
    return hot || stat.state() == 'D' || stat.state() == 'R'
        ? new Candidate(
            directory, thread.pid(), id, stat, CpuUse.of(ticks, elapsedMs, 1), hot, isFollowed)
        : null;
  }

  /** Where a round through the threads of some processes has come to. */
  private static final class Turn {

    private int lastPid;
    private int nextThread;

    /**
     * Takes the next threads.
     *
     * @param pids of processes, ascending
     * @return what is left of the budget
     */
    int take(ProcReading reading, List<Integer> pids, int budget, Map<String, Tid> taken) {
      int left = budget;
      int begin = 0;
      while (begin < pids.size() && pids.get(begin) < lastPid) {
        begin++;
      }
      for (int i = 0; i < pids.size() && left > 0; i++) {
        int pid = pids.get((begin + i) % pids.size());
        int first = pid == lastPid ? nextThread : 0;
        List<Integer> tids = threads(reading, pid);
        int last = Math.min(tids.size(), first + left);
        for (int tid : tids.subList(Math.min(first, last), last)) {
          taken.put(pid + "/task/" + tid, new Tid(pid, tid));
        }
        left -= Math.max(1, last - first);
        lastPid = last < tids.size() ? pid : pid + 1;
        nextThread = last < tids.size() ? last : 0;
      }
      return Math.max(0, left);
    }

    private static List<Integer> threads(ProcReading reading, int pid) {
      try {
        return reading.files().threads(pid).stream().filter(tid -> tid != pid).sorted().toList();
      } catch (IOException e) {
        reading.note("PID/task: " + e.getClass().getSimpleName());
        return List.of();
      }
    }
  }
}
