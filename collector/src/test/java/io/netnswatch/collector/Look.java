package io.netnswatch.collector;

import io.netnswatch.schema.KernelLogEntry;
import io.netnswatch.schema.NetnsCounts;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.TaskCounts;
import io.netnswatch.schema.TaskOfInterest;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Snapshots as a collector sends them, and what they show. */
final class Look {

  private Look() {}

  static ProcSnapshot at(
      Instant at,
      List<TaskOfInterest> tasks,
      List<KernelLogEntry> log,
      int creations,
      List<String> unreadable) {
    ProcSnapshot.Builder snapshot =
        ProcSnapshot.newBuilder()
            .setCollectedAt(at)
            .setKernelVersion("")
            .setCpuCount(1)
            .setNetnsCounts(new NetnsCounts(null, null, null))
            .setFragmentCounters(List.of())
            .setTaskCounts(new TaskCounts(1, 0, 0, 1, 0, 0))
            .setTasksOfInterest(tasks)
            .setTasksOmitted(0)
            .setBlockedCreationCount(creations)
            .setKernelLog(log)
            .setUnreadable(unreadable);
    return (ProcSnapshot) new Envelope("h", "b", "6.1.0", at).seal(snapshot).value();
  }

  static TaskOfInterest.Builder task(int pid, String comm, String state) {
    return TaskOfInterest.newBuilder()
        .setPid(pid)
        .setComm(comm)
        .setKernelThread(comm.startsWith("kworker"))
        .setState(state)
        .setReasons(List.of());
  }

  static TaskOfInterest waiting(int pid, String comm, @Nullable String wchan, long forMs) {
    return task(pid, comm, "D").setWchan(wchan).setBlockedForMs(forMs).build();
  }
}
