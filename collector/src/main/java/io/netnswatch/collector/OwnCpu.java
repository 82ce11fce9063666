package io.netnswatch.collector;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * CPU time that a process and its children have used since its start, those that are gone included:
 * {@code stat} of it and of its living children (fs/proc/array.c), whichever cgroup they are in.
 *
 * @param procRoot where this process's own proc is mounted
 * @param pid the process
 */
record OwnCpu(Path procRoot, long pid) {

  private static final int UTIME = 11; // counted behind the name, as in ProcPidStat
  private static final int CSTIME = 14;
  private static final long MS_PER_TICK = 10;

  /** Of this process. */
  static OwnCpu ofThisProcess() {
    return new OwnCpu(Path.of("/proc"), ProcessHandle.current().pid());
  }

  /**
   * What has been used so far.
   *
   * @throws IOException if it can't be read
   */
  Duration used() throws IOException {
    long ticks = ticks(pid);
    try (DirectoryStream<Path> threads =
        Files.newDirectoryStream(procRoot.resolve(pid + "/task"))) {
      for (Path thread : threads) {
        ticks += childTicks(thread.resolve("children"));
      }
    }
    return Duration.ofMillis(ticks * MS_PER_TICK);
  }

  private long childTicks(Path children) throws IOException {
    long ticks = 0;
    try {
      for (String child : Files.readString(children).split(" ", -1)) {
        ticks += child.isBlank() ? 0 : ticks(Long.parseLong(child.strip()));
      }
    } catch (NoSuchFileException e) {
      return ticks; // a thread that has ended, or a kernel without CONFIG_PROC_CHILDREN
    }
    return ticks;
  }

  private long ticks(long of) throws IOException {
    String stat = Files.readString(procRoot.resolve(of + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", CSTIME + 2);
    long ticks = 0;
    for (int field = UTIME; field <= CSTIME; field++) {
      ticks += Long.parseLong(fields[field]);
    }
    return ticks;
  }
}
