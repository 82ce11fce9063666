package io.netnswatch.collector;

import io.netnswatch.collector.text.LogFinding;
import io.netnswatch.detection.cause.Reading;
import io.netnswatch.detection.cause.Role;
import io.netnswatch.detection.cause.StackReader;
import io.netnswatch.detection.cause.Task;
import io.netnswatch.detection.evidence.SeenTask;
import io.netnswatch.schema.CommandOutcome;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.TaskOfInterest;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether anything still hangs where a recording ends. An incident stays open for a minute after
 * its last sign, which a recording may not have.
 */
final class LastLooks {

  private LastLooks() {}

  /**
   * Since when nothing hangs any more.
   *
   * @param snapshots by time
   * @param commands of which one may still run
   * @return the first snapshot after the last one that shows trouble; null if the last one does, if
   *     none does, if the last one could not read what the others did, or if a command hangs
   */
  static @Nullable Instant quietSince(List<ProcSnapshot> snapshots, List<NetnsLatency> commands) {
    int troubled = snapshots.size() - 1;
    while (troubled >= 0 && !isTroubled(snapshots.get(troubled))) {
      troubled--;
    }
    if (troubled < 0 || troubled == snapshots.size() - 1) {
      return null;
    }
    Instant since = snapshots.get(troubled + 1).getCollectedAt();
    boolean quiet = commands.stream().noneMatch(it -> stillRuns(it, since));
    return quiet && readsAsMuch(snapshots.get(snapshots.size() - 1), snapshots.get(troubled))
        ? since
        : null;
  }

  private static boolean stillRuns(NetnsLatency command, Instant since) {
    return command.getOutcome() == CommandOutcome.STILL_RUNNING
        && !command.getObservedAt().isBefore(since);
  }

  private static boolean readsAsMuch(ProcSnapshot last, ProcSnapshot troubled) {
    return troubled.getUnreadable().containsAll(last.getUnreadable());
  }

  private static boolean isTroubled(ProcSnapshot snapshot) {
    Integer blocked = snapshot.getBlockedCreationCount();
    long atMs = snapshot.getCollectedAt().toEpochMilli();
    return (blocked != null && blocked > 0)
        || snapshot.getTasksOfInterest().stream().anyMatch(task -> isInTrouble(task, atMs))
        || snapshot.getKernelLog().stream()
            .anyMatch(it -> it.getCategory().equals(LogFinding.Category.DEVICE_REFERENCE.name()));
  }

  private static boolean isInTrouble(TaskOfInterest of, long atMs) {
    Task task = SeenTask.taskOf(of, atMs);
    Reading reading = StackReader.read(task);
    boolean ofNamespaces = reading != null && reading.role() != Role.DEVICE_WORKER;
    return ofNamespaces || (task.isHot() && task.mayCleanUp());
  }
}
