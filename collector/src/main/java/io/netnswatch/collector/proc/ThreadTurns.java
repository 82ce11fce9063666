package io.netnswatch.collector.proc;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Threads other than a process's first: a bounded number at each snapshot, in turn, and at each one
 * those that were in state D the time before. containerd, dockerd and Go programs create namespaces
 * in such threads. Not thread-safe.
 */
final class ThreadTurns {

  /** Threads looked at in one snapshot; each costs as much as a process. */
  private static final int THREADS_PER_SNAPSHOT = 128;

  private static final int MAX_FOLLOWED = 64;

  private Map<String, Integer> followed = Map.of();
  private int lastPid;
  private int nextThread;

  /**
   * Threads in state D among those whose turn it is.
   *
   * @param pids processes with more than one thread
   */
  List<Candidate> look(ProcReading reading, List<Integer> pids) {
    Map<String, Integer> turn = new LinkedHashMap<>(followed);
    List<Integer> inOrder = pids.stream().sorted().toList();
    int budget = THREADS_PER_SNAPSHOT;
    int begin = 0;
    while (begin < inOrder.size() && inOrder.get(begin) < lastPid) {
      begin++;
    }
    for (int i = 0; i < inOrder.size() && budget > 0; i++) {
      int pid = inOrder.get((begin + i) % inOrder.size());
      int first = pid == lastPid ? nextThread : 0;
      List<Integer> tids = threads(reading, pid);
      int last = Math.min(tids.size(), first + budget);
      for (int tid : tids.subList(Math.min(first, last), last)) {
        turn.put(pid + "/task/" + tid, tid);
      }
      budget -= Math.max(1, last - first);
      lastPid = last < tids.size() ? pid : pid + 1;
      nextThread = last < tids.size() ? last : 0;
    }
    return blocked(reading, turn);
  }

  private List<Candidate> blocked(ProcReading reading, Map<String, Integer> turn) {
    List<Candidate> blocked = new ArrayList<>();
    Map<String, Integer> toFollow = new LinkedHashMap<>();
    turn.forEach(
        (directory, tid) -> {
          ProcPidStat stat = TaskSurvey.stat(reading, directory + "/stat");
          if (stat != null && stat.state() == 'D') {
            TaskId id = new TaskId(tid, stat.startTicks());
            blocked.add(new Candidate(directory, id, stat, null, false));
            if (toFollow.size() < MAX_FOLLOWED) {
              toFollow.put(directory, tid);
            }
          }
        });
    followed = toFollow;
    return blocked;
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
