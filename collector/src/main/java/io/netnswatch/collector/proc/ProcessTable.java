package io.netnswatch.collector.proc;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Processes as they were when last read: 30 bytes each, so that a hundred thousand of them fit in
 * the memory of a collector. Filled once, then read.
 */
final class ProcessTable {

  static final int UNKNOWN = -1;

  private static final byte KERNEL_THREAD = 1;
  private static final byte MULTITHREADED = 2;
  private static final byte HOT = 4;
  private static final byte RUNTIME = 8;

  private final int[] pids;
  private final long[] startTicks;
  private final long[] cpuTicks;
  private final int[] readInSurvey;
  private final int[] readAtMs;
  private final byte[] states;
  private final byte[] flags;
  private int size;

  /** Room for so many. */
  ProcessTable(int capacity) {
    pids = new int[capacity];
    startTicks = new long[capacity];
    cpuTicks = new long[capacity];
    readInSurvey = new int[capacity];
    readAtMs = new int[capacity];
    states = new byte[capacity];
    flags = new byte[capacity];
  }

  /** Of no process. */
  static ProcessTable empty() {
    return new ProcessTable(0);
  }

  /**
   * Adds one as it is now; in ascending order of pid.
   *
   * @param survey the survey that read it
   * @param kernelMs when it was read
   */
  void add(int pid, ProcPidStat stat, boolean hot, int survey, long kernelMs) {
    pids[size] = pid;
    startTicks[size] = stat.startTicks();
    cpuTicks[size] = stat.cpuTicks();
    readInSurvey[size] = survey;
    readAtMs[size] = (int) kernelMs;
    states[size] = (byte) stat.state();
    flags[size] =
        (byte)
            ((stat.kernelThread() ? KERNEL_THREAD : 0)
                | (stat.threads() > 1 ? MULTITHREADED : 0)
                | (hot ? HOT : 0)
                | (OfInterest.isRuntime(stat.comm()) ? RUNTIME : 0));
    size++;
  }

  /** Adds one as it was before; in ascending order of pid. */
  void addUnchanged(ProcessTable before, int index) {
    pids[size] = before.pids[index];
    startTicks[size] = before.startTicks[index];
    cpuTicks[size] = before.cpuTicks[index];
    readInSurvey[size] = before.readInSurvey[index];
    readAtMs[size] = before.readAtMs[index];
    states[size] = before.states[index];
    flags[size] = before.flags[index];
    size++;
  }

  int size() {
    return size;
  }

  int pid(int index) {
    return pids[index];
  }

  /** Where a process stands; {@value #UNKNOWN} if it was not there. */
  int indexOf(int pid) {
    return Math.max(UNKNOWN, Arrays.binarySearch(pids, 0, size, pid));
  }

  char state(int index) {
    return (char) states[index];
  }

  boolean isMultithreaded(int index) {
    return (flags[index] & MULTITHREADED) != 0;
  }

  /** Whether its threads are to be read first: it was hot, or creates namespaces. */
  boolean isPreferred(int index) {
    return (flags[index] & (HOT | RUNTIME)) != 0;
  }

  boolean isSleepingProgram(int index) {
    return states[index] == 'S' && (flags[index] & KERNEL_THREAD) == 0;
  }

  /** Whether it is the same process, and was read in that survey. */
  boolean wasRead(int index, ProcPidStat stat, int survey) {
    return readInSurvey[index] == survey && startTicks[index] == stat.startTicks();
  }

  /** Ticks of CPU time it has used since it was read. */
  long ticksSince(int index, ProcPidStat stat) {
    return stat.cpuTicks() - cpuTicks[index];
  }

  /** Milliseconds since it was read. */
  long elapsedMs(int index, long kernelMs) {
    int elapsed = (int) kernelMs - readAtMs[index]; // the low 32 bits come round in 49 days
    return elapsed;
  }

  /** Processes that are there now and were not in another table, or are others. */
  List<Integer> newSince(ProcessTable before) {
    return IntStream.range(0, size)
        .filter(
            index -> {
              int known = before.indexOf(pids[index]);
              return known == UNKNOWN || before.startTicks[known] != startTicks[index];
            })
        .mapToObj(index -> pids[index])
        .toList();
  }
}
