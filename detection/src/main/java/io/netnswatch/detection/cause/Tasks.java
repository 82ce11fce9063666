package io.netnswatch.detection.cause;

import io.netnswatch.detection.cause.Task.Origin;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One reading of each task, from all that was seen of it. */
final class Tasks {

  /** /proc says how a task is now, perf what it does, the log what it once did. */
  private static final Comparator<Task> BEST_FIRST =
      Comparator.comparing(Task::origin)
          .reversed()
          .thenComparing(Comparator.comparingLong(Task::observedAtMs).reversed())
          .thenComparing(task -> String.valueOf(task.looks()));

  private Tasks() {}

  /** What the stacks of tasks say, each task once; in the order of their ids. */
  static List<Reading> readings(List<Task> tasks) {
    Map<Integer, List<Task>> byPid = new TreeMap<>();
    tasks.stream()
        .sorted(BEST_FIRST)
        .forEach(task -> byPid.computeIfAbsent(task.pid(), it -> new ArrayList<>()).add(task));
    List<Reading> readings = new ArrayList<>();
    for (List<Task> seen : byPid.values()) {
      Reading reading = reading(seen);
      if (reading != null) {
        readings.add(reading);
      }
    }
    return readings;
  }

  private static @Nullable Reading reading(List<Task> seen) {
    Task best = seen.get(0);
    Reading reading = StackReader.read(best);
    for (Task other : seen.subList(1, seen.size())) {
      Reading ownWork = reading == null ? null : ownWork(reading, other);
      if (ownWork != null) {
        reading = ownWork;
        continue;
      }
      boolean saysMore =
          reading == null
              || reading.role() == Role.HOT_WORKER
              || (reading.function() == null && best.isRunning());
      if (saysMore && isSame(best, other) && isOfNow(best, other)) {
        Reading more = StackReader.read(best.withLooks(other.looks()));
        reading = more != null && more.role() != Role.HOT_WORKER ? more : reading;
      } else if (other.origin() == Origin.PERF && isSame(best, other) && best.isRunning()) {
        Reading more = StackReader.read(best.withLooks(sampled(best, other)));
        reading = more == null ? reading : more;
      }
    }
    return reading;
  }

  /**
   * What an earlier look at a task shows of its own work, where the last one caught it in an
   * interrupt: one look of many does not tell what the CPU goes into.
   */
  private static @Nullable Reading ownWork(Reading last, Task earlier) {
    if (last.waitsFor() != WaitKind.INTERRUPTED
        || earlier.origin() != Origin.PROC
        || !isSame(last.task(), earlier)) {
      return null;
    }
    Reading before = StackReader.read(earlier);
    return before != null && before.waitsFor() == WaitKind.NOTHING ? before : null;
  }

  /**
   * All looks; where the samples are of interrupts, these: a single look does not outweigh them.
   */
  private static List<List<String>> sampled(Task best, Task byPerf) {
    if (byPerf.looks().stream().allMatch(CpuTime::isOfInterrupt)) {
      return byPerf.looks();
    }
    List<List<String>> looks = new ArrayList<>(best.looks());
    looks.addAll(byPerf.looks());
    return looks;
  }

  /** What perf saw of a running task it may do now; a trace of the log, if /proc shows nothing. */
  private static boolean isOfNow(Task best, Task other) {
    return other.origin() != Origin.PERF || best.isRunning() || best.looks().isEmpty();
  }

  /** A worker's name may carry the work it is at: kworker/u8:2+netns. */
  private static boolean isSame(Task a, Task b) {
    return plain(a.comm()).equals(plain(b.comm()));
  }

  private static String plain(String comm) {
    return comm.startsWith("kworker") ? comm.replaceFirst("[-+].*", "") : comm;
  }
}
