package io.netnswatch.collector.proc;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A task that may be of interest, by its stat alone.
 *
 * @param directory where it stands below /proc: {@code PID} or {@code PID/task/TID}
 * @param tgid its process
 * @param cpuUse CPUs used since the snapshot before; null if that could not be measured
 * @param hot whether it used more than the threshold since the snapshot before
 * @param followed whether its stack concerned namespaces when last seen
 */
record Candidate(
    String directory,
    int tgid,
    TaskId id,
    ProcPidStat stat,
    @Nullable Double cpuUse,
    boolean hot,
    boolean followed) {

  /** A worker has it behind its name while it runs the work of net/core/net_namespace.c. */
  private static final String WORK = "+netns";

  /**
   * Hot kernel threads, what concerned namespaces when last seen, what may be a namespace command
   * or the cleanup by its name, what else is blocked, and what else runs.
   */
  static final Comparator<Candidate> EXAMINED_FIRST =
      Comparator.comparing((Candidate candidate) -> !candidate.hotKernelThread())
          .thenComparing(candidate -> !candidate.followed())
          .thenComparing(candidate -> !candidate.isNamed())
          .thenComparing(candidate -> !candidate.uninterruptible())
          .thenComparing(Candidate::cpuUse, Comparator.nullsLast(Comparator.reverseOrder()))
          .thenComparing(candidate -> candidate.stat().pid());

  /** Whether a task is one by its state, its name or what it used. */
  static boolean isOne(ProcPidStat stat, boolean hot) {
    return hot || stat.state() == 'D' || stat.state() == 'R' || isNamed(stat);
  }

  boolean uninterruptible() {
    return stat.state() == 'D';
  }

  /** A program that runs; of kernel threads too few do at once to count. */
  boolean runningProgram() {
    return !stat.kernelThread() && !uninterruptible() && !mayBeCommand();
  }

  boolean hotKernelThread() {
    return hot && stat.kernelThread();
  }

  boolean mayBeCommand() {
    return mayBeCommand(stat);
  }

  private boolean isNamed() {
    return isNamed(stat);
  }

  private static boolean mayBeCommand(ProcPidStat stat) {
    return stat.comm().equals("ip") || stat.comm().equals("unshare");
  }

  private static boolean isNamed(ProcPidStat stat) {
    return mayBeCommand(stat) || (stat.kernelThread() && stat.comm().endsWith(WORK));
  }
}
