package io.netnswatch.detection;

import io.netnswatch.detection.cause.Causes;
import io.netnswatch.detection.cause.Diagnosis;
import io.netnswatch.detection.cause.Diagnosis.Alternative;
import io.netnswatch.detection.cause.Diagnosis.CauseVerdict;
import io.netnswatch.detection.cause.Diagnostician;
import io.netnswatch.detection.cause.HeldDevice;
import io.netnswatch.detection.cause.Reading;
import io.netnswatch.detection.cause.Role;
import io.netnswatch.detection.cause.Situation;
import io.netnswatch.detection.cause.Subsystems;
import io.netnswatch.detection.cause.Task;
import io.netnswatch.detection.cause.WaitStep;
import io.netnswatch.detection.evidence.BlockedCreation;
import io.netnswatch.detection.evidence.CleanupWorker;
import io.netnswatch.detection.evidence.DeviceReference;
import io.netnswatch.detection.evidence.FragmentImbalance;
import io.netnswatch.detection.evidence.HotCode;
import io.netnswatch.detection.evidence.SeenTask;
import io.netnswatch.detection.evidence.SlowCreation;
import io.netnswatch.detection.evidence.SourceRef;
import io.netnswatch.detection.evidence.Suspect;
import io.netnswatch.detection.signature.Kernel;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.detection.signature.Signature.KernelFinding;
import io.netnswatch.schema.Confidence;
import io.netnswatch.schema.Culprit;
import io.netnswatch.schema.EventAction;
import io.netnswatch.schema.EvidenceItem;
import io.netnswatch.schema.HotSymbol;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.IncidentStatus;
import io.netnswatch.schema.KernelVerdict;
import io.netnswatch.schema.Resolution;
import io.netnswatch.schema.Worker;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Puts a lifecycle step into the public {@link Incident} record.
 *
 * @param detectorVersion version of netnswatch
 * @param runbookBaseUrl where the pages of {@code runbooks/} are served, with the closing slash
 * @param replayRunId null in live operation
 * @param causes finds out who holds namespaces up
 */
