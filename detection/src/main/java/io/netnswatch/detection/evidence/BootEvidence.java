package io.netnswatch.detection.evidence;

import io.netnswatch.detection.evidence.Evidence.CreationBlocked;
import io.netnswatch.detection.evidence.Evidence.CreationSucceeded;
import io.netnswatch.detection.evidence.Evidence.Observation;
import io.netnswatch.detection.evidence.Evidence.Profile;
import io.netnswatch.detection.evidence.Evidence.Snapshot;
import io.netnswatch.detection.signature.Kernel;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The evidence of one boot in one window.
 *
 * <p>Merging keeps a maximum by a total order everywhere, so it is commutative, associative and
 * idempotent: neither the order of arrival nor duplicates can change a window.
 *
 * @param bootId the boot
 * @param firstEventMs earliest event time, epoch milliseconds
 * @param kernel the kernel
 * @param profiled whether a conclusive perf slice ended in this window
 * @param measured whether a snapshot of this window could measure CPU use
 * @param looked whether /proc was looked at
 * @param hotCode by signature and origin, the hottest; none though profiled is a sign of health
 * @param creationSucceededMs latest time a creation succeeded, epoch milliseconds; null if none
 * @param promptCreationMs latest time a prompt one did; null if none
 * @param slowestCreationMs how long the slowest that succeeded took, for those who look; null if
 *     none
 * @param slow the creations that succeeded and that a signature calls slow, the slowest
 * @param creation the oldest creation that had not succeeded; null if none
 * @param commands pids of commands whose creation had not succeeded: their records tell what became
 *     of them
 * @param creators the tasks inside the creation path, as the latest snapshot that could tell saw
 *     them; null if none could
 * @param workers the most relevant kernel workers
 * @param suspects by signature, the task that fits the foremost suggestion
 * @param imbalances unbalanced fragment counters by namespace
 * @param tasks those that have to do with namespaces, by source and pid
 * @param devices network devices that the kernel log says are waited for
 */
