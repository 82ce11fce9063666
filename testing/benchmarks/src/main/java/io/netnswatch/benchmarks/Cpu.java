package io.netnswatch.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** CPU time and memory as the kernel counts them (proc(5)). */
final class Cpu {

  /** USER_HZ on all Linux platforms that have a JDK. */
  private static final long TICK_MS = 10;

  private static final int UTIME = 11;
  private static final int STIME = 12;

  private Cpu() {}

  /** What a process has used, without the JVM's compiler threads: they end their work. */
  static Duration withoutCompilers(long pid) throws IOException {
    Path process = Path.of("/proc/" + pid);
    Duration used = of(process.resolve("stat"));
    List<Path> tasks;
    try (Stream<Path> all = Files.list(process.resolve("task"))) {
      tasks = all.toList();
    }
    for (Path task : tasks) {
      used = used.minus(isCompiler(task) ? of(task.resolve("stat")) : Duration.ZERO);
    }
    return used;
  }

  private static boolean isCompiler(Path task) throws IOException {
    try {
      return Files.readString(task.resolve("comm")).contains("CompilerThre");
    } catch (NoSuchFileException e) {
      return false; // a thread that has ended; the compilers' stay
    }
  }

  /** What a process has used. */
  static Duration of(long pid) throws IOException {
    return of(Path.of("/proc/" + pid + "/stat"));
  }

  /** Resident memory of a process, MiB. */
  static long residentMib(long pid) throws IOException {
    try (Stream<String> status = Files.lines(Path.of("/proc/" + pid + "/status"))) {
      return status
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
          .findFirst()
          .orElseThrow();
    }
  }

  private static Duration of(Path stat) throws IOException {
    String line = Files.readString(stat);
    String[] afterComm = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
    long ticks = Long.parseLong(afterComm[UTIME]) + Long.parseLong(afterComm[STIME]);
    return Duration.ofMillis(ticks * TICK_MS);
  }
}
