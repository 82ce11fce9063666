package io.netnswatch.collector.proc;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A task that may be of interest, by its stat alone.
 *
 * @param directory where it stands below /proc: {@code PID} or {@code PID/task/TID}
 * @param cpuUse CPUs used since the snapshot before; null if it was not there
 * @param hot whether it is a kernel thread above the threshold
 */
record Candidate(
    String directory, TaskId id, ProcPidStat stat, @Nullable Double cpuUse, boolean hot) {

  /** Hot kernel threads, then what may be a namespace command, then what else is blocked. */
  static final Comparator<Candidate> EXAMINED_FIRST =
      Comparator.comparing((Candidate candidate) -> !candidate.hot())
          .thenComparing(candidate -> !candidate.mayBeCommand())
          .thenComparing(Candidate::cpuUse, Comparator.nullsLast(Comparator.reverseOrder()))
          .thenComparing(candidate -> candidate.stat().pid());

  boolean uninterruptible() {
    return stat.state() == 'D';
  }

  boolean mayBeCommand() {
    return mayBeCommand(stat);
  }

  static boolean mayBeCommand(ProcPidStat stat) {
    return stat.comm().equals("ip") || stat.comm().equals("unshare");
  }
}
