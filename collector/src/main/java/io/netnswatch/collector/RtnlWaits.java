package io.netnswatch.collector;

import io.netnswatch.collector.text.TaskName;
import io.netnswatch.detection.cause.Reading;
import io.netnswatch.detection.cause.StackReader;
import io.netnswatch.detection.cause.Task;
import io.netnswatch.detection.cause.WaitKind;
import io.netnswatch.detection.evidence.SeenTask;
import io.netnswatch.detection.signature.Kernel;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.TaskOfInterest;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Who holds the rtnl lock, or waits for it, for a minute or longer at the end of what was recorded,
 * in words. Without a creation that hangs it opens no incident. It has lasted as long as the looks
 * allow: a task that ran in between, or was elsewhere, began anew, and so does all that took rtnl
 * when a creation finished, which takes it, too.
 */
final class RtnlWaits {

  private static final long LASTING_MS = 60_000;

  private static final int MOST = 4;

  private static final String AND_SO =
      ": creations and the cleanup of namespaces take that lock, too";

  private RtnlWaits() {}

  /**
   * Of the last snapshot; empty if nobody has waited for so long.
   *
   * @param snapshots by time
   * @param commands of namespaces
   */
  static List<String> words(List<ProcSnapshot> snapshots, List<NetnsLatency> commands) {
    if (snapshots.isEmpty()) {
      return List.of();
    }
    ProcSnapshot last = snapshots.get(snapshots.size() - 1);
    long atMs = last.getCollectedAt().toEpochMilli();
    long finishedMs = UnseenWorkers.lastFinishedMs(snapshots, commands);
    Kernel kernel = new Kernel(last.getKernelRelease(), last.getKernelVersion());
    List<Reading> readings =
        last.getTasksOfInterest().stream()
            .map(it -> anew(it, Math.max(finishedMs, movedMs(it, snapshots)), atMs))
            .map(StackReader::read)
            .filter(Objects::nonNull)
            .map(it -> on(kernel, it))
            .sorted(Comparator.<Reading>comparingLong(RtnlWaits::lastsMs).reversed())
            .toList();
    List<Reading> waiting =
        readings.stream().filter(it -> it.waitsFor() == WaitKind.RTNL && isLasting(it)).toList();
    Optional<Reading> owner =
        readings.stream()
            .filter(Reading::ownsRtnl)
            .filter(it -> isLasting(it) || !waiting.isEmpty())
            .findFirst();
    return owner.isPresent()
        ? List.of(held(owner.get(), waiting))
        : waiting.isEmpty() ? List.of() : List.of(waited(waiting));
  }

  /**
   * The same on one kernel. From 4.17 on who registers a notifier of devices, or takes it back, is
   * more often queued for the lock of the namespaces: that is not said to wait for rtnl.
   */
  private static Reading on(Kernel kernel, Reading reading) {
    boolean excluding = kernel.isBefore(4, 17);
    Reading queued = excluding || reading.waitsForMutex() ? reading : reading.from417();
    return queued.on(kernel.lowest());
  }

  /** The task, which has not been so for longer than since then. */
  private static Task anew(TaskOfInterest of, long movedMs, long atMs) {
    Long forMs = of.getBlockedForMs();
    boolean shorter = forMs != null && atMs - forMs < movedMs;
    return SeenTask.taskOf(
        shorter
            ? TaskOfInterest.newBuilder(of).setBlockedForMs(Math.max(0, atMs - movedMs)).build()
            : of,
        atMs);
  }

  /** When the looks last saw that it had run, or that it was somewhere else the time before. */
  private static long movedMs(TaskOfInterest of, List<ProcSnapshot> snapshots) {
    TaskOfInterest later = of;
    for (int i = snapshots.size() - 1; i >= 0; i--) {
      long atMs = snapshots.get(i).getCollectedAt().toEpochMilli();
      if (Task.hasRun(later.getCpuUse())) {
        return atMs;
      }
      TaskOfInterest before = i == 0 ? null : seen(of, snapshots.get(i - 1));
      if (before == null) {
        return Long.MIN_VALUE;
      }
      if (!Objects.equals(before.getStack(), later.getStack())
          || !Objects.equals(before.getWchan(), later.getWchan())) {
        return atMs;
      }
      later = before;
    }
    return Long.MIN_VALUE;
  }

  private static @Nullable TaskOfInterest seen(TaskOfInterest of, ProcSnapshot snapshot) {
    return snapshot.getTasksOfInterest().stream()
        .filter(it -> it.getPid() == of.getPid() && it.getComm().equals(of.getComm()))
        .findFirst()
        .orElse(null);
  }

  private static String held(Reading owner, List<Reading> waiting) {
    boolean own = owner.waitsFor() == WaitKind.OWN_RTNL;
    return name(owner)
        + " holds the rtnl lock"
        + (own ? ", takes it once more and so waits for itself" : "")
        + in(owner)
        + (isLasting(owner) ? ", for " + lastsMs(owner) / 1000 + " s" : "")
        + (waiting.isEmpty() ? "" : "; " + who(waiting) + " for it")
        + AND_SO;
  }

  private static String waited(List<Reading> waiting) {
    return who(waiting)
        + " for the rtnl lock, and no stack shows who holds it (as root: echo w >"
        + " /proc/sysrq-trigger; dmesg)"
        + AND_SO;
  }

  private static String who(List<Reading> waiting) {
    String names =
        waiting.stream()
            .limit(MOST)
            .map(it -> name(it) + in(it) + (it.sure() ? "" : ", likely,"))
            .collect(Collectors.joining("; "));
    int more = waiting.size() - MOST;
    return names
        + (more > 0 ? "; and " + more + " more" : "")
        + (waiting.size() == 1 ? " has" : " have")
        + " waited for up to "
        + lastsMs(waiting.get(0)) / 1000
        + " s";
  }

  private static String in(Reading reading) {
    String function = reading.place();
    return function == null ? "" : " (in " + function + ")";
  }

  private static String name(Reading reading) {
    return TaskName.of(reading.task().pid(), reading.task().comm());
  }

  private static boolean isLasting(Reading reading) {
    return lastsMs(reading) >= LASTING_MS;
  }

  private static long lastsMs(Reading reading) {
    Long lastsMs = reading.task().lastsMs();
    return lastsMs == null ? 0 : lastsMs;
  }
}
