package io.netnswatch.collector;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** CPU time of the calling thread, by {@code /proc/thread-self/schedstat} (sched-stats.rst). */
final class ThreadCpu {

  private static final Path SCHEDSTAT = Path.of("/proc/thread-self/schedstat");

  private ThreadCpu() {}

  /**
   * Nanoseconds that the calling thread has run; where the kernel does not count them, those of the
   * clock: an upper bound of what passes between two calls.
   */
  static long nanos() {
    try {
      String ran = Files.readString(SCHEDSTAT);
      long nanos = Long.parseLong(ran.substring(0, ran.indexOf(' ')));
      return nanos > 0 ? nanos : System.nanoTime(); // 0 where it is not counted
    } catch (IOException | RuntimeException e) {
      return System.nanoTime();
    }
  }
}
