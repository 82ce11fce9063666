package io.netnswatch.collector.proc;

import io.netnswatch.detection.cause.Reading;
import io.netnswatch.detection.cause.Role;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Who holds rtnl and sleeps as idle programs do (S): nothing but its stack tells it from these, and
 * stacks of all are too many to read in every snapshot. Looked for in turn while others wait for
 * rtnl and nobody is seen to hold it. Not thread-safe.
 */
final class SleepingOwners {

  /** Processes in a turn. */
  private static final int LOOKED_AT = 200;

  private List<Integer> found = List.of();
  private int nextPid;

  /**
   * Those that hold rtnl: who did so in the snapshot before, or else of the processes whose turn it
   * is.
   *
   * @param pids of all processes, ascending
   * @param sought whether others waited for rtnl in the snapshot before, and nobody held it
   */
  List<Candidate> look(ProcReading reading, List<Integer> pids, boolean sought) {
    Set<Integer> turn = new LinkedHashSet<>(found);
    if (sought) {
      addTurn(pids, turn);
    }
    List<Candidate> owners = new ArrayList<>();
    for (int pid : turn) {
      ProcPidStat stat = reading.stat(String.valueOf(pid));
      if (stat != null && mayOwn(stat) && owns(reading, stat)) {
        TaskId id = new TaskId(pid, stat.startTicks());
        owners.add(new Candidate(String.valueOf(pid), pid, id, stat, null, false, true));
      }
    }
    found = owners.stream().map(Candidate::tgid).toList();
    return owners;
  }

  private void addTurn(List<Integer> pids, Set<Integer> turn) {
    int at = Collections.binarySearch(pids, nextPid);
    int begin = at < 0 ? -at - 1 : at;
    for (int i = 0; i < Math.min(LOOKED_AT, pids.size()); i++) {
      int pid = pids.get((begin + i) % pids.size());
      turn.add(pid);
      nextPid = pid + 1;
    }
  }

  private static boolean mayOwn(ProcPidStat stat) {
    return stat.state() == 'S' && (!stat.kernelThread() || stat.comm().startsWith("kworker"));
  }

  private static boolean owns(ProcReading reading, ProcPidStat stat) {
    String stack = reading.optional(stat.pid() + "/stack");
    Reading read =
        stack == null
            ? null
            : TaskExaminer.read(stat, null, List.of(ProcPidStack.parse(stack)), null);
    return read != null && read.role() == Role.RTNL_OWNER;
  }
}