public record IncidentComposer(
    String detectorVersion,
    String runbookBaseUrl,
    @Nullable String replayRunId,
    Diagnostician causes) {

  /** One that knows the shipped causes. */
  public IncidentComposer(
      String detectorVersion, String runbookBaseUrl, @Nullable String replayRunId) {
    this(detectorVersion, runbookBaseUrl, replayRunId, new Diagnostician(Causes.shipped()));
  }

  private static final int MAX_EVIDENCE = 16;

  /** So many frames of a culprit's stack are told. */
  private static final int MAX_FRAMES = 32;

  /** Who has been in a function for less has just come to it. */
  private static final long JUST_COME_MS = 10_000;

  /** From this use of a CPU on a worker is not asleep, whatever state a snapshot caught it in. */
  private static final double RUNNING_CPUS = 0.1;

  Incident opened(Signature signature, String host, BootState boot, OpenIncident open) {
    return compose(signature, host, boot, open, open.detectedAtMs())
        .setEventAction(EventAction.TRIGGER)
        .setStatus(IncidentStatus.OPEN)
        .build();
  }

  Incident updated(
      Signature signature, String host, BootState boot, OpenIncident open, long updatedAtMs) {
    return compose(signature, host, boot, open, updatedAtMs)
        .setEventAction(EventAction.UPDATE)
        .setStatus(open.clearSinceMs() == null ? IncidentStatus.OPEN : IncidentStatus.RECOVERING)
        .build();
  }

  Incident resolved(
      Signature signature,
      String host,
      BootState boot,
      OpenIncident open,
      long updatedAtMs,
      Ending ending) {
    Incident.Builder step = compose(signature, host, boot, open, updatedAtMs);
    io.netnswatch.schema.Cause cause = step.getCause();
    if (ending.resolution() == Resolution.RECOVERED && cause != null) {
      step.setCause(io.netnswatch.schema.Cause.newBuilder(cause).setEndless(null).build());
    }
    return step.setEventAction(EventAction.RESOLVE)
        .setStatus(IncidentStatus.RESOLVED)
        .setResolution(ending.resolution())
        .setResolutionReason(ending.reason())
        .setNoData(false)
        .setEndedAt(Instant.ofEpochMilli(ending.endedAtMs()))
        .build();
  }

  /** The last step of an incident whose signature the detector has no more. */
  Incident resolvedWithoutSignature(
      String signatureId, String host, BootState boot, OpenIncident open, Ending ending) {
    SignatureLabels labels = open.labels();
    Kernel kernel = boot.kernel();
    String key = key(signatureId, host, open);
    String reason = ending.reason() == null ? "" : ending.reason();
    return Incident.newBuilder()
        .setIncidentKey(key)
        .setEventId(key + "/" + open.nextStep())
        .setEventAction(EventAction.RESOLVE)
        .setKind(signatureId)
        .setSeverity(labels.severity())
        .setConfidence(Confidence.SUSPECTED)
        .setStatus(IncidentStatus.RESOLVED)
        .setResolution(ending.resolution())
        .setResolutionReason(reason)
        .setNoData(false)
        .setTitle(labels.headline() + " on " + host + ": no longer looked for")
        .setDescription(reason)
        .setHost(host)
        .setBootId(boot.bootId())
        .setComponent(labels.component())
        .setIncidentClass(labels.incidentClass())
        .setIncidentGroup(group(signatureId, kernel))
        .setStartedAt(Instant.ofEpochMilli(open.startedAtMs()))
        .setDetectedAt(Instant.ofEpochMilli(open.detectedAtMs()))
        .setUpdatedAt(Instant.ofEpochMilli(ending.endedAtMs()))
        .setEndedAt(Instant.ofEpochMilli(ending.endedAtMs()))
        .setRuleId(signatureId)
        .setRuleVersion(labels.version())
        .setDetectorVersion(detectorVersion)
        .setRunbookUrl(Signature.runbookUrl(runbookBaseUrl, labels.runbook()))
        .setKernelRelease(kernel == null ? null : kernel.release())
        .setKernelVersion(kernel == null ? null : kernel.version())
        .setKernelVerdict(KernelVerdict.UNKNOWN)
        .setKernelVerdictReason("The signature that judged kernels was removed.")
        .setReplayRunId(replayRunId)
        .build();
  }

  /** Identifies an incident, in every replay the same. */
  static String key(String signatureId, String host, OpenIncident open) {
    return signatureId + "/" + host + "/" + Instant.ofEpochMilli(open.startedAtMs());
  }

  private static String group(String signatureId, @Nullable Kernel kernel) {
    return signatureId + "/" + (kernel == null ? "unknown kernel" : kernel.release());
  }

  /** What a step would say now. */
  Reported toReport(Signature signature, BootState boot, OpenIncident open) {
    ConditionState conditions = open.conditions();
    Diagnosis diagnosis = diagnose(signature, boot, conditions);
    return new Reported(
        open.clearSinceMs() != null,
        open.silent(),
        missing(signature, boot, conditions, diagnosis).size(),
        suspected(conditions, diagnosis),
        conditions.imbalances().size(),
        conditions.creation() != null
            ? lastsMs(signature, boot, open, conditions.creation())
            : conditions.standstill() == null ? 0 : conditions.standstill().lastsMs());
  }

  /**
   * For how long a creation has hung; where it is not the first of the incident and none was seen
   * to finish in between, for how long none has: what is killed and tried anew hangs all the same.
   */
  private static long lastsMs(
      Signature signature, BootState boot, OpenIncident open, BlockedCreation creation) {
    Long finishedMs = boot.creationSucceededMs();
    long lastsMs = creation.observedAtMs() - open.startedAtMs();
    boolean another =
        signature.blocked() != null
            && lastsMs >= creation.ageMs() + signature.blocked().afterMs()
            && (finishedMs == null || finishedMs < open.startedAtMs());
    return another ? lastsMs : creation.ageMs();
  }

  private Incident.Builder compose(
      Signature signature, String host, BootState boot, OpenIncident open, long updatedAtMs) {
    ConditionState conditions = open.conditions();
    Kernel kernel = boot.kernel();
    Diagnosis diagnosis = diagnose(signature, boot, conditions);
    KernelFinding finding = finding(signature, kernel, diagnosis);
    String cure = cure(signature, diagnosis);
    List<String> missing = missing(signature, boot, conditions, diagnosis);
    Instant startedAt = Instant.ofEpochMilli(open.startedAtMs());
    String key = key(signature.id(), host, open);
    HotCode hot = conditions.hot();
    BlockedCreation creation = conditions.creation();
    long lastsMs = creation == null ? 0 : lastsMs(signature, boot, open, creation);
    return Incident.newBuilder()
        .setIncidentKey(key)
        .setEventId(key + "/" + open.nextStep())
        .setKind(signature.id())
        .setSeverity(signature.severity())
        .setConfidence(confidence(missing))
        .setNoData(open.silent())
        .setTitle(Wording.title(signature, host, conditions, diagnosis, lastsMs))
        .setDescription(
            Wording.description(signature, kernel, finding, cure, conditions, diagnosis, lastsMs))
        .setHost(host)
        .setBootId(boot.bootId())
        .setComponent(signature.component())
        .setIncidentClass(signature.incidentClass())
        .setIncidentGroup(group(signature.id(), kernel))
        .setStartedAt(startedAt)
        .setDetectedAt(Instant.ofEpochMilli(open.detectedAtMs()))
        .setUpdatedAt(Instant.ofEpochMilli(updatedAtMs))
        .setRuleId(signature.id())
        .setRuleVersion(signature.version())
        .setDetectorVersion(detectorVersion)
        .setRunbookUrl(signature.runbookUrl(runbookBaseUrl))
        .setKernelRelease(kernel == null ? null : kernel.release())
        .setKernelVersion(kernel == null ? null : kernel.version())
        .setKernelVerdict(finding.verdict())
        .setKernelVerdictReason(finding.reason())
        .setKernelCure(cure)
        .setHotSymbol(hot == null || hot.origin() == HotCode.Origin.PROC ? null : hotSymbol(hot))
        .setWorker(conditions.worker() == null ? null : worker(conditions.worker()))
        .setBlockedCreation(creation == null ? null : blockedCreation(creation))
        .setFragmentImbalance(
            conditions.imbalances().isEmpty()
                ? null
                : fragmentImbalance(conditions.imbalances().get(0)))
        .setMissing(missing)
        .setEvidence(evidence(signature, conditions, diagnosis))
        .setCause(cause(diagnosis))
        .setCulprit(culprit(diagnosis))
        .setWaitChain(diagnosis.chain().stream().map(IncidentComposer::waitStep).toList())
        .setBlockedCount(Wording.blockedCount(conditions, diagnosis))
        .setOldestBlockedAt(oldestBlockedAt(conditions, diagnosis))
        .setReplayRunId(replayRunId);
  }

  /** Who holds it up, by what was seen while the conditions held. */
  Diagnosis diagnose(Signature signature, BootState boot, ConditionState conditions) {
    if (!signature.asksWhoHolds()) {
      return Diagnosis.NOTHING;
    }
    List<Task> tasks = new ArrayList<>();
    tasks(boot, conditions).forEach(seen -> tasks.add(seen.task()));
    HotCode hot = conditions.hot();
    Integer hotPid = null;
    if (hot != null && signature.hot() != null && !signature.hot().stackSuffices()) {
      tasks.add(task(hot, signature.hot().caller()));
      hotPid = hot.pid();
    }
    List<HeldDevice> devices =
        (isRemembered(conditions) ? conditions.devices() : boot.devices())
            .stream()
                .map(it -> new HeldDevice(it.device(), it.usageCount(), it.takenIn()))
                .toList();
    BlockedCreation creation = conditions.creation();
    return causes.of(
        new Situation(
            boot.kernel(),
            tasks,
            creation == null ? null : task(creation),
            devices,
            boot.profiledMs() != null,
            signature.slow() == null ? Set.of() : goingOn(boot),
            hotPid));
  }

  /**
   * Cleanups that came to the function they are in a moment ago: where creations have been slow,
   * one after the other, they were at work elsewhere before.
   */
  private static Set<Integer> goingOn(BootState boot) {
    return boot.standstills().stream()
        .filter(it -> it.role() == Role.CLEANUP && it.lastsMs() < JUST_COME_MS)
        .map(Standstill::pid)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Whether it is known who was there while the conditions held. */
  private static boolean isRemembered(ConditionState conditions) {
    return !conditions.tasks().isEmpty() || !conditions.devices().isEmpty();
  }

  private static List<SeenTask> tasks(BootState boot, ConditionState conditions) {
    return isRemembered(conditions) ? conditions.tasks() : boot.tasks();
  }

  /** Without call paths the caller is inferred. */
  private static Task task(HotCode hot, String caller) {
    List<String> path = hot.callPath().isEmpty() ? List.of(hot.symbol(), caller) : hot.callPath();
    return Task.of(
        hot.origin() == HotCode.Origin.PERF ? Task.Origin.PERF : Task.Origin.PROC,
        hot.pid(),
        hot.comm(),
        hot.comm().startsWith("kworker"),
        "R",
        hot.cpus(),
        List.of(path),
        null,
        null,
        hot.observedAtMs());
  }

  private static Task task(BlockedCreation creation) {
    return Task.of(
        Task.Origin.PROC,
        creation.pid() == null ? -1 : creation.pid(),
        creation.comm() == null ? "an unknown process" : creation.comm(),
        false,
        creation.state() == null ? "D" : creation.state(),
        null,
        List.of(creation.stack()),
        creation.wchan(),
        creation.startedAtMs(),
        creation.observedAtMs());
  }

  /** The verdict is the cause's; where none is known, the signature's. */
  private static KernelFinding finding(
      Signature signature, @Nullable Kernel kernel, Diagnosis diagnosis) {
    if (diagnosis.finding() != null) {
      return diagnosis.finding();
    }
    return signature.kernels().isEmpty()
        ? new KernelFinding(
            KernelVerdict.UNKNOWN,
            "Which bug it is, is not known, so neither is whether this kernel has it.")
        : signature.judge(kernel);
  }

  private static @Nullable String cure(Signature signature, Diagnosis diagnosis) {
    CauseVerdict verdict = diagnosis.verdict();
    return verdict == null ? signature.cure() : verdict.cure();
  }

  private static int suspected(ConditionState conditions, Diagnosis diagnosis) {
    CauseVerdict verdict = diagnosis.verdict();
    if (verdict == null) {
      return conditions.suspect() == null ? -1 : conditions.suspect().suggestion();
    }
    return (verdict.known() ? verdict.id() : "unknown").hashCode() & Integer.MAX_VALUE;
  }

  private static io.netnswatch.schema.@Nullable Cause cause(Diagnosis diagnosis) {
    CauseVerdict verdict = diagnosis.verdict();
    return verdict == null
        ? null
        : io.netnswatch.schema.Cause.newBuilder()
            .setCauseId(verdict.id())
            .setCauseVersion(verdict.version())
            .setSummary(verdict.summary())
            .setKnown(verdict.known())
            .setEndless(verdict.endless())
            .setFix(verdict.fix())
            .setOptions(verdict.options())
            .setAlternatives(verdict.alternatives().stream().map(Alternative::id).toList())
            .build();
  }

  private static @Nullable Culprit culprit(Diagnosis diagnosis) {
    Reading culprit = diagnosis.culprit();
    if (culprit == null) {
      return null;
    }
    Task task = culprit.task();
    List<String> stack =
        culprit.frames().size() <= MAX_FRAMES
            ? culprit.frames()
            : culprit.frames().subList(0, MAX_FRAMES);
    String function = culprit.function();
    boolean shown = culprit.decidingFrame() >= 0 && culprit.decidingFrame() < stack.size();
    return Culprit.newBuilder()
        .setTaskRole(culprit.role().name())
        .setPid(task.pid())
        .setComm(task.comm())
        .setState(task.state())
        .setCpuUse(task.cpuUse())
        .setKernelFunction(function)
        .setSubsystem(function == null ? null : Subsystems.of(function).name())
        .setStack(stack)
        .setDecidingFrame(shown ? Integer.valueOf(culprit.decidingFrame()) : null)
        .setObservedAt(Instant.ofEpochMilli(task.observedAtMs()))
        .build();
  }

  private static io.netnswatch.schema.WaitStep waitStep(WaitStep step) {
    Reading reading = step.reading();
    return io.netnswatch.schema.WaitStep.newBuilder()
        .setTaskRole(step.role().name())
        .setPid(reading == null || reading.task().pid() < 0 ? null : reading.task().pid())
        .setComm(reading == null ? null : reading.task().comm())
        .setWaitsFor(step.what())
        .setInFunction(step.inFunction())
        .setInferred(step.inferred())
        .build();
  }

  private static @Nullable Instant oldestBlockedAt(ConditionState conditions, Diagnosis diagnosis) {
    Long oldestMs =
        conditions.creation() == null ? null : Long.valueOf(conditions.creation().startedAtMs());
    for (Reading reading : diagnosis.blocked()) {
      Long sinceMs = reading.task().sinceMs();
      oldestMs = oldestMs == null || (sinceMs != null && sinceMs < oldestMs) ? sinceMs : oldestMs;
    }
    return oldestMs == null ? null : Instant.ofEpochMilli(oldestMs);
  }

  private static List<String> missing(
      Signature signature, BootState boot, ConditionState conditions, Diagnosis diagnosis) {
    List<String> missing = new ArrayList<>();
    HotCode hot = conditions.hot();
    if (hot != null && signature.hot() != null) {
      addMissingOfHotCode(missing, signature.hot(), hot, conditions.worker());
    }
    BlockedCreation creation = conditions.creation();
    if (creation != null && signature.blocked() != null) {
      addMissingOfCreation(
          missing, signature.blocked().kernelFunction(), creation, tasks(boot, conditions));
      if (hot == null && signature.hot() == null) {
        if (boot.profiledMs() == null && !diagnosis.isOfDead()) {
          missing.add("no perf slice with kernel symbols was seen: a livelock is not excluded");
        }
        missing.addAll(diagnosis.missing());
        boolean explained = diagnosis.verdict() != null && diagnosis.verdict().known();
        if (isRunningInCleanup(conditions.worker()) && !explained) {
          missing.add(
              "a kernel worker is running in the namespace cleanup: a livelock is not excluded");
        }
      }
    }
    if (conditions.standstill() != null || (signature.slow() != null && hot == null)) {
      diagnosis.missing().stream().filter(it -> !missing.contains(it)).forEach(missing::add);
    }
    switch (finding(signature, boot.kernel(), diagnosis).verdict()) {
      case NOT_AFFECTED -> missing.add("this kernel is not known to have the bug");
      case UNKNOWN -> {
        if (signature.fragments() != null) {
          missing.add("it is not known whether this kernel has the bug");
        }
      }
      case AFFECTED -> {}
    }
    return missing;
  }

  /** Where whoever timed it did not look at the task, a snapshot may have. */
  private static void addMissingOfCreation(
      List<String> missing, String function, BlockedCreation creation, List<SeenTask> tasks) {
    List<Task> same =
        tasks.stream()
            .map(SeenTask::task)
            .filter(task -> Objects.equals(creation.pid(), task.pid()))
            .filter(task -> !task.looks().isEmpty())
            .toList();
    if (!Wording.shows(creation, function)
        && same.stream().noneMatch(task -> Wording.shows(task, function))) {
      missing.add(
          creation.wchan() == null && creation.stack().isEmpty() && same.isEmpty()
              ? "neither stack nor wchan of the hanging creation could be read"
              : "neither stack nor wchan shows the creation in " + function);
    }
  }

  private static boolean isRunningInCleanup(@Nullable CleanupWorker worker) {
    return worker != null
        && worker.inCleanup()
        && (worker.state().equals("R")
            || (worker.cpuUse() != null && worker.cpuUse() >= RUNNING_CPUS));
  }

  private static void addMissingOfHotCode(
      List<String> missing, Signature.Hot wanted, HotCode hot, @Nullable CleanupWorker worker) {
    if (hot.origin() == HotCode.Origin.PROC) {
      if (!wanted.stackSuffices()) {
        missing.add(
            "no perf slice with kernel symbols: the hot code is taken from the worker's stack in"
                + " /proc");
      }
      return;
    }
    if (hot.callPath().isEmpty()) {
      missing.add(
          "perf recorded no call paths: that "
              + wanted.caller()
              + " runs the hot code is inferred");
    }
    if (worker == null) {
      missing.add("no snapshot of /proc shows the kernel worker");
    } else if (worker.pid() != hot.pid()) {
      missing.add("/proc shows another kernel worker in the cleanup than perf");
    }
  }

  private static Confidence confidence(List<String> missing) {
    return switch (missing.size()) {
      case 0 -> Confidence.CONFIRMED;
      case 1 -> Confidence.PROBABLE;
      default -> Confidence.SUSPECTED;
    };
  }

  private static HotSymbol hotSymbol(HotCode hot) {
    return HotSymbol.newBuilder()
        .setSymbol(hot.symbol())
        .setCpus(hot.cpus())
        .setSamples(hot.samples())
        .setComm(hot.comm())
        .setPid(hot.pid())
        .setCallPath(hot.callPath())
        .setObservedAt(Instant.ofEpochMilli(hot.observedAtMs()))
        .build();
  }

  private static Worker worker(CleanupWorker worker) {
    return Worker.newBuilder()
        .setPid(worker.pid())
        .setComm(worker.comm())
        .setState(worker.state())
        .setCpuUse(worker.cpuUse())
        .setStack(worker.stack())
        .setObservedAt(Instant.ofEpochMilli(worker.observedAtMs()))
        .build();
  }

  private static io.netnswatch.schema.BlockedCreation blockedCreation(BlockedCreation creation) {
    return io.netnswatch.schema.BlockedCreation.newBuilder()
        .setOrigin(creation.origin())
        .setPid(creation.pid())
        .setComm(creation.comm())
        .setNetnsName(creation.netnsName())
        .setStartedAt(Instant.ofEpochMilli(creation.startedAtMs()))
        .setAgeMs(creation.ageMs())
        .setState(creation.state())
        .setWchan(creation.wchan())
        .setStack(creation.stack())
        .setObservedAt(Instant.ofEpochMilli(creation.observedAtMs()))
        .build();
  }

  private static io.netnswatch.schema.FragmentImbalance fragmentImbalance(
      FragmentImbalance imbalance) {
    return io.netnswatch.schema.FragmentImbalance.newBuilder()
        .setNetnsName(imbalance.netnsName())
        .setNetnsInode(imbalance.netnsInode())
        .setPid(imbalance.pid())
        .setProtocol(imbalance.protocol())
        .setMemoryBytes(imbalance.memoryBytes())
        .setObservedAt(Instant.ofEpochMilli(imbalance.observedAtMs()))
        .build();
  }

  private static List<EvidenceItem> evidence(
      Signature signature, ConditionState conditions, Diagnosis diagnosis) {
    List<EvidenceItem> items = new ArrayList<>();
    HotCode hot = conditions.hot();
    if (hot != null) {
      items.add(item(Wording.of(hot), hot.observedAtMs(), hot.source()));
    }
    BlockedCreation creation = conditions.creation();
    if (creation != null) {
      items.add(item(Wording.of(creation), creation.observedAtMs(), creation.source()));
    }
    CleanupWorker worker = conditions.worker();
    if (worker != null) {
      items.add(item(Wording.of(worker), worker.observedAtMs(), worker.source()));
    }
    Suspect suspect = conditions.suspect();
    if (suspect != null) {
      items.add(item(Wording.of(signature, suspect), suspect.observedAtMs(), suspect.source()));
    }
    Standstill standstill = conditions.standstill();
    if (standstill != null) {
      items.add(item(Wording.of(standstill), standstill.observedAtMs(), standstill.source()));
    }
    for (SlowCreation slow : conditions.slow()) {
      items.add(item(Wording.of(slow), slow.observedAtMs(), slow.source()));
    }
    for (FragmentImbalance imbalance : conditions.imbalances()) {
      items.add(item(Wording.of(imbalance), imbalance.observedAtMs(), imbalance.source()));
    }
    for (SeenTask seen : conditions.tasks()) {
      WaitStep step = stepOf(seen.task(), diagnosis);
      boolean told =
          (worker != null && worker.pid() == seen.task().pid())
              || (creation != null && Objects.equals(creation.pid(), seen.task().pid()));
      if (step != null && !told) {
        items.add(item(Wording.of(step), seen.task().observedAtMs(), seen.source()));
      }
    }
    for (DeviceReference device : conditions.devices()) {
      items.add(item(Wording.of(device), device.observedAtMs(), device.source()));
    }
    items.sort(Comparator.comparing(EvidenceItem::getObservedAt));
    return items.size() <= MAX_EVIDENCE ? items : items.subList(0, MAX_EVIDENCE);
  }

  private static @Nullable WaitStep stepOf(Task task, Diagnosis diagnosis) {
    for (WaitStep step : diagnosis.chain()) {
      Reading reading = step.reading();
      if (reading != null
          && reading.task().pid() == task.pid()
          && reading.task().origin() == task.origin()) {
        return step;
      }
    }
    return null;
  }

  private static EvidenceItem item(String summary, long observedAtMs, @Nullable SourceRef source) {
    return EvidenceItem.newBuilder()
        .setSummary(summary)
        .setObservedAt(Instant.ofEpochMilli(observedAtMs))
        .setSourceTopic(source == null ? null : source.topic())
        .setSourcePartition(source == null ? null : source.partition())
        .setSourceOffset(source == null ? null : source.offset())
        .build();
  }
}
