package io.netnswatch.collector.proc;

import io.netnswatch.schema.ProcSnapshot;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Instant;

/**
 * Takes snapshots of a /proc and prints a line of each: CPU time in ms, bytes of the event, tasks,
 * tasks of interest, those omitted, unreadable. PROC PROCESSES.
 */
public final class HugeHostSampling {

  static final int SNAPSHOTS = 4;

  private HugeHostSampling() {}

  public static void main(String[] arguments) throws Exception {
    Path proc = Path.of(arguments[0]);
    int processes = Integer.parseInt(arguments[1]);
    ProcSampler sampler = new ProcSampler(null);
    ProcFiles files = new ProcDirectory(proc);
    Instant at = Instant.parse("2026-11-22T12:00:00Z");
    for (int i = 0; i < SNAPSHOTS; i++) {
      HugeHost.spin(proc, processes, 500L * i);
      long begin = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      ProcSnapshot snapshot =
          sampler
              .sample(files, at.plusSeconds(5L * i))
              .snapshot()
              .setHost("huge")
              .setBootId("boot")
              .setCollectorStartedAt(at)
              .setSequence(i)
              .setKernelRelease("4.15.1")
              .build();
      long end = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      System.out.printf(
          "%d %d %d %d %d %d%n",
          (end - begin) / 1_000_000,
          ProcSnapshot.getEncoder().encode(snapshot).remaining(),
          snapshot.getTaskCounts().getTotal(),
          snapshot.getTasksOfInterest().size(),
          snapshot.getTasksOmitted(),
          snapshot.getUnreadable().size());
    }
  }
}
