package io.netnswatch.detection;

import io.netnswatch.detection.cause.HeldDevice;
import io.netnswatch.detection.cause.KernelFunctions;
import io.netnswatch.detection.cause.Reading;
import io.netnswatch.detection.cause.Role;
import io.netnswatch.detection.cause.Task;
import io.netnswatch.detection.cause.WaitKind;
import io.netnswatch.detection.evidence.BootEvidence;
import io.netnswatch.detection.evidence.DeviceReference;
import io.netnswatch.detection.evidence.SeenTask;
import io.netnswatch.detection.evidence.SourceRef;
import io.netnswatch.detection.signature.Kernel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A task that holds the lock of the namespaces and has been in one function ever since it was first
 * seen there: a cleanup in one exit handler, a module being loaded or removed, or a creation that
 * does not get done with its own part. Or a module's load or removal that is queued for the lock:
 * whoever holds it has not let it go for so long, and every creation queues behind. Or a cleanup
 * that has let the lock go and waits in its last step: no namespace dies meanwhile. Or one that
 * waits for the lock itself, which another task has not let go for so long.
 *
 * @param pid process id; -1 if the task was not seen
 * @param comm name; of a task that was not seen, the network device it waits for
 * @param role what it does: CLEANUP, PERNET_WRITER or CREATOR
 * @param function the handler it is in
 * @param waitsIn the function from which it waits there; null while it runs
 * @param state one letter as in /proc/PID/stat, as last seen
 * @param cpuUse CPUs it used when last seen; null if not measured
 * @param frames its stack as last shown, innermost first
 * @param sinceMs since when it has been there, epoch milliseconds
 * @param observedAtMs when it was last seen there, epoch milliseconds
 * @param source record it was last read from
 */
