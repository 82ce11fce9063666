package io.netnswatch.collector;

import io.netnswatch.collector.bundle.Manifest;
import io.netnswatch.collector.text.CpuHog;
import io.netnswatch.collector.text.ProcReader;
import io.netnswatch.collector.text.SemaphoreWaits;
import io.netnswatch.collector.text.SemaphoreWaits.Sleeper;
import io.netnswatch.collector.text.TaskName;
import io.netnswatch.detection.cause.Reading;
import io.netnswatch.detection.cause.Role;
import io.netnswatch.detection.cause.StackReader;
import io.netnswatch.detection.cause.Task;
import io.netnswatch.detection.cause.WaitKind;
import io.netnswatch.detection.evidence.Projection;
import io.netnswatch.detection.evidence.SeenTask;
import io.netnswatch.schema.CommandOutcome;
import io.netnswatch.schema.KernelLogEntry;
import io.netnswatch.schema.NetnsCommand;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.SymbolSamples;
import io.netnswatch.schema.TaskOfInterest;
import io.netnswatch.schema.TelemetryEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What there was to be judged. Silence is no health: whether nothing is wrong can be said only
 * where something looked that would have seen it.
 *
 * @param snapshots of /proc
 * @param slices of perf
 * @param namelessSlices of these, slices in which most of the kernel's functions have no name
 * @param commands records of namespace commands
 * @param creationsMs how long the creations took that finished, in milliseconds, shortest first
 * @param stacksSeen whether any stack could be read
 * @param unreadable what could not be read, each once
 * @param suspects what looks like trouble and is not enough for an incident, in words
 * @param rtnl who holds rtnl, or waits for it, for long, in words
 * @param besides what is in trouble and has nothing to do with a namespace that is held up, in
 *     words
 * @param earlier what the kernel's log told of before the first snapshot, in words
 * @param hogs who kept a CPU while a task waited for an RCU grace period, or reads a file whose
 *     removal a task waits for, in words
 * @param quietSince since when nothing hangs any more at the end; null if something does, or ever
 *     did not
 * @param whole whether nothing had to be left out because it is malformed
 * @param kernelRelease uname -r; null if nothing says
 * @param kernelVersion /proc/version; null if nothing says
 */