public record BootEvidence(
    String bootId,
    long firstEventMs,
    @Nullable Kernel kernel,
    boolean profiled,
    boolean measured,
    boolean looked,
    List<HotCode> hotCode,
    @Nullable Long creationSucceededMs,
    @Nullable Long promptCreationMs,
    @Nullable Long slowestCreationMs,
    List<SlowCreation> slow,
    @Nullable BlockedCreation creation,
    List<Integer> commands,
    @Nullable CreatorsSeen creators,
    List<CleanupWorker> workers,
    List<Suspect> suspects,
    List<FragmentImbalance> imbalances,
    List<SeenTask> tasks,
    List<DeviceReference> devices) {

  /** So many commands of a window are kept. */
  private static final int MAX_COMMANDS = 8;

  public BootEvidence {
    hotCode = List.copyOf(hotCode);
    slow = List.copyOf(slow);
    commands = List.copyOf(commands);
    workers = List.copyOf(workers);
    suspects = List.copyOf(suspects);
    imbalances = List.copyOf(imbalances);
    tasks = List.copyOf(tasks);
    devices = List.copyOf(devices);
  }

  /** With creations that were found to have finished by a time, and whether others had besides. */
  public BootEvidence withFinished(long atMs, List<SlowCreation> finished, boolean others) {
    return new BootEvidence(
        bootId,
        firstEventMs,
        kernel,
        profiled,
        measured,
        looked,
        hotCode,
        Merge.greater(creationSucceededMs, atMs, Comparator.naturalOrder()),
        others
            ? Merge.greater(promptCreationMs, atMs, Comparator.naturalOrder())
            : promptCreationMs,
        slowestCreationMs,
        Merge.greatest(
            SlowCreation.MAX_PER_WINDOW,
            slow,
            finished,
            SlowCreation::commandId,
            SlowCreation.BY_LATENCY),
        creation,
        commands,
        creators,
        workers,
        suspects,
        imbalances,
        tasks,
        devices);
  }

  /** Whether a process is one of the commands. */
  public boolean isCommand(int pid) {
    return commands.contains(pid);
  }

  /** Whether nothing in it can speak for a signature. */
  public boolean showsNothing() {
    return hotCode.isEmpty()
        && slow.isEmpty()
        && creation == null
        && suspects.isEmpty()
        && imbalances.isEmpty()
        && tasks.isEmpty()
        && devices.isEmpty();
  }

  /** The hottest code of a signature from one origin, if any was seen. */
  public @Nullable HotCode hotCode(String signatureId, HotCode.Origin origin) {
    for (HotCode hot : hotCode) {
      if (hot.origin() == origin && hot.signatureId().equals(signatureId)) {
        return hot;
      }
    }
    return null;
  }

  /** The task that fits the foremost suggestion of a signature, if any does. */
  public @Nullable Suspect suspect(String signatureId) {
    for (Suspect suspect : suspects) {
      if (suspect.signatureId().equals(signatureId)) {
        return suspect;
      }
    }
    return null;
  }

  /** What one piece of evidence shows. */
  public static BootEvidence of(Evidence evidence) {
    Observation seen = evidence.observation();
    CreationSucceeded done = seen instanceof CreationSucceeded it ? it : null;
    SlowCreation slow = done == null ? null : done.slow();
    Snapshot snapshot = seen instanceof Snapshot taken ? taken : null;
    List<HotCode> hotCode = snapshot == null ? List.of() : snapshot.hotCode();
    BlockedCreation creation = snapshot == null ? null : snapshot.creation();
    Integer command = null;
    List<SeenTask> tasks = snapshot == null ? List.of() : snapshot.tasks();
    if (seen instanceof Profile profile) {
      hotCode = profile.hotCode();
      tasks = profile.tasks();
    }
    if (seen instanceof CreationBlocked blocked) {
      creation = blocked.creation();
      command = creation.pid();
    }
    return new BootEvidence(
        evidence.bootId(),
        evidence.eventTimeMs(),
        evidence.kernel(),
        seen instanceof Profile profile && profile.conclusive(),
        snapshot != null && snapshot.workersMeasured(),
        snapshot != null,
        hotCode,
        done != null ? evidence.eventTimeMs() : null,
        done != null && done.prompt() ? evidence.eventTimeMs() : null,
        done == null ? null : done.latencyMs(),
        slow == null ? List.of() : List.of(slow),
        creation,
        command == null ? List.of() : List.of(command),
        snapshot == null ? null : snapshot.creators(),
        snapshot == null ? List.of() : snapshot.workers(),
        snapshot == null ? List.of() : snapshot.suspects(),
        snapshot == null ? List.of() : snapshot.imbalances(),
        tasks,
        snapshot == null ? List.of() : snapshot.devices());
  }

  /** This and more evidence of the same boot and window. */
  public BootEvidence merge(BootEvidence other) {
    return new BootEvidence(
        bootId,
        Math.min(firstEventMs, other.firstEventMs),
        Kernel.better(kernel, other.kernel),
        profiled || other.profiled,
        measured || other.measured,
        looked || other.looked,
        Merge.greatest(
            Integer.MAX_VALUE,
            hotCode,
            other.hotCode,
            hot -> hot.signatureId() + hot.origin(),
            HotCode.BY_SIGNATURE_AND_HEAT),
        Merge.greater(creationSucceededMs, other.creationSucceededMs, Comparator.naturalOrder()),
        Merge.greater(promptCreationMs, other.promptCreationMs, Comparator.naturalOrder()),
        Merge.greater(slowestCreationMs, other.slowestCreationMs, Comparator.naturalOrder()),
        Merge.greatest(
            SlowCreation.MAX_PER_WINDOW,
            slow,
            other.slow,
            SlowCreation::commandId,
            SlowCreation.BY_LATENCY),
        Merge.greater(creation, other.creation, BlockedCreation.BY_AGE),
        Merge.greatest(
            MAX_COMMANDS, commands, other.commands, pid -> pid, Comparator.naturalOrder()),
        Merge.greater(creators, other.creators, CreatorsSeen.BY_TIME),
        Merge.greatest(
            CleanupWorker.MAX_PER_HOST,
            workers,
            other.workers,
            CleanupWorker::pid,
            CleanupWorker.BY_RELEVANCE),
        Merge.greatest(
            Integer.MAX_VALUE,
            suspects,
            other.suspects,
            Suspect::signatureId,
            Suspect.BY_SIGNATURE_AND_WEIGHT),
        Merge.greatest(
            FragmentImbalance.MAX_PER_HOST,
            imbalances,
            other.imbalances,
            FragmentImbalance::namespace,
            FragmentImbalance.BY_TIME),
        TaskFinder.few(tasks, other.tasks),
        TaskFinder.fewDevices(devices, other.devices));
  }
}
