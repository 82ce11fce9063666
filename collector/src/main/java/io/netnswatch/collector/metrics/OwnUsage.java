package io.netnswatch.collector.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a process has used, by {@code /proc/PID/stat} (fs/proc/array.c, do_task_stat).
 *
 * @param cpuSeconds of the process and of its children that have ended
 * @param residentBytes memory of the process alone
 */
public record OwnUsage(double cpuSeconds, long residentBytes) {

  // Indexes of the fields after the name; proc(5) counts from 1 and calls the first of these 3.
  private static final int UTIME = 11;
  private static final int CSTIME = 14;
  private static final int RSS = 21;

  /** USER_HZ, which the kernel has fixed at 100 for all that read /proc. */
  private static final double TICKS_PER_SECOND = 100;

  /** PAGE_SIZE where most hosts run; x86-64, and arm64 unless configured otherwise. */
  private static final int PAGE_BYTES = 4096;

  /**
   * Of this process.
   *
   * @throws IOException if the file can't be read, or is no such file
   */
  public static OwnUsage read() throws IOException {
    return parse(Files.readString(Path.of("/proc/self/stat")));
  }

  static OwnUsage parse(String stat) throws IOException {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
    if (fields.length <= RSS) {
      throw new IOException("PID/stat: at least 24 fields expected: " + stat);
    }
    try {
      long ticks = 0;
      for (int i = UTIME; i <= CSTIME; i++) {
        ticks += Long.parseLong(fields[i]);
      }
      return new OwnUsage(ticks / TICKS_PER_SECOND, Long.parseLong(fields[RSS]) * PAGE_BYTES);
    } catch (NumberFormatException e) {
      throw new IOException("PID/stat: numbers expected: " + stat, e);
    }
  }
}
