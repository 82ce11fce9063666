package io.netnswatch.collector;

import io.netnswatch.collector.proc.OfInterest;
import io.netnswatch.collector.text.SemaphoreWaits;
import io.netnswatch.collector.text.SemaphoreWaits.Sleeper;
import io.netnswatch.collector.text.TaskName;
import io.netnswatch.detection.cause.Task;
import io.netnswatch.detection.evidence.SeenTask;
import io.netnswatch.schema.CommandOutcome;
import io.netnswatch.schema.NetnsCommand;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.TaskOfInterest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Workers that are at the cleanup of namespaces by their name, or may be, and have done nothing
 * else for a minute, though no stack shows what: hot at every look, or asleep without a pause. In
 * words.
 */
final class UnseenWorkers {

  private static final long LASTING_MS = 60_000;

  private static final int MOST = 2;

  private UnseenWorkers() {}

  /** One worker at one kind of thing, look after look. */
  private record Run(Task worker, boolean hot, @Nullable String wchan, long sinceMs, long untilMs) {

    boolean lasts() {
      return untilMs - sinceMs >= LASTING_MS;
    }
  }

  /**
   * Those of the last snapshot while no creation finishes: the first to be suspected.
   *
   * @param snapshots by time
   * @param commands of namespaces
   */
  static List<String> suspects(List<ProcSnapshot> snapshots, List<NetnsLatency> commands) {
    return words(snapshots, commands, false);
  }

  /** Those of the last snapshot beside which creations finish: they need not be in trouble. */
  static List<String> beside(List<ProcSnapshot> snapshots, List<NetnsLatency> commands) {
    return words(snapshots, commands, true);
  }

  private static List<String> words(
      List<ProcSnapshot> snapshots, List<NetnsLatency> commands, boolean finishing) {
    if (snapshots.isEmpty()) {
      return List.of();
    }
    List<Sleeper> waiting = waiting(snapshots.get(snapshots.size() - 1));
    long finishedMs = lastFinishedMs(snapshots, commands);
    return runs(snapshots).stream()
        .filter(run -> run.worker().cleansUp() || (run.hot() && !waiting.isEmpty()))
        .filter(run -> (finishedMs > run.sinceMs()) == finishing)
        .map(run -> words(run, waiting, finishing))
        .limit(MOST)
        .toList();
  }

  private static String words(Run run, List<Sleeper> waiting, boolean finishing) {
    Task worker = run.worker();
    return TaskName.of(worker.pid(), worker.comm())
        + (run.hot()
            ? " has been hot at every look for "
            : " has slept" + where(worker) + " without a pause for ")
        + (run.untilMs() - run.sinceMs()) / 1_000
        + " s"
        + (worker.cleansUp()
            ? ", in the cleanup of namespaces by its name"
            : ", a worker as the cleanup of namespaces runs in")
        + (waiting.isEmpty() ? "" : ", while " + SemaphoreWaits.names(waiting) + " wait")
        + ", and no stack shows what it does"
        + (finishing
            ? "; creations finish meanwhile"
            : run.hot() ? ": take perf (perf record -a -g)" : " (as root: cat /proc/PID/stack)");
  }

  private static String where(Task worker) {
    return worker.looks().isEmpty() ? "" : " in " + worker.looks().get(0).get(0);
  }

  private static List<Sleeper> waiting(ProcSnapshot snapshot) {
    return SemaphoreWaits.lasting(
        snapshot.getTasksOfInterest().stream()
            .filter(task -> !hasStack(task))
            .map(EvidenceSummary::sleeper)
            .toList());
  }

  /** Those that go on in the last snapshot, and of which no snapshot shows a stack. */
  private static List<Run> runs(List<ProcSnapshot> snapshots) {
    Map<Integer, Run> runs = new HashMap<>();
    Set<Integer> seen = new HashSet<>();
    @Nullable Long before = null;
    for (ProcSnapshot snapshot : snapshots) {
      long atMs = snapshot.getCollectedAt().toEpochMilli();
      Map<Integer, Run> now = new HashMap<>();
      for (TaskOfInterest task : snapshot.getTasksOfInterest()) {
        Run run = hasStack(task) ? null : run(task, atMs, before, runs.get(task.getPid()));
        if (run != null) {
          now.put(task.getPid(), run);
        } else if (hasStack(task)) {
          seen.add(task.getPid());
        }
      }
      runs = now;
      before = atMs;
    }
    List<Run> lasting = new ArrayList<>(runs.values());
    lasting.removeIf(run -> !run.lasts() || seen.contains(run.worker().pid()));
    lasting.sort((a, b) -> Long.compare(a.sinceMs(), b.sinceMs()));
    return lasting;
  }

  private static @Nullable Run run(
      TaskOfInterest of, long atMs, @Nullable Long beforeMs, @Nullable Run before) {
    Task task = SeenTask.taskOf(of, atMs);
    boolean asleep = task.state().startsWith("D") && task.cleansUp() && !task.hasRun();
    if (!task.isWorker() || !task.mayCleanUp() || !(task.isHot() || asleep)) {
      return null;
    }
    long beganMs = task.isHot() && beforeMs != null ? beforeMs : atMs;
    boolean hot = task.isHot();
    String wchan = of.getWchan();
    if (before != null && before.hot() == hot && (hot || Objects.equals(before.wchan(), wchan))) {
      beganMs = before.sinceMs();
    }
    return new Run(task, hot, wchan, beganMs, atMs);
  }

  static boolean hasStack(TaskOfInterest task) {
    return task.getStack() != null && !task.getStack().isEmpty();
  }

  /** When a creation of a namespace was last seen to have finished; the least long if never. */
  static long lastFinishedMs(List<ProcSnapshot> snapshots, List<NetnsLatency> commands) {
    long lastMs =
        commands.stream()
            .filter(it -> it.getCommand() == NetnsCommand.ADD)
            .filter(it -> it.getOutcome() == CommandOutcome.SUCCEEDED)
            .mapToLong(it -> it.getObservedAt().toEpochMilli())
            .max()
            .orElse(Long.MIN_VALUE);
    Set<Integer> creating = Set.of();
    for (ProcSnapshot snapshot : snapshots) {
      Integer created = snapshot.getCreatedNetnsCount();
      Set<Integer> now = creating(snapshot);
      if ((created != null && created > 0) || !now.containsAll(creating)) {
        lastMs = Math.max(lastMs, snapshot.getCollectedAt().toEpochMilli());
      }
      creating = now;
    }
    return lastMs;
  }

  private static Set<Integer> creating(ProcSnapshot snapshot) {
    Set<Integer> creating = new HashSet<>();
    for (TaskOfInterest task : snapshot.getTasksOfInterest()) {
      List<String> stack = task.getStack();
      String wchan = task.getWchan();
      if ((wchan != null && OfInterest.isCreation(wchan))
          || (stack != null && stack.stream().anyMatch(OfInterest::isCreation))) {
        creating.add(task.getPid());
      }
    }
    return creating;
  }
}