public record Standstill(
    int pid,
    String comm,
    Role role,
    String function,
    @Nullable String waitsIn,
    String state,
    @Nullable Double cpuUse,
    List<String> frames,
    long sinceMs,
    long observedAtMs,
    @Nullable SourceRef source) {

  /** The process id of a task that only the kernel's log tells of. */
  private static final int NOBODY = -1;

  private static final String CLEANUP_NET = "cleanup_net";

  private static final String DEVICE_WAIT = "netdev_wait_allrefs";

  /** The message comes first after so long, and then as often. */
  private static final long DEVICE_MESSAGE_MS = 10_000;

  /** After so long without one the wait is over; a later message is of another. */
  private static final long DEVICE_QUIET_MS = 3 * DEVICE_MESSAGE_MS;

  /** So many of a host are followed. */
  private static final int MAX_PER_HOST = 4;

  public Standstill {
    frames = List.copyOf(frames);
  }

  /** How long it has been there, milliseconds. */
  public long lastsMs() {
    return observedAtMs - sinceMs;
  }

  /**
   * Those of a boot after a window. A window without a snapshot changes nothing; what snapshots no
   * longer show has gone on.
   */
  static List<Standstill> after(BootState before, BootEvidence window, long windowEndMs) {
    if (!window.looked()) {
      return before.standstills();
    }
    List<Standstill> after = new ArrayList<>();
    Long finishedMs = BootFacts.later(before.creationSucceededMs(), window.creationSucceededMs());
    Kernel kernel = Kernel.better(before.kernel(), window.kernel());
    for (SeenTask seen : window.tasks()) {
      Standstill now =
          of(
              seen,
              ofPid(before.standstills(), seen.task().pid()),
              hungSinceMs(window, seen.task()),
              finishedMs == null ? 0 : finishedMs,
              kernel);
      if (now != null && after.size() < MAX_PER_HOST) {
        after.add(now);
      }
    }
    return after.isEmpty() ? ofDevices(before, window, windowEndMs) : after;
  }

  /**
   * Who waits for a device that is still referenced may not be seen; that somebody does is what the
   * kernel's log says, every 10 s.
   */
  private static List<Standstill> ofDevices(
      BootState before, BootEvidence window, long windowEndMs) {
    List<Standstill> after = new ArrayList<>();
    for (DeviceReference device : window.devices()) {
      Standstill older = ofDevice(before.standstills(), device.device());
      if (after.size() < MAX_PER_HOST) {
        after.add(
            new Standstill(
                NOBODY,
                device.device(),
                Role.CLEANUP,
                DEVICE_WAIT,
                DEVICE_WAIT,
                "D",
                null,
                List.of(),
                older != null && device.observedAtMs() - older.observedAtMs <= DEVICE_QUIET_MS
                    ? older.sinceMs
                    : device.observedAtMs() - DEVICE_MESSAGE_MS,
                device.observedAtMs(),
                device.source()));
      }
    }
    for (Standstill older : before.standstills()) {
      if (!older.isSeen()
          && after.size() < MAX_PER_HOST
          && ofDevice(after, older.comm) == null
          && windowEndMs - older.observedAtMs <= DEVICE_QUIET_MS) {
        after.add(older);
      }
    }
    return HeldDevice.ofNamespaces(after, Standstill::comm, SeenTask.readings(window.tasks()));
  }

  private static @Nullable Standstill ofDevice(List<Standstill> standstills, String device) {
    for (Standstill standstill : standstills) {
      if (!standstill.isSeen() && standstill.comm.equals(device)) {
        return standstill;
      }
    }
    return null;
  }

  /** Whether the task itself was seen; if not, {@code comm} is the network device it waits for. */
  boolean isSeen() {
    return pid != NOBODY || !frames.isEmpty();
  }

  /**
   * Whether it only waits for the lock: to load or remove a module, or to tear namespaces down,
   * which another task that holds it keeps it from.
   */
  boolean isWaiting() {
    return isQueued() || (role == Role.CLEANUP && CLEANUP_NET.equals(waitsIn));
  }

  /** Whether it only waits for the lock, to load or remove a module. */
  boolean isQueued() {
    return role == Role.PERNET_WRITER && KernelFunctions.registersPernet(function);
  }

  /**
   * Since when the kernel's own watch has not seen a task run, if a report of the window's log says
   * so: then it is one wait, and not one of many. Null if none does.
   */
  private static @Nullable Long hungSinceMs(BootEvidence window, Task task) {
    Long earliest = null;
    for (SeenTask other : window.tasks()) {
      Task hung = other.task();
      Long sinceMs = hung.sinceMs();
      if (hung.origin() == Task.Origin.LOG
          && hung.pid() == task.pid()
          && !hung.isRunning()
          && sinceMs != null
          && (earliest == null || sinceMs < earliest)) {
        earliest = sinceMs;
      }
    }
    return earliest;
  }

  /**
   * A task that stands still now.
   *
   * @param finishedMs when a creation last finished, epoch milliseconds; 0 if that is not known
   * @param kernel up to 4.16 creation and cleanup exclude each other: a creation that finished
   *     shows then that the lock was free. That it was not held all the while by whom a cleanup
   *     waits for, it shows on every kernel.
   */
  private static @Nullable Standstill of(
      SeenTask seen,
      @Nullable Standstill older,
      @Nullable Long hungSinceMs,
      long finishedMs,
      @Nullable Kernel kernel) {
    Task task = seen.task();
    if (task.origin() != Task.Origin.PROC) {
      return null;
    }
    boolean excluding = kernel != null && kernel.isBefore(4, 17);
    Reading asSeen = seen.reading();
    Reading reading =
        asSeen == null || kernel == null || kernel.upstream() == null || excluding
            ? asSeen
            : asSeen.from417();
    if (reading == null || reading.role() == Role.HOT_WORKER) {
      // The stack of a running task often reads empty.
      return older != null && task.isRunning() && older.comm.equals(task.comm())
          ? older.seenAgain(seen)
          : null;
    }
    String function = reading.function();
    String between = reading.waitsIn(); // where the cleanup itself waits, between handlers
    boolean queued =
        reading.role() == Role.PERNET_WRITER && reading.waitsFor() == WaitKind.PERNET_LOCK;
    boolean waits =
        reading.role() == Role.CLEANUP
            && reading.waitsFor() == WaitKind.PERNET_LOCK
            && task.state().startsWith("D");
    if (function == null
        && between != null
        && (queued
            || (waits && task.cpuUse() != null)
            || hungSinceMs != null
            || (older != null && older.function.equals(between)))) {
      function = between;
    }
    if (function == null && reading.role() == Role.CLEANUP && task.isHot()) {
      function = CLEANUP_NET; // in none of the handlers: what it does itself, for each namespace
    }
    boolean holds =
        (queued || waits || reading.holdsPernetLock() || reading.isLastStep())
            && !reading.isVictim()
            && !reading.moving();
    if (!holds || function == null) {
      return null;
    }
    long progressMs = excluding || waits ? finishedMs : 0;
    String waitsIn = reading.waitsFor() == WaitKind.NOTHING ? null : reading.waitsIn();
    long sinceMs =
        older != null
                && older.sinceMs >= progressMs
                && older.comm.equals(task.comm())
                && older.function.equals(function)
                && older.isSameWait(waitsIn, reading.frames())
                && (hungSinceMs != null || !hasMovedOn(reading))
            ? older.sinceMs
            : hungSinceMs != null && hungSinceMs >= progressMs ? hungSinceMs : task.observedAtMs();
    return new Standstill(
        task.pid(),
        task.comm(),
        reading.role(),
        function,
        waitsIn,
        task.state(),
        task.cpuUse(),
        reading.frames(),
        sinceMs,
        task.observedAtMs(),
        seen.source());
  }

  /** One that sleeps first here and then there goes on; one that runs may be anywhere inside. */
  private boolean isSameWait(@Nullable String other, List<String> otherFrames) {
    return waitsIn == null
        || other == null
        || Objects.equals(waitsIn, other)
        || (KernelFunctions.unregistersDevices(frames)
            && KernelFunctions.unregistersDevices(otherFrames));
  }

  /**
   * Whether looks that show the same wait are of several: a worker that deletes one namespace after
   * the other is found in the longest wait of each. Who polls uses a CPU as well.
   */
  private static boolean hasMovedOn(Reading reading) {
    boolean polls =
        KernelFunctions.polls(reading.frames())
            && !KernelFunctions.unregistersDevices(reading.frames());
    return reading.task().hasRun() && !reading.task().isRunning() && !polls;
  }

  private Standstill seenAgain(SeenTask seen) {
    Task task = seen.task();
    return new Standstill(
        pid,
        comm,
        role,
        function,
        waitsIn,
        task.state(),
        task.cpuUse(),
        frames,
        sinceMs,
        task.observedAtMs(),
        seen.source());
  }

  private static @Nullable Standstill ofPid(List<Standstill> standstills, int pid) {
    for (Standstill standstill : standstills) {
      if (standstill.pid == pid) {
        return standstill;
      }
    }
    return null;
  }
}
