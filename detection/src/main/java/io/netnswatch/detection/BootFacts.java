package io.netnswatch.detection;

import io.netnswatch.detection.evidence.BootEvidence;
import io.netnswatch.detection.evidence.CleanupWorker;
import io.netnswatch.detection.evidence.CreatorsSeen;
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
