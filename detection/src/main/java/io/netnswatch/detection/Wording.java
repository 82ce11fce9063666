package io.netnswatch.detection;

import static java.util.Objects.requireNonNullElse;

import io.netnswatch.detection.cause.Diagnosis;
import io.netnswatch.detection.cause.Diagnosis.Alternative;
import io.netnswatch.detection.cause.Diagnosis.CauseVerdict;
import io.netnswatch.detection.cause.KernelFunctions;
import io.netnswatch.detection.cause.Reading;
import io.netnswatch.detection.cause.Role;
import io.netnswatch.detection.cause.StackReader;
import io.netnswatch.detection.cause.Subsystems;
import io.netnswatch.detection.cause.Task;
import io.netnswatch.detection.cause.WaitKind;
import io.netnswatch.detection.cause.WaitStep;
import io.netnswatch.detection.evidence.BlockedCreation;
import io.netnswatch.detection.evidence.CleanupWorker;
import io.netnswatch.detection.evidence.DeviceReference;
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
final class Wording {

  private static final int MAX_TITLE_LENGTH = 130;

  /** What to do where a dead task holds the lock. */
  private static final String REBOOT =
      "Reboot the host: nothing else takes the lock from the dead. Save the kernel log before, with"
          + " the report of the error.";

  /** Stands before who is not seen to hold others up. */
  private static final String LIKELY = "likely held by ";

  /** What stands for a name where evidence has none. */
  private static final String NAMELESS = "unknown";

  /** Less of a CPU is not worth a figure. */
  private static final double LEAST_SHOWN_CPUS = 0.01;

  private Wording() {}

