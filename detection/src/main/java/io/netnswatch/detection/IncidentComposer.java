package io.netnswatch.detection;

import io.netnswatch.detection.HostState.Boot;
import io.netnswatch.detection.HostState.OpenIncident;
import io.netnswatch.detection.Signature.KernelFinding;
import io.netnswatch.schema.BlockedCreation;
import io.netnswatch.schema.Confidence;
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
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Puts a lifecycle step into words and into the public {@link Incident} record.
 *
 * @param detectorVersion version of netnswatch
 * @param runbookBaseUrl where the pages of {@code runbooks/} are served, with the closing slash
 * @param replayRunId null in live operation
 */
public record IncidentComposer(
    String detectorVersion, String runbookBaseUrl, @Nullable String replayRunId) {

  private static final int MAX_TITLE_LENGTH = 130;

  Incident opened(Signature signature, String host, Boot boot, OpenIncident open) {
    return compose(signature, host, boot, open, 0, open.detectedAtMs())
        .setEventAction(EventAction.TRIGGER)
        .setStatus(IncidentStatus.OPEN)
        .build();
  }

  Incident resolved(
      Signature signature,
      String host,
      Boot boot,
      OpenIncident open,
      long updatedAtMs,
      long endedAtMs,
      Resolution resolution) {
    return compose(signature, host, boot, open, open.nextStep(), updatedAtMs)
        .setEventAction(EventAction.RESOLVE)
        .setStatus(IncidentStatus.RESOLVED)
        .setResolution(resolution)
        .setEndedAt(Instant.ofEpochMilli(endedAtMs))
        .build();
  }

  private Incident.Builder compose(
      Signature signature, String host, Boot boot, OpenIncident open, int step, long updatedAtMs) {
    Kernel kernel = boot.kernel();
    KernelFinding finding = signature.judge(kernel);
    CleanupWorker worker = relevant(open);
    List<String> missing = missing(signature, open, worker, finding);
    Instant startedAt = Instant.ofEpochMilli(open.startedAtMs());
    String key = signature.id() + "/" + host + "/" + startedAt;
    return Incident.newBuilder()
        .setIncidentKey(key)
        .setEventId(key + "/" + step)
        .setKind(signature.id())
        .setSeverity(signature.severity())
        .setConfidence(confidence(missing))
        .setTitle(title(signature, host, open))
        .setDescription(description(signature, kernel, finding, open, worker))
        .setHost(host)
        .setBootId(boot.bootId())
        .setComponent(signature.component())
        .setIncidentClass(signature.incidentClass())
        .setIncidentGroup(
            signature.id() + "/" + (kernel == null ? "unknown kernel" : kernel.release()))
        .setStartedAt(startedAt)
        .setDetectedAt(Instant.ofEpochMilli(open.detectedAtMs()))
        .setUpdatedAt(Instant.ofEpochMilli(updatedAtMs))
        .setRuleId(signature.id())
        .setRuleVersion(signature.version())
        .setDetectorVersion(detectorVersion)
        .setRunbookUrl(runbookBaseUrl + signature.runbook())
        .setKernelRelease(kernel == null ? null : kernel.release())
        .setKernelVersion(kernel == null ? null : kernel.version())
        .setKernelVerdict(finding.verdict())
        .setKernelVerdictReason(finding.reason())
        .setKernelCure(signature.cure())
        .setHotSymbol(hotSymbol(open.hot()))
        .setWorker(worker == null ? null : worker(worker))
        .setBlockedCreation(blockedCreation(open.creation()))
        .setMissing(missing)
        .setEvidence(evidence(open, worker))
        .setReplayRunId(replayRunId);
  }

  /** The worker, if it is the one that perf saw spinning or is inside the cleanup. */
  private static @Nullable CleanupWorker relevant(OpenIncident open) {
    CleanupWorker worker = open.worker();
    boolean relevant = worker != null && (worker.pid() == open.hot().pid() || worker.inCleanup());
    return relevant ? worker : null;
  }

  private static List<String> missing(
      Signature signature,
      OpenIncident open,
      @Nullable CleanupWorker worker,
      KernelFinding finding) {
    List<String> missing = new ArrayList<>();
    if (open.hot().callPath().isEmpty()) {
      missing.add(
          "perf recorded no call paths: that "
              + signature.hot().caller()
              + " runs the hot code is inferred");
    }
    if (!showsFunction(signature, open.creation())) {
      missing.add("neither stack nor wchan shows where the namespace creation hangs");
    }
    if (worker == null) {
      missing.add("no snapshot of /proc shows the kernel worker");
    }
    if (finding.verdict() == KernelVerdict.NOT_AFFECTED) {
      missing.add("this kernel is not known to have the bug");
    }
    return missing;
  }

  private static boolean showsFunction(Signature signature, HungCreation creation) {
    String function = signature.blocked().kernelFunction();
    return function.equals(creation.wchan())
        || creation.stack().stream()
            .map(SymbolName::withoutCompilerSuffix)
            .anyMatch(function::equals);
  }

  private static Confidence confidence(List<String> missing) {
    return switch (missing.size()) {
      case 0 -> Confidence.CONFIRMED;
      case 1 -> Confidence.PROBABLE;
      default -> Confidence.SUSPECTED;
    };
  }

  private static String title(Signature signature, String host, OpenIncident open) {
    String title =
        String.format(
            Locale.ROOT,
            "%s on %s: %s at %.2f CPU, creation blocked for %s",
            signature.headline(),
            host,
            open.hot().symbol(),
            open.hot().cpus(),
            seconds(open.creation().ageMs()));
    return title.length() <= MAX_TITLE_LENGTH
        ? title
        : title.substring(0, MAX_TITLE_LENGTH - 1) + "…";
  }

  private static String description(
      Signature signature,
      @Nullable Kernel kernel,
      KernelFinding finding,
      OpenIncident open,
      @Nullable CleanupWorker worker) {
    StringBuilder text = new StringBuilder();
    text.append(signature.summary()).append('\n');
    text.append("Evidence: ").append(describe(open.hot())).append(".\n");
    if (worker != null) {
      text.append("          ").append(describe(worker)).append(".\n");
    }
    text.append("          ").append(describe(open.creation())).append(".\n");
    text.append("Kernel:   ")
        .append(kernel == null ? "unknown" : kernel.release())
        .append(", ")
        .append(finding.verdict().name().toLowerCase(Locale.ROOT).replace('_', ' '))
        .append(": ")
        .append(finding.reason())
        .append('\n');
    text.append("Cure:     ").append(signature.cure()).append('\n');
    text.append("Do now:   ").append(signature.action());
    return text.toString();
  }

  private static String describe(HotCode hot) {
    return String.format(
        Locale.ROOT,
        "%s (pid %d) spends %.2f CPU in %s%s",
        hot.comm(),
        hot.pid(),
        hot.cpus(),
        hot.symbol(),
        hot.callPath().isEmpty() ? "" : ", call path " + path(hot.callPath()));
  }

  private static String describe(CleanupWorker worker) {
    return String.format(
        Locale.ROOT,
        "/proc shows %s (pid %d) in state %s%s%s",
        worker.comm(),
        worker.pid(),
        worker.state(),
        worker.cpuUse() == null
            ? ""
            : String.format(Locale.ROOT, " using %.2f CPU", worker.cpuUse()),
        worker.stack().isEmpty() ? "" : ", stack " + path(worker.stack()));
  }

  private static String describe(HungCreation creation) {
    String who =
        creation.pid() == null
            ? "an unknown process"
            : (creation.comm() == null ? "pid" : creation.comm()) + " (pid " + creation.pid() + ")";
    String name = creation.netnsName() == null ? "" : " of namespace " + creation.netnsName();
    String where =
        creation.wchan() != null
            ? " in " + creation.wchan()
            : creation.stack().isEmpty() ? "" : " in " + creation.stack().get(0);
    return String.format(
        Locale.ROOT,
        "the creation%s by %s has hung for %s%s%s (%s)",
        name,
        who,
        seconds(creation.ageMs()),
        where,
        creation.state() == null ? "" : ", state " + creation.state(),
        creation.origin());
  }

  private static String path(List<String> frames) {
    return String.join(" < ", frames);
  }

  private static String seconds(long ms) {
    return String.format(Locale.ROOT, "%.1f s", ms / 1000.0);
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

  private static BlockedCreation blockedCreation(HungCreation creation) {
    return BlockedCreation.newBuilder()
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

  private static List<EvidenceItem> evidence(OpenIncident open, @Nullable CleanupWorker worker) {
    List<EvidenceItem> items = new ArrayList<>();
    HotCode hot = open.hot();
    HungCreation creation = open.creation();
    items.add(item(describe(hot), hot.observedAtMs(), hot.source()));
    items.add(item(describe(creation), creation.observedAtMs(), creation.source()));
    if (worker != null) {
      items.add(item(describe(worker), worker.observedAtMs(), worker.source()));
    }
    items.sort(Comparator.comparing(EvidenceItem::getObservedAt));
    return items;
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
