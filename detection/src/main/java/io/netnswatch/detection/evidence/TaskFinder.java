package io.netnswatch.detection.evidence;

import io.netnswatch.detection.cause.CpuTime;
import io.netnswatch.detection.cause.KernelFunctions;
import io.netnswatch.detection.cause.Reading;
import io.netnswatch.detection.cause.Task;
import io.netnswatch.detection.cause.Task.Origin;
import io.netnswatch.detection.cause.WaitKind;
import io.netnswatch.schema.KernelLogEntry;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.SymbolSamples;
import io.netnswatch.schema.TaskOfInterest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Finds the tasks that hold namespaces up, or wait, in snapshots, kernel logs and perf slices. */
final class TaskFinder {

  private static final String DEVICE_REFERENCE = "DEVICE_REFERENCE";
  private static final FunctionSet OF_CONCERN = new FunctionSet(KernelFunctions.ofConcern());
  private static final FunctionSet LOCKED_PATHS =
      new FunctionSet(KernelFunctions.lockedPathCallers());

  private TaskFinder() {}

  /** Those of a snapshot, and those that the kernel log of the time shows. */
  static List<SeenTask> in(ProcSnapshot snapshot, long atMs, @Nullable SourceRef source) {
    List<SeenTask> found = new ArrayList<>();
    for (TaskOfInterest task : snapshot.getTasksOfInterest()) {
      if (isOfConcern(task)) {
        add(found, SeenTask.taskOf(task, atMs), source);
      }
    }
    if (found.stream().anyMatch(TaskFinder::waitsForRtnl)) {
      for (TaskOfInterest task : snapshot.getTasksOfInterest()) {
        if (task.getStack() != null
            && !isOfConcern(task)
            && KernelFunctions.worksOnDevice(task.getStack())) {
          add(found, SeenTask.taskOf(task, atMs), source);
        }
      }
    }
    for (KernelLogEntry entry : snapshot.getKernelLog()) {
      Integer pid = entry.getPid();
      if (pid != null && !entry.getStack().isEmpty() && !isOfAMoment(entry)) {
        add(found, SeenTask.taskOf(entry, pid), source);
      }
    }
    return few(found, List.of());
  }

  /**
   * A warning does not say that its task stays there, but for the one of the conntrack loop and
   * what ended the task.
   */
  private static boolean isOfAMoment(KernelLogEntry entry) {
    return entry.getCategory().equals("WARNING")
        && !Task.DEAD.equals(entry.getState())
        && !entry.getMessage().startsWith("conntrack cleanup blocked for ");
  }

  /** Those that a slice shows at work with namespaces locked, for the better part of a CPU. */
  static List<SeenTask> in(
      PerfSample sample, List<SampledPath> paths, long endMs, @Nullable SourceRef source) {
    if (paths.isEmpty()) {
      return List.of(); // nearly always
    }
    Map<String, List<SampledPath>> byTask = new TreeMap<>();
    for (SampledPath path : paths) {
      if (path.runsThrough(LOCKED_PATHS)) {
        byTask
            .computeIfAbsent(
                path.entry().getPid() + " " + path.entry().getComm(), it -> new ArrayList<>())
            .add(path);
      }
    }
    double cpuSeconds = sample.getFrequencyHz() * (sample.getDurationMs() / 1000.0);
    List<SeenTask> found = new ArrayList<>();
    for (List<SampledPath> ofTask : byTask.values()) {
      double cpus = ofTask.stream().mapToLong(SampledPath::samples).sum() / cpuSeconds;
      if (cpus >= Task.HOT_CPUS) {
        add(found, task(ofTask, Math.min(cpus, 1.0), endMs), source);
      }
    }
    return few(found, List.of());
  }

  /** Network devices that are waited for, and what the reference tracker tells of them. */
  static List<DeviceReference> devices(ProcSnapshot snapshot, @Nullable SourceRef source) {
    List<DeviceReference> found = new ArrayList<>();
    Map<String, List<String>> takenIn = new HashMap<>();
    for (KernelLogEntry entry : snapshot.getKernelLog()) {
      String device = entry.getDevice();
      if (device == null) {
        continue;
      }
      if (entry.getCategory().equals(DEVICE_REFERENCE)) {
        found.add(
            new DeviceReference(
                device,
                entry.getUsageCount(),
                List.of(),
                entry.getLoggedAt().toEpochMilli(),
                source));
      } else {
        takenIn.putIfAbsent(device, Frames.kept(entry.getStack()));
      }
    }
    return fewDevices(found, List.of()).stream()
        .map(it -> it.takenIn(takenIn.getOrDefault(it.device(), List.of())))
        .toList();
  }

  static List<SeenTask> few(List<SeenTask> a, List<SeenTask> b) {
    return Merge.greatest(SeenTask.MAX_PER_HOST, a, b, SeenTask::key, SeenTask.BY_WEIGHT);
  }

  static List<DeviceReference> fewDevices(List<DeviceReference> a, List<DeviceReference> b) {
    return Merge.greatest(
        DeviceReference.MAX_PER_HOST, a, b, DeviceReference::device, DeviceReference.BY_TIME);
  }

  private static boolean waitsForRtnl(SeenTask task) {
    Reading reading = task.reading();
    return reading != null && reading.waitsFor() == WaitKind.RTNL;
  }

  /** As {@link QuickLook} decides it in an encoded event. */
  private static boolean isOfConcern(TaskOfInterest task) {
    return (EventRules.isBusy(task.getCpuUse()) && EventRules.isKworker(task.getComm()))
        || !task.getMoreStacks().isEmpty()
        || (task.getWchan() != null && OF_CONCERN.hasNameOf(task.getWchan()))
        || (task.getStack() != null && hasConcerned(task.getStack()));
  }

  private static boolean hasConcerned(List<String> frames) {
    for (int i = 0; i < frames.size(); i++) {
      if (OF_CONCERN.hasNameOf(frames.get(i))) {
        return true;
      }
    }
    return false;
  }

  private static void add(List<SeenTask> found, Task task, @Nullable SourceRef source) {
    SeenTask seen = SeenTask.of(task, source);
    if (seen != null) {
      found.add(seen);
    }
  }

  private static Task task(List<SampledPath> paths, double cpus, long endMs) {
    SymbolSamples entry = paths.get(0).entry();
    boolean interrupted = SampledPath.areOfInterrupts(paths);
    List<List<String>> stacks =
        paths.stream()
            .filter(path -> CpuTime.isOfInterrupt(path.frames()) == interrupted)
            .sorted(
                Comparator.comparingLong(SampledPath::samples)
                    .reversed()
                    .thenComparing(path -> String.join("\n", path.frames())))
            .map(SampledPath::frames)
            .toList();
    return Task.of(
        Origin.PERF,
        entry.getPid(),
        entry.getComm(),
        EventRules.isKworker(entry.getComm()),
        "R",
        cpus,
        stacks,
        null,
        null,
        endMs);
  }
}
