package io.netnswatch.detection;

import io.netnswatch.detection.cause.Task;
import io.netnswatch.detection.evidence.BootEvidence;
import io.netnswatch.detection.evidence.CleanupWorker;
import io.netnswatch.detection.evidence.CreatorsSeen;
import io.netnswatch.detection.evidence.DeviceReference;
import io.netnswatch.detection.evidence.SeenTask;
import io.netnswatch.detection.evidence.SlowCreation;
import io.netnswatch.detection.signature.Kernel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a window adds to what is known of a boot, whatever the signature. */
final class BootFacts {

  /** A worker not seen for longer is forgotten. */
  private static final long WORKER_MS = 60_000;

  /** So many commands are remembered. */
  private static final int MAX_COMMANDS = 16;

  /** What perf or the kernel log saw is worth as much for so long: hung tasks repeat at 120 s. */
  private static final long TASK_MS = 300_000;

  /** The message comes every 10 s as long as it is true. */
  private static final long DEVICE_MS = 60_000;

  private BootFacts() {}

  static BootState after(BootState before, BootEvidence window, long windowEndMs) {
    CreatorsSeen creators = window.creators();
    Long unblockedMs = creators != null && creators.count() == 0 ? creators.atMs() : null;
    return new BootState(
        before.bootId(),
        Kernel.better(before.kernel(), window.kernel()),
        later(before.creationSucceededMs(), window.creationSucceededMs()),
        later(before.promptCreationMs(), window.promptCreationMs()),
        window.profiled() ? Long.valueOf(windowEndMs) : before.profiledMs(),
        window.looked() ? Long.valueOf(windowEndMs) : before.lookedMs(),
        finishedLatencyMs(before, window),
        before.signatures().isEmpty() ? null : later(before.unblockedMs(), unblockedMs),
        creators == null ? before.creators() : unblockedMs != null ? null : creators,
        commands(before.commands(), window.commands()),
        workers(before.workers(), window.workers(), windowEndMs),
        tasks(before, window, windowEndMs),
        devices(before.devices(), window.devices(), windowEndMs),
        Standstill.after(before, window, windowEndMs),
        before.signatures());
  }

  private static @Nullable Long finishedLatencyMs(BootState before, BootEvidence window) {
    if (!window.slow().isEmpty()) {
      return window.slow().stream().mapToLong(SlowCreation::latencyMs).max().orElseThrow();
    }
    return window.promptCreationMs() != null ? null : before.finishedLatencyMs();
  }

  /** The latest of them. */
  private static List<Integer> commands(List<Integer> before, List<Integer> seen) {
    if (seen.isEmpty()) {
      return before;
    }
    List<Integer> commands = new ArrayList<>(before);
    commands.removeAll(seen);
    commands.addAll(seen);
    return commands.subList(Math.max(0, commands.size() - MAX_COMMANDS), commands.size());
  }

  /**
   * A snapshot shows anew which tasks there are; what perf and the kernel log saw is remembered for
   * a while, and so is all of it where no snapshot was taken. One that has died in the kernel says
   * nothing any more and holds what it held, until a creation that finishes shows that this was no
   * lock of creations.
   */
  private static List<SeenTask> tasks(BootState state, BootEvidence window, long nowMs) {
    List<SeenTask> before = state.tasks();
    if (before.isEmpty()) {
      return window.tasks();
    }
    List<SeenTask> tasks = new ArrayList<>();
    for (SeenTask task : window.tasks()) {
      SeenTask older = sameAs(task, before);
      tasks.add(older == null ? task : task.rememberingStackOf(older));
    }
    for (SeenTask older : before) {
      boolean replaced = older.task().origin() == Task.Origin.PROC && window.looked();
      if (!replaced
          && sameAs(older, window.tasks()) == null
          && (older.task().isDead()
              ? !hasCreatedSince(older.task().observedAtMs(), state, window)
              : nowMs - older.task().observedAtMs() <= TASK_MS)) {
        tasks.add(older);
      }
    }
    return tasks.size() <= SeenTask.MAX_PER_HOST ? tasks : tasks.subList(0, SeenTask.MAX_PER_HOST);
  }

  private static boolean hasCreatedSince(long timeMs, BootState before, BootEvidence window) {
    Long createdMs = later(before.creationSucceededMs(), window.creationSucceededMs());
    return createdMs != null && createdMs > timeMs;
  }

  private static @Nullable SeenTask sameAs(SeenTask one, List<SeenTask> tasks) {
    for (SeenTask task : tasks) {
      if (task.task().pid() == one.task().pid() && task.task().origin() == one.task().origin()) {
        return task;
      }
    }
    return null;
  }

  private static List<DeviceReference> devices(
      List<DeviceReference> before, List<DeviceReference> seen, long nowMs) {
    if (before.isEmpty()) {
      return seen;
    }
    List<DeviceReference> devices = new ArrayList<>();
    for (DeviceReference device : seen) {
      DeviceReference older = sameAs(device, before);
      devices.add(older == null ? device : device.rememberingHolderOf(older));
    }
    for (DeviceReference older : before) {
      if (sameAs(older, seen) == null && nowMs - older.observedAtMs() <= DEVICE_MS) {
        devices.add(older);
      }
    }
    return devices.size() <= DeviceReference.MAX_PER_HOST
        ? devices
        : devices.subList(0, DeviceReference.MAX_PER_HOST);
  }

  private static @Nullable DeviceReference sameAs(
      DeviceReference one, List<DeviceReference> devices) {
    for (DeviceReference device : devices) {
      if (device.device().equals(one.device())) {
        return device;
      }
    }
    return null;
  }

  private static List<CleanupWorker> workers(
      List<CleanupWorker> before, List<CleanupWorker> seen, long nowMs) {
    if (before.isEmpty()) {
      return seen;
    }
    List<CleanupWorker> workers = new ArrayList<>();
    for (CleanupWorker worker : seen) {
      CleanupWorker older = ofPid(before, worker.pid());
      workers.add(older == null ? worker : worker.rememberingStackOf(older));
    }
    for (CleanupWorker older : before) {
      if (ofPid(seen, older.pid()) == null && nowMs - older.observedAtMs() <= WORKER_MS) {
        workers.add(older);
      }
    }
    return workers.size() <= CleanupWorker.MAX_PER_HOST
        ? workers
        : workers.subList(0, CleanupWorker.MAX_PER_HOST);
  }

  /** A worker among others; null if it is not. */
  static @Nullable CleanupWorker ofPid(List<CleanupWorker> workers, int pid) {
    for (CleanupWorker worker : workers) {
      if (worker.pid() == pid) {
        return worker;
      }
    }
    return null;
  }

  static @Nullable Long later(@Nullable Long a, @Nullable Long b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return Math.max(a, b);
  }
}