record EvidenceSummary(
    long snapshots,
    long slices,
    long namelessSlices,
    long commands,
    List<Double> creationsMs,
    boolean stacksSeen,
    List<String> unreadable,
    List<String> suspects,
    List<String> rtnl,
    List<String> besides,
    List<String> earlier,
    List<String> hogs,
    @Nullable Instant quietSince,
    boolean whole,
    @Nullable String kernelRelease,
    @Nullable String kernelVersion) {

  private static final int MOST_UNREADABLE = 16;
  private static final int MOST_BESIDES = 4;

  /** As long as a blocked creation takes to be an incident. */
  private static final long LEAST_SUSPICIOUS_MS = 15_000;

  /** The last reference to a device goes within seconds; a cleanup is stuck after as long. */
  private static final long LEAST_LEAKING_MS = 60_000;

  EvidenceSummary {
    creationsMs = List.copyOf(creationsMs);
    unreadable = List.copyOf(unreadable);
    suspects = List.copyOf(suspects);
    rtnl = List.copyOf(rtnl);
    besides = List.copyOf(besides);
    earlier = List.copyOf(earlier);
    hogs = List.copyOf(hogs);
  }

  static EvidenceSummary of(List<TelemetryEvent> events) {
    List<ProcSnapshot> snapshots = of(events, ProcSnapshot.class);
    List<PerfSample> slices = of(events, PerfSample.class);
    List<NetnsLatency> commands = of(events, NetnsLatency.class);
    List<Reading> readings = readings(snapshots);
    List<KernelLogEntry> log =
        snapshots.stream().flatMap(snapshot -> snapshot.getKernelLog().stream()).toList();
    TreeSet<String> unreadable = new TreeSet<>();
    snapshots.forEach(snapshot -> unreadable.addAll(snapshot.getUnreadable()));
    List<Double> creationsMs =
        commands.stream()
            .filter(it -> it.getCommand() == NetnsCommand.ADD)
            .filter(it -> it.getOutcome() == CommandOutcome.SUCCEEDED)
            .map(NetnsLatency::getLatencyMs)
            .sorted()
            .toList();
    List<String> leaks = creationsMs.isEmpty() ? removals(readings, log, true) : List.of();
    return new EvidenceSummary(
        snapshots.size(),
        slices.size(),
        slices.stream().filter(EvidenceSummary::isNameless).count(),
        commands.size(),
        creationsMs,
        snapshots.stream()
            .flatMap(snapshot -> snapshot.getTasksOfInterest().stream())
            .anyMatch(task -> task.getStack() != null),
        unreadable.stream().limit(MOST_UNREADABLE).toList(),
        suspects(snapshots, commands, leaks),
        RtnlWaits.words(snapshots, commands),
        besides(snapshots, commands, removals(readings, log, false), leaks),
        EarlierLog.words(snapshots),
        Stream.concat(hogs(readings, log).stream(), readers(snapshots).stream()).toList(),
        LastLooks.quietSince(snapshots, commands),
        true,
        Stream.concat(
                snapshots.stream().map(ProcSnapshot::getKernelRelease),
                slices.stream().map(PerfSample::getKernelRelease))
            .filter(it -> !it.equals("unknown"))
            .findFirst()
            .orElse(null),
        snapshots.stream()
            .map(ProcSnapshot::getKernelVersion)
            .filter(it -> !it.isEmpty())
            .findFirst()
            .orElse(null));
  }

  private static List<Reading> readings(List<ProcSnapshot> snapshots) {
    List<Reading> readings = new ArrayList<>();
    for (ProcSnapshot snapshot : snapshots) {
      for (TaskOfInterest task : snapshot.getTasksOfInterest()) {
        Reading reading =
            StackReader.read(SeenTask.taskOf(task, snapshot.getCollectedAt().toEpochMilli()));
        if (reading != null) {
          readings.add(reading);
        }
      }
    }
    return readings;
  }

  private static List<String> suspects(
      List<ProcSnapshot> snapshots, List<NetnsLatency> commands, List<String> leaks) {
    List<String> suspects = new ArrayList<>(semaphoreWaits(snapshots));
    suspects.addAll(UnseenWorkers.suspects(snapshots, commands));
    suspects.addAll(EarlierLog.unshown(snapshots));
    suspects.addAll(leaks);
    return suspects;
  }

  private static List<String> besides(
      List<ProcSnapshot> snapshots,
      List<NetnsLatency> commands,
      List<String> removals,
      List<String> leaks) {
    List<String> besides = new ArrayList<>(removals);
    besides.removeAll(leaks);
    besides.addAll(UnseenWorkers.beside(snapshots, commands));
    return besides;
  }

  /** Of the last snapshot that shows such tasks, at least for some time. */
  private static List<String> semaphoreWaits(List<ProcSnapshot> snapshots) {
    for (int i = snapshots.size() - 1; i >= 0; i--) {
      List<Sleeper> agreeing =
          SemaphoreWaits.agreeing(
              snapshots.get(i).getTasksOfInterest().stream()
                  .filter(task -> !UnseenWorkers.hasStack(task))
                  .map(EvidenceSummary::sleeper)
                  .toList());
      boolean lasts =
          agreeing.stream()
              .map(Sleeper::blockedForMs)
              .anyMatch(ms -> ms != null && ms >= LEAST_SUSPICIOUS_MS);
      if (lasts) {
        return List.of(SemaphoreWaits.words(agreeing));
      }
    }
    return List.of();
  }

  static Sleeper sleeper(TaskOfInterest task) {
    return new Sleeper(
        task.getPid(), task.getComm(), task.getState(), task.getWchan(), task.getBlockedForMs());
  }

  /**
   * Programs that wait for a device which they remove by themselves.
   *
   * @param lastingOnly whether those alone are meant that have waited for long: the device leaks
   */
  private static List<String> removals(
      List<Reading> readings, List<KernelLogEntry> log, boolean lastingOnly) {
    Set<String> devices = new TreeSet<>();
    log.stream().map(KernelLogEntry::getDevice).filter(Objects::nonNull).forEach(devices::add);
    Map<Integer, Task> latest = new TreeMap<>();
    for (Reading reading : readings) {
      if (reading.role() == Role.DEVICE_REMOVER) {
        latest.put(reading.task().pid(), reading.task());
      }
    }
    List<String> removers =
        latest.values().stream()
            .filter(task -> !lastingOnly || isLeaking(task))
            .map(task -> TaskName.of(task.pid(), task.comm()))
            .toList();
    String which = devices.isEmpty() ? "" : " (the log names " + String.join(", ", devices) + ")";
    return removers.stream()
        .limit(MOST_BESIDES)
        .map(
            who ->
                who
                    + " waits for the last reference to a network device that it unregisters itself"
                    + which
                    + ": that is not the cleanup of a namespace, and holds no lock of theirs")
        .toList();
  }

  private static boolean isLeaking(Task task) {
    Long lastsMs = task.lastsMs();
    return lastsMs != null && lastsMs >= LEAST_LEAKING_MS;
  }

  private static List<String> hogs(List<Reading> readings, List<KernelLogEntry> log) {
    if (readings.stream().noneMatch(it -> it.waitsFor() == WaitKind.GRACE_PERIOD)) {
      return List.of();
    }
    return log.stream()
        .filter(EvidenceSummary::isOfHog)
        .map(entry -> CpuHog.words(entry.getPid(), entry.getComm(), entry.getStack()))
        .distinct()
        .limit(MOST_BESIDES)
        .toList();
  }

  /** Of the last snapshot in which somebody waits for them. */
  private static List<String> readers(List<ProcSnapshot> snapshots) {
    for (int i = snapshots.size() - 1; i >= 0; i--) {
      List<TaskOfInterest> tasks =
          snapshots.get(i).getTasksOfInterest().stream()
              .filter(task -> task.getStack() != null)
              .toList();
      if (tasks.stream().anyMatch(task -> ProcReader.isWaitedForBy(stackOf(task)))) {
        return tasks.stream()
            .map(EvidenceSummary::reader)
            .flatMap(Optional::stream)
            .limit(MOST_BESIDES)
            .toList();
      }
    }
    return List.of();
  }

  private static Optional<String> reader(TaskOfInterest task) {
    return ProcReader.words(task.getPid(), task.getComm(), task.getBlockedForMs(), stackOf(task));
  }

  private static List<String> stackOf(TaskOfInterest task) {
    List<String> stack = task.getStack();
    return stack == null ? List.of() : stack;
  }

  private static boolean isOfHog(KernelLogEntry entry) {
    Integer pid = entry.getPid();
    return pid != null
        && SeenTask.RUNNING.contains(entry.getCategory())
        && !isOfNamespaces(StackReader.read(SeenTask.taskOf(entry, pid)));
  }

  private static boolean isOfNamespaces(@Nullable Reading reading) {
    return reading != null && reading.role() != Role.DEVICE_WORKER;
  }

  private static <T> List<T> of(List<TelemetryEvent> events, Class<T> type) {
    return events.stream()
        .map(TelemetryEvent::value)
        .filter(type::isInstance)
        .map(type::cast)
        .filter(Objects::nonNull)
        .toList();
  }

  private static boolean isNameless(PerfSample sample) {
    long named = 0;
    long unnamed = 0;
    for (SymbolSamples symbol : sample.getSymbols()) {
      if (Projection.isOfUser(symbol.getModule())) {
        continue;
      }
      boolean bare = symbol.getSymbol().startsWith("[") || symbol.getSymbol().startsWith("0x");
      named += bare ? 0 : symbol.getSamples();
      unnamed += bare ? symbol.getSamples() : 0;
    }
    return unnamed > named;
  }

  /**
   * Whether something looked that would have seen a livelock or a blocked creation: more than one
   * snapshot, and with them stacks, named perf samples or a creation that finished. What is
   * malformed may be what would have shown it.
   */
  boolean isEnough() {
    return whole
        && snapshots >= 2
        && (stacksSeen || slices > namelessSlices || !creationsMs.isEmpty());
  }

  /** The same, of the kernel that a text names. */
  EvidenceSummary onKernel(@Nullable String release) {
    return kernelRelease != null || release == null
        ? this
        : with(earlier, whole, release, kernelVersion);
  }

  /** The same, of the kernel that a bundle names. */
  EvidenceSummary onKernel(Manifest manifest) {
    return kernelRelease != null
        ? this
        : with(earlier, whole, manifest.kernelRelease(), manifest.kernelVersion());
  }

  /** The same, with what logs of other times tell, in words. */
  EvidenceSummary noting(List<String> ofOtherTimes) {
    List<String> all = new ArrayList<>(earlier);
    all.addAll(ofOtherTimes);
    return with(all, whole, kernelRelease, kernelVersion);
  }

  /** The same, of which something had to be left out if it was damaged. */
  EvidenceSummary damaged(boolean damaged) {
    return damaged ? with(earlier, false, kernelRelease, kernelVersion) : this;
  }

  private EvidenceSummary with(
      List<String> before,
      boolean nothingLeftOut,
      @Nullable String release,
      @Nullable String version) {
    return new EvidenceSummary(
        snapshots,
        slices,
        namelessSlices,
        commands,
        creationsMs,
        stacksSeen,
        unreadable,
        suspects,
        rtnl,
        besides,
        before,
        hogs,
        quietSince,
        nothingLeftOut,
        release,
        version);
  }

  /** What there was, in words. */
  String words() {
    return snapshots
        + " snapshots of /proc, "
        + slices
        + " perf slices and "
        + commands
        + " records of namespace commands";
  }

  /** How long creations took, in words; null if none finished. */
  @Nullable String creations() {
    if (creationsMs.isEmpty()) {
      return null;
    }
    return creationsMs.size()
        + " finished, median "
        + Math.round(creationsMs.get(creationsMs.size() / 2))
        + " ms, longest "
        + Math.round(creationsMs.get(creationsMs.size() - 1))
        + " ms";
  }
}
