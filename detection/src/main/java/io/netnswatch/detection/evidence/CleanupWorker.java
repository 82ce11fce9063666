package io.netnswatch.detection.evidence;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A kernel worker that is busy or inside the namespace cleanup, as /proc shows it.
 *
 * @param pid process id
 * @param comm name, e.g. {@code kworker/u4:0}
 * @param state one letter as in /proc/PID/stat
 * @param cpuUse CPUs used between two snapshots; null in the first
 * @param inCleanup whether its stack contains {@code cleanup_net}
 * @param stack function names, innermost first; empty if not shown
 * @param observedAtMs when it was seen, epoch milliseconds
 * @param source record it was read from
 */
public record CleanupWorker(
    int pid,
    String comm,
    String state,
    @Nullable Double cpuUse,
    boolean inCleanup,
    List<String> stack,
    long observedAtMs,
    @Nullable SourceRef source) {

  /** So many of a host are kept. */
  public static final int MAX_PER_HOST = 3;

  /** Inside the cleanup is greater, then busier; the rest only makes the order total. */
  static final Comparator<CleanupWorker> BY_RELEVANCE =
      Comparator.comparing(CleanupWorker::inCleanup)
          .thenComparing(CleanupWorker::cpuUse, Comparator.nullsFirst(Comparator.naturalOrder()))
          .thenComparingLong(CleanupWorker::observedAtMs)
          .thenComparingInt(CleanupWorker::pid)
          .thenComparing(CleanupWorker::comm)
          .thenComparing(CleanupWorker::state)
          .thenComparing(worker -> String.join("\n", worker.stack))
          .thenComparing(CleanupWorker::source, Merge.EARLIEST_SOURCE);

  public CleanupWorker {
    stack = Frames.kept(stack);
  }

  /**
   * As it is now, with the stack it last showed: that of a running task often reads empty.
   *
   * @param older the same task, seen earlier
   */
  public CleanupWorker rememberingStackOf(CleanupWorker older) {
    return !inCleanup && stack.isEmpty() && older.inCleanup && older.comm.equals(comm)
        ? new CleanupWorker(pid, comm, state, cpuUse, true, older.stack, observedAtMs, source)
        : this;
  }
}