  /**
   * What an incident is called.
   *
   * @param lastsMs for how long no creation has finished; 0 if none is blocked
   */
  static String title(
      Signature signature,
      String host,
      ConditionState conditions,
      Diagnosis diagnosis,
      long lastsMs) {
    List<String> parts = new ArrayList<>();
    HotCode hot = conditions.hot();
    boolean slow = !conditions.slow().isEmpty();
    if (hot != null && signature.hot() != null && !(slow && isOutsideCleanup(diagnosis))) {
      parts.add(
          hot.cpus() >= LEAST_SHOWN_CPUS
              ? format("%s at %.2f CPU", hot.symbol(), hot.cpus())
              : hot.symbol() + " at work");
    } else if (!slow && conditions.standstill() == null && !diagnosis.chain().isEmpty()) {
      parts.addAll(heldBy(diagnosis));
    }
    if (conditions.creation() != null) {
      Integer count = blockedCount(conditions, diagnosis);
      parts.add(
          (count != null && count > 1 ? count + " creations" : "creation")
              + (isTriedAnew(conditions.creation(), lastsMs)
                  ? " blocked, none finished for "
                  : " blocked for ")
              + seconds(lastsMs));
    }
    if (conditions.standstill() != null) {
      Standstill standstill = conditions.standstill();
      parts.add(
          standstill.isSeen()
              ? format(
                  "%s in %s for %s",
                  standstill.comm(), standstill.function(), seconds(standstill.lastsMs()))
              : format(
                  "device %s still referenced after %s",
                  standstill.comm(), seconds(standstill.lastsMs())));
    }
    if (slow) {
      long slowest = conditions.slow().stream().mapToLong(SlowCreation::latencyMs).max().orElse(0);
      parts.add(conditions.slow().size() + " creations took up to " + seconds(slowest));
    }
    if (slow && isOutsideCleanup(diagnosis)) {
      heldBy(diagnosis)
          .forEach(
              it -> parts.add("the next is " + (it.startsWith(LIKELY) ? it : "held up by " + it)));
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

  /** Whether somebody who is not the namespace cleanup was seen to hold creations up. */
  private static boolean isOutsideCleanup(Diagnosis diagnosis) {
    Reading culprit = diagnosis.culprit();
    return culprit != null && culprit.role() != Role.CLEANUP && culprit.role() != Role.HOT_WORKER;
  }

  /** Who holds it up and where, for a title; nothing if that was not seen. */
  private static List<String> heldBy(Diagnosis diagnosis) {
    WaitStep last = diagnosis.chain().get(diagnosis.chain().size() - 1);
    Reading culprit = diagnosis.culprit();
    if (culprit == null) {
      return last.waitsFor() == WaitKind.DEVICE_REFERENCE || last.waitsFor() == WaitKind.RTNL
          ? List.of("waits for " + last.what())
          : List.of();
    }
    String function = culprit.function() != null ? culprit.function() : culprit.waitsIn();
    Double cpuUse = culprit.task().cpuUse();
    String load = cpuUse != null && culprit.task().isHot() ? format(" at %.2f CPU", cpuUse) : "";
    return List.of(
        (culprit.isLikelyOwner() ? LIKELY : "")
            + culprit.task().comm()
            + load
            + (function == null ? "" : " in " + function));
  }

  /** Whether others hung before it. */
  private static boolean isTriedAnew(BlockedCreation creation, long lastsMs) {
    return lastsMs > creation.ageMs();
  }

  /** How many creations are blocked; null if that is not known. */
  static @Nullable Integer blockedCount(ConditionState conditions, Diagnosis diagnosis) {
    int seen = Math.max(diagnosis.blocked().size(), conditions.creation() == null ? 0 : 1);
    Integer counted = conditions.blockedCount();
    if (counted != null) {
      return Math.max(counted, seen);
    }
    return seen == 0 ? null : Integer.valueOf(seen);
  }

  static String description(
      Signature signature,
      @Nullable Kernel kernel,
      KernelFinding finding,
      @Nullable String cure,
      ConditionState conditions,
      Diagnosis diagnosis,
      long lastsMs) {
    List<String> evidence = new ArrayList<>();
    if (conditions.hot() != null) {
      evidence.add(of(conditions.hot()));
    }
    if (conditions.worker() != null) {
      evidence.add(of(conditions.worker()));
    }
    if (conditions.creation() != null) {
      evidence.add(of(conditions.creation()));
      if (isTriedAnew(conditions.creation(), lastsMs)) {
        evidence.add(
            "others were tried before that one; none was seen to finish for " + seconds(lastsMs));
      }
    }
    if (conditions.standstill() != null) {
      evidence.add(of(conditions.standstill()));
    }
    if (conditions.suspect() != null) {
      evidence.add(of(signature, conditions.suspect()));
    }
    conditions.slow().forEach(slow -> evidence.add(of(slow)));
    Reading culprit = diagnosis.culprit();
    if (culprit != null && !conditions.slow().isEmpty() && isOutsideCleanup(diagnosis)) {
      evidence.add(ofTurns(culprit.task()));
    }
    conditions.imbalances().forEach(imbalance -> evidence.add(of(imbalance)));
    StringBuilder text = new StringBuilder(signature.summary()).append('\n');
    addDiagnosis(text, diagnosis);
    for (int i = 0; i < evidence.size(); i++) {
      text.append(i == 0 ? "Evidence: " : "          ").append(evidence.get(i)).append(".\n");
    }
    text.append("Kernel:   ");
    if (kernel != null && kernel.upstream() != null) {
      text.append(kernel.release()).append(", ");
    }
    text.append(finding.verdict().name().toLowerCase(Locale.ROOT).replace('_', ' '))
        .append(": ")
        .append(finding.reason())
        .append('\n');
    if (cure != null) {
      text.append("Cure:     ").append(cure).append('\n');
    }
    CauseVerdict verdict = diagnosis.verdict();
    if (verdict != null) {
      lines(text, "Options:  ", verdict.options());
    }
    return text.append("Do now:   ")
        .append(diagnosis.isOfDead() ? REBOOT : signature.action())
        .toString();
  }

  private static void addDiagnosis(StringBuilder text, Diagnosis diagnosis) {
    CauseVerdict verdict = diagnosis.verdict();
    if (verdict != null) {
      boolean oneOf = verdict.known() && !verdict.alternatives().isEmpty();
      text.append("Cause:    ");
      if (oneOf) {
        text.append("One of ")
            .append(verdict.alternatives().size() + 1)
            .append(" that fit, which of them is not shown. Probably: ");
      }
      text.append(sentence(verdict.headline()));
      text.append(' ').append(verdict.summary());
      if (verdict.tellApart() != null) {
        text.append(" How to tell: ").append(verdict.tellApart());
      }
      if (!verdict.alternatives().isEmpty()) {
        text.append(
                verdict.known()
                    ? " It could also be this: "
                    : " On this kernel a livelock is likely: ")
            .append(
                String.join(
                    "; or ", verdict.alternatives().stream().map(Alternative::headline).toList()))
            .append('.');
      }
      text.append('\n');
    }
    List<String> chain = new ArrayList<>();
    for (WaitStep step : diagnosis.chain()) {
      chain.add((chain.isEmpty() ? "" : "<- ") + of(step));
    }
    lines(text, "Chain:    ", chain);
    if (diagnosis.blocked().size() > 1) {
      text.append("Blocked:  ")
          .append(
              String.join(", ", diagnosis.blocked().stream().map(it -> name(it.task())).toList()))
          .append('\n');
    }
    WaitStep queued = diagnosis.queued();
    if (queued != null) {
      text.append("Queued:   ")
          .append(of(queued))
          .append(": every creation that comes now waits behind it\n");
    }
    Reading culprit = diagnosis.culprit();
    if (culprit != null && !culprit.frames().isEmpty()) {
      List<String> frames = new ArrayList<>();
      for (int i = 0; i < culprit.frames().size(); i++) {
        frames.add((i == culprit.decidingFrame() ? "=> " : "   ") + culprit.frames().get(i));
      }
      text.append("Culprit:  the stack of ").append(name(culprit.task())).append('\n');
      lines(text, "          ", frames);
    }
  }

  private static void lines(StringBuilder text, String label, List<String> lines) {
    for (int i = 0; i < lines.size(); i++) {
      text.append(i == 0 ? label : "          ").append(lines.get(i)).append('\n');
    }
  }

  private static String sentence(String words) {
    return Character.toUpperCase(words.charAt(0)) + words.substring(1) + ".";
  }

  private static String name(Task task) {
    return name(task.comm(), task.pid());
  }

  /** Texts name tasks without their pid, or not at all. */
  private static String name(String comm, int pid) {
    return pid >= 0
        ? comm + " (pid " + pid + ")"
        : comm.equals(NAMELESS) ? "a task without a name" : comm;
  }

  /** One task in the chain: who it is, what it does or waits for, and where. */
  static String of(WaitStep step) {
    Reading reading = step.reading();
    String who = reading == null ? "a task that was not seen" : name(reading.task());
    String role =
        switch (step.role()) {
          case CLEANUP -> "the namespace cleanup" + withRtnl(reading);
          case CREATOR -> "a creation";
          case PERNET_WRITER ->
              (reading == null
                      ? "a module load or unload"
                      : StackReader.isOfSocket(reading.frames())
                          ? "opens or closes a socket that follows network devices"
                          : StackReader.isOfModule(reading.frames())
                              ? "a module load or unload"
                              : "a writer of that lock")
                  + withRtnl(reading);
          case RTNL_OWNER ->
              reading != null && reading.isLikelyOwner()
                  ? "likely holds rtnl_mutex"
                  : "holds rtnl_mutex";
          case LOCK_OWNER -> "holds " + (reading == null ? "a lock" : reading.holdsLock());
          case RTNL_WAITER -> "another task";
          case DEVICE_REMOVER -> "removes a network device";
          case DEVICE_WORKER -> "works on a network device";
          case HOT_WORKER ->
              reading != null && reading.task().cleansUp()
                  ? "the namespace cleanup by its name"
                  : "a kernel worker";
        };
    StringBuilder words = new StringBuilder(who).append(", ").append(role);
    if (reading != null) {
      if (!reading.task().isOfUnknownState()) {
        words.append(", state ").append(reading.task().state());
      }
      Double cpuUse = reading.task().cpuUse();
      if (cpuUse != null && cpuUse >= LEAST_SHOWN_CPUS) {
        words.append(format(", %.2f CPU", cpuUse));
      }
    }
    String function = step.inFunction();
    if (step.waitsFor() == WaitKind.NOTHING) {
      words.append(function == null ? ", runs, but no source shows what" : ", runs in " + function);
    } else if (step.waitsFor() == WaitKind.DIED) {
      words.append(function == null ? ", died" : ", died in " + function);
    } else {
      boolean stateless = reading != null && reading.task().isOfUnknownState();
      boolean runsOrWaits = stateless && step.waitsFor() == WaitKind.UNKNOWN;
      words.append(runsOrWaits ? ", runs or waits" : ", waits for " + step.what());
      if (function != null) {
        words.append(" in ").append(function);
      }
    }
    addHandler(words, reading, function);
    if (step.inferred()) {
      words.append(step.role() == Role.HOT_WORKER ? " (a suspect)" : " (inferred)");
    }
    return words.toString();
  }

  /** Of who sleeps, for something else than the lock. */
  private static String withRtnl(@Nullable Reading reading) {
    return reading != null && reading.ownsRtnl() && reading.task().state().startsWith("D")
        ? ", which holds rtnl_mutex as well"
        : "";
  }

  private static void addHandler(
      StringBuilder words, @Nullable Reading reading, @Nullable String function) {
    String handler = reading == null ? null : reading.function();
    if (reading == null || handler == null) {
      return;
    }
    String kind =
        switch (reading.role()) {
          case RTNL_OWNER, RTNL_WAITER, LOCK_OWNER -> "of";
          default -> reading.exiting() ? "exit handler of" : "set-up of";
        };
    words.append(" (");
    if (!handler.equals(function)) {
      words.append("below ").append(handler).append(", ");
    }
    words.append(kind).append(' ').append(Subsystems.of(handler).name()).append(')');
  }

  static String of(DeviceReference device) {
    return "the kernel log: unregister_netdevice: waiting for "
        + device.device()
        + " to become free"
        + (device.usageCount() == null ? "" : ", usage count " + device.usageCount())
        + (device.takenIn().isEmpty()
            ? ""
            : "; ref_tracker: a reference was taken in " + path(device.takenIn()));
  }

  static String of(HotCode hot) {
    String path = hot.callPath().isEmpty() ? "" : ": " + path(hot.callPath());
    return hot.origin() == HotCode.Origin.PERF
        ? format(
            hot.cpus() > 1 ? "%s and others spend %.2f CPU in %s%s" : "%s spends %.2f CPU in %s%s",
            name(hot.comm(), hot.pid()),
            hot.cpus(),
            hot.symbol(),
            path)
        : format(
            "%s uses %.2f CPU, its stack is in %s%s",
            name(hot.comm(), hot.pid()), hot.cpus(), hot.symbol(), path);
  }

  static String of(CleanupWorker worker) {
    return format(
        "%s was seen in state %s%s%s",
        name(worker.comm(), worker.pid()),
        worker.state(),
        worker.cpuUse() == null ? "" : format(" using %.2f CPU", worker.cpuUse()),
        worker.stack().isEmpty() ? "" : ", stack " + path(worker.stack()));
  }

  static String of(BlockedCreation creation) {
    String who =
        creation.pid() == null || creation.pid() < 0
            ? creation.comm() == null || creation.comm().equals(NAMELESS)
                ? "a process that was not named"
                : creation.comm()
            : (creation.comm() == null ? "pid" : creation.comm()) + " (pid " + creation.pid() + ")";
    String name = creation.netnsName() == null ? "" : " of namespace " + creation.netnsName();
    String where =
        creation.wchan() != null
            ? " in " + creation.wchan()
            : creation.stack().isEmpty()
                ? ""
                : " in "
                    + requireNonNullElse(
                        KernelFunctions.innermost(creation.stack()), creation.stack().get(0));
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
        "%s, state %s, suggests: %s Stack: %s",
        name(suspect.comm(), suspect.pid()),
        suspect.state(),
        signature.suggestions().get(suspect.suggestion()).says(),
        path(suspect.stack()));
  }

  static String of(Standstill standstill) {
    if (!standstill.isSeen()) {
      return format(
          "the kernel log says for %s that device %s is still referenced; who waits for it was not"
              + " seen",
          seconds(standstill.lastsMs()), standstill.comm());
    }
    return format(
        "%s %s and has been in %s for %s, state %s%s: %s",
        name(standstill.comm(), standstill.pid()),
        switch (standstill.role()) {
          case PERNET_WRITER ->
              StackReader.isOfSocket(standstill.frames())
                  ? "is queued for the lock, to open or close a socket,"
                  : standstill.isQueued()
                      ? StackReader.isOfModule(standstill.frames())
                          ? "is queued for the lock, to load or remove a module,"
                          : "is queued for the lock as its writer, or has it and waits for rtnl,"
                      : "loads or removes a module";
          case CREATOR -> "creates a namespace";
          default ->
              standstill.isWaiting()
                  ? "waits for a lock that another task holds, to tear namespaces down"
                  : "tears namespaces down";
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

  /** Who holds the next creation up did not hold up all that finished, or not all the while. */
  private static String ofTurns(Task holder) {
    Long lastsMs = holder.lastsMs();
    return name(holder)
        + " holds the next one up"
        + (lastsMs == null ? "" : ", for " + seconds(lastsMs) + " so far")
        + "; those that finished were held up by others, one after another, or by it in turns";
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

  /** Whether a look at its stack shows it in a kernel function. */
  static boolean shows(Task task, String function) {
    return task.looks().stream().anyMatch(look -> look.contains(function));
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
