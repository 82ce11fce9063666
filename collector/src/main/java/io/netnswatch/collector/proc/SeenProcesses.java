package io.netnswatch.collector.proc;

import java.util.Arrays;
import java.util.List;

/**
 * Processes as they were when last looked at: 26 bytes each, so that a hundred thousand of them fit
 * in the memory of a collector. Filled once, then read.
 */
final class SeenProcesses {

  static final int UNKNOWN = -1;

  private final int[] pids;
  private final long[] startTicks;
  private final long[] cpuTicks;
  private final int[] lookedAt;
  private final byte[] states;
  private final byte[] flags;
  private int size;

  private static final byte KERNEL_THREAD = 1;
  private static final byte MULTITHREADED = 2;

  private SeenProcesses(int capacity) {
    pids = new int[capacity];
    startTicks = new long[capacity];
    cpuTicks = new long[capacity];
    lookedAt = new int[capacity];
    states = new byte[capacity];
    flags = new byte[capacity];
  }

  /** Room for some. */
  static SeenProcesses withRoomFor(List<Integer> processes) {
    return new SeenProcesses(processes.size());
  }

  /**
   * Adds one as it is now; in ascending order of pid.
   *
   * @param survey the survey that looked at it
   */
  void add(int pid, ProcPidStat stat, int survey) {
    int flag = (stat.kernelThread() ? KERNEL_THREAD : 0) | (stat.threads() > 1 ? MULTITHREADED : 0);
    add(pid, stat.startTicks(), stat.cpuTicks(), survey, (byte) stat.state(), (byte) flag);
  }

  /** Adds one as it was before; in ascending order of pid. */
  void addUnchanged(SeenProcesses before, int index) {
    add(
        before.pids[index],
        before.startTicks[index],
        before.cpuTicks[index],
        before.lookedAt[index],
        before.states[index],
        before.flags[index]);
  }

  private void add(int pid, long start, long cpu, int survey, byte state, byte flag) {
    pids[size] = pid;
    startTicks[size] = start;
    cpuTicks[size] = cpu;
    lookedAt[size] = survey;
    states[size] = state;
    flags[size] = flag;
    size++;
  }

  int size() {
    return size;
  }

  /** Where a process stands; {@value #UNKNOWN} if it was not there. */
  int indexOf(int pid) {
    return Math.max(UNKNOWN, Arrays.binarySearch(pids, 0, size, pid));
  }

  char state(int index) {
    return (char) states[index];
  }

  boolean multithreaded(int index) {
    return (flags[index] & MULTITHREADED) != 0;
  }

  /** Whether it is a user process that slept. */
  boolean maySleepOn(int index) {
    return states[index] == 'S' && (flags[index] & KERNEL_THREAD) == 0;
  }

  /** Whether it is the same process, and was looked at in that survey. */
  boolean measured(int index, ProcPidStat stat, int survey) {
    return lookedAt[index] == survey && startTicks[index] == stat.startTicks();
  }

  long cpuTicks(int index) {
    return cpuTicks[index];
  }
}
