package io.netnswatch.detection;

import io.netnswatch.detection.evidence.BlockedCreation;
import io.netnswatch.detection.evidence.CleanupWorker;
import io.netnswatch.detection.evidence.FragmentImbalance;
import io.netnswatch.detection.evidence.HotCode;
import io.netnswatch.detection.evidence.SlowCreation;
import io.netnswatch.detection.evidence.Suspect;
import io.netnswatch.detection.signature.Kernel;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.detection.signature.Signature.KernelFinding;
import io.netnswatch.detection.signature.SymbolName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Evidence in words, for people. */
final class Words {

  private static final int MAX_TITLE_LENGTH = 130;

  private Words() {}

  static String title(Signature signature, String host, ConditionState conditions) {
    List<String> parts = new ArrayList<>();
    HotCode hot = conditions.hot();
    if (hot != null && signature.hot() != null) {
      parts.add(format("%s at %.2f CPU", hot.symbol(), hot.cpus()));
    }
    if (conditions.creation() != null) {
      parts.add("creation blocked for " + seconds(conditions.creation().ageMs()));
    }
    if (conditions.standstill() != null) {
      Standstill standstill = conditions.standstill();
      parts.add(
          format(
              "%s in %s for %s",
              standstill.comm(), standstill.function(), seconds(standstill.lastsMs())));
    }
    if (!conditions.slow().isEmpty()) {
      long slowest = conditions.slow().stream().mapToLong(SlowCreation::latencyMs).max().orElse(0);
      parts.add(conditions.slow().size() + " creations took up to " + seconds(slowest));
    }
    if (!conditions.imbalances().isEmpty()) {
      FragmentImbalance first = conditions.imbalances().get(0);
      int more = conditions.imbalances().size() - 1;
      parts.add(
          format("namespace %s at %d bytes", first.namespace(), first.memoryBytes())
              + (more == 0 ? "" : " and " + more + " more"));
    }
    String title = signature.headline() + " on " + host + ": " + String.join(", ", parts);
    return title.length() <= MAX_TITLE_LENGTH
        ? title
        : title.substring(0, MAX_TITLE_LENGTH - 1) + "…";
  }

  static String description(
      Signature signature,
      @Nullable Kernel kernel,
      KernelFinding finding,
      ConditionState conditions) {
    List<String> evidence = new ArrayList<>();
    if (conditions.hot() != null) {
      evidence.add(of(conditions.hot()));
    }
    if (conditions.worker() != null) {
      evidence.add(of(conditions.worker()));
    }
    if (conditions.creation() != null) {
      evidence.add(of(conditions.creation()));
    }
    if (conditions.standstill() != null) {
      evidence.add(of(conditions.standstill()));
    }
    if (conditions.suspect() != null) {
      evidence.add(of(signature, conditions.suspect()));
    }
    conditions.slow().forEach(slow -> evidence.add(of(slow)));
    conditions.imbalances().forEach(imbalance -> evidence.add(of(imbalance)));
    StringBuilder text = new StringBuilder(signature.summary()).append('\n');
    for (int i = 0; i < evidence.size(); i++) {
      text.append(i == 0 ? "Evidence: " : "          ").append(evidence.get(i)).append(".\n");
    }
    text.append("Kernel:   ")
        .append(kernel == null ? "unknown" : kernel.release())
        .append(", ")
        .append(finding.verdict().name().toLowerCase(Locale.ROOT).replace('_', ' '))
        .append(": ")
        .append(finding.reason())
        .append('\n');
    if (signature.cure() != null) {
      text.append("Cure:     ").append(signature.cure()).append('\n');
    }
    return text.append("Do now:   ").append(signature.action()).toString();
  }

  static String of(HotCode hot) {
    String path = hot.callPath().isEmpty() ? "" : ": " + path(hot.callPath());
    return hot.origin() == HotCode.Origin.PERF
        ? format(
            "%s (pid %d) spends %.2f CPU in %s%s",
            hot.comm(), hot.pid(), hot.cpus(), hot.symbol(), path)
        : format(
            "%s (pid %d) uses %.2f CPU, its stack is in %s%s",
            hot.comm(), hot.pid(), hot.cpus(), hot.symbol(), path);
  }

  static String of(CleanupWorker worker) {
    return format(
        "/proc shows %s (pid %d) in state %s%s%s",
        worker.comm(),
        worker.pid(),
        worker.state(),
        worker.cpuUse() == null ? "" : format(" using %.2f CPU", worker.cpuUse()),
        worker.stack().isEmpty() ? "" : ", stack " + path(worker.stack()));
  }

  static String of(BlockedCreation creation) {
    String who =
        creation.pid() == null
            ? "an unknown process"
            : (creation.comm() == null ? "pid" : creation.comm()) + " (pid " + creation.pid() + ")";
    String name = creation.netnsName() == null ? "" : " of namespace " + creation.netnsName();
    String where =
        creation.wchan() != null
            ? " in " + creation.wchan()
            : creation.stack().isEmpty() ? "" : " in " + creation.stack().get(0);
    return format(
        "the creation%s by %s has hung for %s%s%s (%s)",
        name,
        who,
        seconds(creation.ageMs()),
        where,
        creation.state() == null ? "" : ", state " + creation.state(),
        creation.origin());
  }

  static String of(Signature signature, Suspect suspect) {
    return format(
        "%s (pid %d, state %s) suggests: %s Stack: %s",
        suspect.comm(),
        suspect.pid(),
        suspect.state(),
        signature.suggestions().get(suspect.suggestion()).says(),
        path(suspect.stack()));
  }

  static String of(Standstill standstill) {
    return format(
        "%s (pid %d) %s and has been in %s for %s, state %s%s: %s",
        standstill.comm(),
        standstill.pid(),
        switch (standstill.role()) {
          case PERNET_WRITER -> "loads or removes a module";
          case CREATOR -> "creates a namespace";
          default -> "tears namespaces down";
        },
        standstill.function(),
        seconds(standstill.lastsMs()),
        standstill.state(),
        standstill.cpuUse() == null ? "" : format(", %.2f CPU", standstill.cpuUse()),
        path(standstill.frames()));
  }

  static String of(SlowCreation slow) {
    return "a creation (" + slow.commandId() + ") took " + seconds(slow.latencyMs());
  }

  static String of(FragmentImbalance imbalance) {
    return format(
        "the fragment counter of namespace %s is at %d bytes%s",
        imbalance.namespace(),
        imbalance.memoryBytes(),
        imbalance.netnsName() != null && imbalance.pid() != null
            ? " (read through pid " + imbalance.pid() + ")"
            : "");
  }

  /** Whether it is seen to hang in a kernel function. */
  static boolean shows(BlockedCreation creation, String function) {
    return function.equals(creation.wchan())
        || creation.stack().stream()
            .map(SymbolName::withoutCompilerSuffix)
            .anyMatch(function::equals);
  }

  private static String path(List<String> frames) {
    return String.join(" < ", frames);
  }

  private static String seconds(long ms) {
    return format("%.1f s", ms / 1000.0);
  }

  private static String format(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
