package io.netnswatch.detection;

import io.netnswatch.detection.evidence.BootEvidence;
import io.netnswatch.detection.evidence.CleanupWorker;
import io.netnswatch.detection.evidence.CreatorsSeen;
import io.netnswatch.detection.evidence.CreatorsSeen.Creator;
import io.netnswatch.detection.evidence.SlowCreation;
import java.util.List;

/**
 * Creations of other programs that finished: seen inside the kernel's creation path in one
 * snapshot, and in the next no longer. So a host is judged on which nobody runs {@code ip}. How
 * long they took is what was seen of it, at least that.
 */
final class CreationProgress {

  /** From this use of a CPU on a cleanup spins: what vanishes then may as well have been killed. */
  private static final double SPINNING_CPUS = 0.25;

  private CreationProgress() {}

  /** A window, and in it what its latest snapshot shows to have finished since the one before. */
  static BootEvidence inferred(BootState before, BootEvidence window) {
    CreatorsSeen now = window.creators();
    if (now == null) {
      return window;
    }
    Integer created = now.created();
    List<SlowCreation> finished = finished(before, window, now);
    boolean others = created != null && created > finished.size();
    return finished.isEmpty() && !others
        ? window
        : window.withFinished(now.atMs(), finished, others);
  }

  private static List<SlowCreation> finished(
      BootState before, BootEvidence window, CreatorsSeen now) {
    CreatorsSeen then = before.creators();
    Integer created = now.created();
    if (then == null || !now.isComplete() || now.atMs() <= then.atMs()) {
      return List.of();
    }
    List<Creator> gone =
        then.listed().stream()
            .filter(it -> !now.lists(it.pid()))
            .filter(it -> !before.isCommand(it.pid()) && !window.isCommand(it.pid()))
            .toList();
    if (created == null ? spins(window.workers()) : created == 0) {
      return List.of();
    }
    return gone.stream()
        .limit(created == null ? gone.size() : created)
        .map(
            it ->
                new SlowCreation(
                    it.pid() + "-" + it.startedAtMs(),
                    it.startedAtMs(),
                    then.atMs(),
                    then.source()))
        .toList();
  }

  private static boolean spins(List<CleanupWorker> workers) {
    return workers.stream()
        .anyMatch(worker -> worker.cpuUse() != null && worker.cpuUse() >= SPINNING_CPUS);
  }
}
