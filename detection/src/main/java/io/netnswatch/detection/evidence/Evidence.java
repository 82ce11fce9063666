package io.netnswatch.detection.evidence;

import io.netnswatch.detection.signature.Kernel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one event of one host says that a signature can use.
 *
 * @param bootId the boot it belongs to
 * @param eventTimeMs event time, epoch milliseconds
 * @param collectorStartedAtMs run of the collector it comes from, epoch milliseconds
 * @param sequence its place among that run's events
 * @param kernel the kernel it was seen on
 * @param observation what was seen
 */
public record Evidence(
    String bootId,
    long eventTimeMs,
    long collectorStartedAtMs,
    long sequence,
    Kernel kernel,
    Observation observation) {

  /** What one event shows. */
  public sealed interface Observation {}

  /**
   * A perf slice.
   *
   * @param conclusive whether it would have shown hot code: its symbols have names, and not too
   *     many samples were lost
   * @param hotCode per signature with at least one sample of its code; empty and conclusive says
   *     that the CPUs were looked at and none ran it
   * @param tasks those at work with namespaces locked, at most {@link SeenTask#MAX_PER_HOST}
   */
  public record Profile(boolean conclusive, List<HotCode> hotCode, List<SeenTask> tasks)
      implements Observation {
    public Profile {
      hotCode = List.copyOf(hotCode);
      tasks = List.copyOf(tasks);
    }
  }

  /**
   * A namespace creation that succeeded.
   *
   * @param latencyMs how long it took
   * @param prompt whether no signature calls it slow
   * @param slow the creation, if one does and it was a probe: of other programs only those are seen
   *     that take long, so they say nothing of how creation fares in general; null otherwise
   */
  public record CreationSucceeded(long latencyMs, boolean prompt, @Nullable SlowCreation slow)
      implements Observation {}

  /** A namespace creation that is running, was killed at its time limit, or failed. */
  public record CreationBlocked(BlockedCreation creation) implements Observation {}

  /** A namespace command that no signature looks at; it still moves the host's watermark. */
  public record Irrelevant() implements Observation {}

  /**
   * A proc snapshot.
   *
   * @param uptimeMs time since boot, milliseconds; null if not read
   * @param workersMeasured whether CPU use could be measured: not in the first of a run
   * @param workers the most relevant kernel workers, at most {@link CleanupWorker#MAX_PER_HOST}
   * @param hotCode per signature, a busy worker whose stack runs through its code
   * @param creation the task that has been longest inside the kernel's creation path; null if none
   * @param creators all tasks inside the kernel's creation path; null if it could not be told
   * @param suspects per signature, the task whose stack fits its foremost suggestion
   * @param imbalances unbalanced fragment counters, at most {@link FragmentImbalance#MAX_PER_HOST}
   * @param tasks those that have to do with namespaces, at most {@link SeenTask#MAX_PER_HOST}
   * @param devices network devices that the kernel log says are waited for
   */
  public record Snapshot(
      @Nullable Long uptimeMs,
      boolean workersMeasured,
      List<CleanupWorker> workers,
      List<HotCode> hotCode,
      @Nullable BlockedCreation creation,
      @Nullable CreatorsSeen creators,
      List<Suspect> suspects,
      List<FragmentImbalance> imbalances,
      List<SeenTask> tasks,
      List<DeviceReference> devices)
      implements Observation {
    public Snapshot {
      tasks = List.copyOf(tasks);
      devices = List.copyOf(devices);
      workers = List.copyOf(workers);
      hotCode = List.copyOf(hotCode);
      suspects = List.copyOf(suspects);
      imbalances = List.copyOf(imbalances);
    }
  }
}
