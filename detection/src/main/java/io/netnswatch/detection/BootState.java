package io.netnswatch.detection;

import io.netnswatch.detection.cause.Role;
import io.netnswatch.detection.cause.Task;
import io.netnswatch.detection.evidence.CleanupWorker;
import io.netnswatch.detection.evidence.CreatorsSeen;
import io.netnswatch.detection.evidence.DeviceReference;
import io.netnswatch.detection.evidence.SeenTask;
import io.netnswatch.detection.signature.Kernel;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of one boot of a host.
 *
 * @param bootId the boot
 * @param kernel its kernel; null if no event said
 * @param creationSucceededMs when a namespace creation last succeeded; null if never seen
 * @param promptCreationMs when one last did promptly; null if never seen
 * @param profiledMs end of the last window with a conclusive perf slice; null if never seen
 * @param lookedMs end of the last window with a snapshot; null if never seen
 * @param finishedLatencyMs how long the creation took that finished last and was seen to be slow;
 *     null if the last was prompt, or none was seen
 * @param unblockedMs time of the last snapshot that showed no creation under way, while a signature
 *     was remembered; null if none did
 * @param creators tasks inside the creation of a namespace, as last seen; null if there were none
 * @param commands pids of commands of late whose creation had not succeeded
 * @param workers the most relevant kernel workers of late
 * @param tasks those that had to do with namespaces of late
 * @param devices network devices that the kernel log of late says are waited for
 * @param standstills tasks that hold the lock of the namespaces and do not go on
 * @param signatures those whose conditions hold or that had an incident of late
 */
public record BootState(
    String bootId,
    @Nullable Kernel kernel,
    @Nullable Long creationSucceededMs,
    @Nullable Long promptCreationMs,
    @Nullable Long profiledMs,
    @Nullable Long lookedMs,
    @Nullable Long finishedLatencyMs,
    @Nullable Long unblockedMs,
    @Nullable CreatorsSeen creators,
    List<Integer> commands,
    List<CleanupWorker> workers,
    List<SeenTask> tasks,
    List<DeviceReference> devices,
    List<Standstill> standstills,
    List<SignatureState> signatures) {

  public BootState {
    commands = List.copyOf(commands);
    workers = List.copyOf(workers);
    tasks = List.copyOf(tasks);
    devices = List.copyOf(devices);
    standstills = List.copyOf(standstills);
    signatures = List.copyOf(signatures);
  }

  private static BootState knowingOnly(
      String bootId, @Nullable Kernel kernel, List<SignatureState> signatures) {
    return new BootState(
        bootId,
        kernel,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        signatures);
  }

  static BootState fresh(String bootId) {
    return knowingOnly(bootId, null, List.of());
  }

  BootState withSignatures(List<SignatureState> states) {
    return new BootState(
        bootId,
        kernel,
        creationSucceededMs,
        promptCreationMs,
        profiledMs,
        lookedMs,
        finishedLatencyMs,
        unblockedMs,
        creators,
        commands,
        workers,
        tasks,
        devices,
        standstills,
        states);
  }

  /** After the host's clock was set: nothing is known but that incidents are open. */
  BootState inTimeOf(long timeMs) {
    List<SignatureState> open =
        signatures.stream()
            .filter(state -> state.open() != null)
            .map(state -> state.inTimeOf(timeMs))
            .toList();
    return knowingOnly(bootId, kernel, open);
  }

  /**
   * The task that has been standing still longest, if one has for so long; one that only waits for
   * the lock comes after those that hold it.
   */
  @Nullable Standstill standstill(long atLeastMs) {
    return standstills.stream()
        .filter(standstill -> standstill.lastsMs() >= atLeastMs)
        .min(Comparator.comparing(Standstill::isWaiting).thenComparingLong(Standstill::sinceMs))
        .orElse(null);
  }

  /**
   * Whether a creation would hang, though none may be under way: somebody has held the lock for so
   * long, a module that is loaded or removed queues for it, or a worker spins that does not show in
   * what.
   */
  boolean isHeldUp(long atLeastMs) {
    return standstill(atLeastMs) != null
        || SeenTask.readings(tasks).stream()
            .filter(reading -> reading.task().origin() == Task.Origin.PROC)
            .anyMatch(
                reading ->
                    reading.role() == Role.PERNET_WRITER || reading.role() == Role.HOT_WORKER);
  }

  /** The state of a signature; quiet if nothing is remembered of it. */
  SignatureState signature(String signatureId) {
    for (SignatureState state : signatures) {
      if (state.signatureId().equals(signatureId)) {
        return state;
      }
    }
    return SignatureState.quiet(signatureId);
  }

  /** Whether a process is one of the commands. */
  boolean isCommand(int pid) {
    return commands.contains(pid);
  }

  boolean hasOpenIncident() {
    for (SignatureState state : signatures) {
      if (state.open() != null) {
        return true;
      }
    }
    return false;
  }
}
