package io.netnswatch.collector.metrics;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a process has used since its start, whichever control group it is in.
 *
 * @param cpu of the process and of its children, living and gone: {@code PID/stat}
 *     (fs/proc/array.c, do_task_stat)
 * @param residentBytes memory of the process alone: {@code VmRSS} of {@code PID/status}
 *     (fs/proc/task_mmu.c)
 */
public record OwnUsage(Duration cpu, long residentBytes) {

  // Indexes of the fields after the name; proc(5) counts from 1 and calls the first of these 3.
  private static final int UTIME = 11;
  private static final int CSTIME = 14;

  /** USER_HZ, which the kernel has fixed at 100 for all that read /proc. */
  private static final long MS_PER_TICK = 10;

  private static final Pattern RESIDENT =
      Pattern.compile("^VmRSS:\\s+(\\d{1,15}) kB$", Pattern.MULTILINE);

  /**
   * Of this process.
   *
   * @throws IOException see {@link #of}
   */
  public static OwnUsage ofThisProcess() throws IOException {
    return of(Path.of("/proc"), ProcessHandle.current().pid());
  }

  /**
   * Of a process.
   *
   * @param procRoot where the proc is mounted that knows it by this number
   * @throws IOException if its files can't be read, or are no such files
   */
  public static OwnUsage of(Path procRoot, long pid) throws IOException {
    Path directory = procRoot.resolve(Long.toString(pid));
    long ticks = ticks(directory);
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(directory.resolve("task"))) {
      for (Path thread : threads) {
        ticks += ticksOfChildren(procRoot, thread.resolve("children"));
      }
    }
    return new OwnUsage(Duration.ofMillis(ticks * MS_PER_TICK), residentBytes(directory));
  }

  private static long ticksOfChildren(Path procRoot, Path children) throws IOException {
    long ticks = 0;
    for (String child : children(children)) {
      ticks += ticksIfAlive(procRoot.resolve(child));
    }
    return ticks;
  }

  private static long ticksIfAlive(Path child) throws IOException {
    try {
      return ticks(child);
    } catch (NoSuchFileException e) {
      return 0; // from now on it counts with those that are gone
    }
  }

  private static List<String> children(Path children) throws IOException {
    try {
      String pids = Files.readString(children).strip();
      return pids.isEmpty() ? List.of() : List.of(pids.split(" ", -1));
    } catch (NoSuchFileException e) {
      return List.of(); // a thread that has ended, or a kernel without CONFIG_PROC_CHILDREN
    }
  }

  private static long ticks(Path directory) throws IOException {
    String stat = Files.readString(directory.resolve("stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", CSTIME + 2);
    if (fields.length <= CSTIME) {
      throw new IOException("PID/stat: at least 17 fields expected: " + stat);
    }
    try {
      long ticks = 0;
      for (int field = UTIME; field <= CSTIME; field++) {
        ticks += Long.parseLong(fields[field]);
      }
      return ticks;
    } catch (NumberFormatException e) {
      throw new IOException("PID/stat: numbers expected: " + stat, e);
    }
  }

  private static long residentBytes(Path directory) throws IOException {
    Matcher resident = RESIDENT.matcher(Files.readString(directory.resolve("status")));
    if (!resident.find()) {
      throw new IOException("PID/status: VmRSS expected");
    }
    return Long.parseLong(resident.group(1)) << 10;
  }
}
