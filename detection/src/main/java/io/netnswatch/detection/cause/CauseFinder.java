package io.netnswatch.detection.cause;

import io.netnswatch.detection.cause.Diagnosis.Alternative;
import io.netnswatch.detection.cause.Diagnosis.CauseVerdict;
import io.netnswatch.detection.signature.Kernel;
import io.netnswatch.detection.signature.Signature.KernelFinding;
import io.netnswatch.schema.KernelVerdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which causes fit whoever holds namespaces up on one kernel, and what is to be said of them. */
final class CauseFinder {

  /** Of what ends by itself, minutes are known: 5 of a conntrack cleanup that a resize restarts. */
  private static final long LONGEST_FINITE_MS = 30 * 60_000L;

  /** From which release on there is what an option names. */
  private static final Pattern FROM_LINUX = Pattern.compile("\\(Linux (\\d)\\.(\\d+) and later\\)");

  private final List<Cause> causes;
  private final @Nullable Kernel kernel;
  private final List<HeldDevice> devices;
  private final List<Reading> readings;

  /**
   * One for a situation.
   *
   * @param causes all that are known
   * @param kernel null if it is not known
   * @param devices that are still referenced
   * @param readings of all tasks
   */
  CauseFinder(
      List<Cause> causes,
      @Nullable Kernel kernel,
      List<HeldDevice> devices,
      List<Reading> readings) {
    this.causes = causes;
    this.kernel = kernel;
    this.devices = devices;
    this.readings = readings;
  }

  /** Those that the log's words about devices show, likeliest first. */
  List<Cause> ofDevices() {
    return causes.stream()
        .filter(cause -> cause.shows().fitLog(devices))
        .sorted(bestFirst())
        .toList();
  }

  /** What this kernel may have, and of that what demands most. */
  private Comparator<Cause> bestFirst() {
    return Comparator.<Cause>comparingInt(
            cause -> cause.judge(kernel).verdict() == KernelVerdict.NOT_AFFECTED ? 1 : 0)
        .thenComparingInt(cause -> -cause.shows().demands());
  }

  /** Likeliest first. */
  List<Cause> fitting(Reading root) {
    Comparator<Cause> order =
        bestFirst()
            .thenComparingInt(cause -> isOverdue(cause) ? 1 : 0)
            .thenComparingLong(cause -> -cause.shows().likelihood(root))
            .thenComparingInt(cause -> cause.doubt(kernel))
            .thenComparingInt(Cause::rankOrUsual)
            .thenComparing(Cause::id);
    return causes.stream().filter(cause -> cause.shows().fit(root, devices)).sorted(order).toList();
  }

  /** What ends by itself would have ended by now. */
  private boolean isOverdue(Cause cause) {
    return cause.course() == Course.FINITE
        && readings.stream()
            .map(reading -> reading.task().lastsMs())
            .anyMatch(lastsMs -> lastsMs != null && lastsMs >= LONGEST_FINITE_MS);
  }

  /** Of the first, with the others as alternatives. */
  CauseVerdict known(List<Cause> fitting) {
    Cause cause = fitting.get(0);
    List<Alternative> alternatives =
        fitting.stream()
            .skip(1)
            .filter(other -> other.shows().demands() == cause.shows().demands())
            .filter(other -> other.judge(kernel).verdict() != KernelVerdict.NOT_AFFECTED)
            .map(Alternative::of)
            .toList();
    List<Cause> others =
        fitting.stream().filter(it -> alternatives.contains(Alternative.of(it))).toList();
    Fix fix = cause.kernels().fix();
    return new CauseVerdict(
        cause.id(),
        cause.version(),
        cause.headline(),
        cause.summary()
            + (cause.evidence() == Certainty.INFERRED
                ? " (Inferred from the kernel's code; no report of it is known.)"
                : ""),
        true,
        cause.course() == Course.EITHER ? null : cause.course() == Course.ENDLESS,
        fix == null ? null : fix.words(),
        cures(cause, others),
        options(cause, others),
        cause.tellApart(),
        alternatives);
  }

  /** Of each that it may be, as far as any is known: the first one's alone may not help. */
  private @Nullable String cures(Cause cause, List<Cause> others) {
    List<String> cures = new ArrayList<>();
    String first = cause.cureFor(kernel);
    if (first != null) {
      cures.add(first);
    }
    for (Cause other : others) {
      String cure = other.cureFor(kernel);
      if (cure != null && !cure.equals(first)) {
        cures.add("where it is " + other.id() + ": " + cure);
      }
    }
    return cures.isEmpty() ? null : String.join("; ", cures);
  }

  /** Not what a kernel so old does not have. */
  private boolean isOfItsKernel(String option) {
    Matcher first = FROM_LINUX.matcher(option);
    return kernel == null
        || !first.find()
        || !kernel.isBefore(Integer.parseInt(first.group(1)), Integer.parseInt(first.group(2)));
  }

  /** What can be done about whoever holds the device, where that is known, comes first. */
  private List<String> options(Cause cause, List<Cause> others) {
    List<String> options = new ArrayList<>();
    if (cause.shows().waits().contains(WaitKind.DEVICE_REFERENCE)) {
      for (HeldDevice device : devices) {
        String holder = device.holder();
        String stop = holder == null ? null : Subsystems.of(holder).stop();
        if (stop != null) {
          options.add("Stop or remove what holds " + device.name() + ": " + stop + ".");
        }
      }
    }
    cause.options().stream().filter(this::isOfItsKernel).forEach(options::add);
    Set<String> said = new HashSet<>(options);
    for (Cause other : others) {
      other.options().stream()
          .filter(it -> isOfItsKernel(it) && said.add(it))
          .map(it -> "Where it is " + other.id() + ": " + it)
          .forEach(options::add);
    }
    return options;
  }

  /**
   * Of somebody whom no known cause fits.
   *
   * @param waitsFor what it waits for, in words; null if for nothing
   */
  CauseVerdict generic(Reading root, @Nullable String waitsFor) {
    String function = root.function() != null ? root.function() : root.waitsIn();
    String inner = ofModule(root);
    if (inner != null) {
      function = inner;
    }
    Subsystem subsystem =
        function == null || KernelFunctions.isOfNamespaces(function)
            ? null
            : Subsystems.of(function);
    List<String> options = new ArrayList<>();
    if (subsystem != null && subsystem.stop() != null) {
      options.add("Stop or remove what it works for: " + subsystem.stop() + ".");
    }
    if (subsystem != null && subsystem.module() != null) {
      options.add(
          "After a reboot, keep the module "
              + subsystem.module()
              + " from being loaded, if the host can do without; unloading it now would wait for"
              + " the same lock.");
    }
    String where = where(root, function, subsystem);
    String does =
        root.waitsFor() == WaitKind.NOTHING || root.waitsFor() == WaitKind.INTERRUPTED
            ? "runs in "
            : isUnclear(root) ? "runs or waits in " : "waits for " + waitsFor + " in ";
    return new CauseVerdict(
        subsystem == null ? "unknown" : "unknown-" + slug(subsystem.name()),
        "0",
        "held up in " + where,
        "No known bug fits. " + root.task().comm() + " " + does + where + ".",
        false,
        null,
        null,
        null,
        options,
        null,
        List.of());
  }

  /** Of a worker of which no source shows what it does. */
  CauseVerdict hotWorker(Reading worker, List<Cause> likely) {
    return new CauseVerdict(
        "unknown",
        "0",
        "a kernel worker runs hot, and what it does could not be seen",
        worker.task().cleansUp()
            ? worker.task().comm()
                + " runs hot, in the namespace cleanup by its name; its stack could not be read."
            : worker.task().comm()
                + " runs hot and its stack could not be read: so does a worker that spins in the"
                + " namespace cleanup.",
        false,
        null,
        null,
        likely.isEmpty() ? null : likely.get(0).cureFor(kernel),
        List.of(),
        null,
        likely.stream().map(Alternative::of).toList());
  }

  /** Causes that spin for ever in the cleanup and that this kernel has. */
  List<Cause> spinning() {
    return causes.stream()
        .filter(cause -> cause.course() == Course.ENDLESS)
        .filter(cause -> cause.shows().activity() == Shows.Activity.HOT)
        .filter(cause -> cause.shows().roles().contains(Role.CLEANUP))
        .filter(cause -> cause.judge(kernel).verdict() == KernelVerdict.AFFECTED)
        .sorted(Comparator.comparingInt(Cause::rankOrUsual).thenComparing(Cause::id))
        .toList();
  }

  /** What is known of this kernel where only a worker was seen to be hot, or nobody. */
  KernelFinding ofSpinning(List<Cause> likely) {
    if (likely.isEmpty()) {
      return new KernelFinding(
          KernelVerdict.UNKNOWN, "Which bug it is, is not known, so neither is who has it.");
    }
    Cause first = likely.get(0);
    return new KernelFinding(
        KernelVerdict.AFFECTED,
        "No evidence shows that it is the cause here, but this kernel has "
            + first.headline()
            + ": "
            + first.judge(kernel).reason());
  }

  /**
   * The outermost function of a module that the handler called: what it unregisters is that
   * module's, where the handler itself is of all network devices.
   */
  private static @Nullable String ofModule(Reading root) {
    String handler = root.function();
    if (handler == null || Subsystems.of(handler).module() != null) {
      return null;
    }
    for (int i = root.decidingFrame() - 1; i >= 0; i--) {
      if (Subsystems.of(root.frames().get(i)).module() != null) {
        return root.frames().get(i);
      }
    }
    return null;
  }

  /** Where somebody stands of whom no cause is known. */
  private static String where(
      Reading root, @Nullable String function, @Nullable Subsystem subsystem) {
    if (function == null) {
      return root.role() == Role.CLEANUP
          ? "the cleanup of namespaces"
          : "a function that no stack names";
    }
    if (subsystem != null) {
      return function + " of " + subsystem.name();
    }
    return root.waitsFor() == WaitKind.UNKNOWN
        ? "a handler that its stack does not name, called from " + function
        : function;
  }

  /** Whether neither its state nor its stack says what it does. */
  static boolean isUnclear(Reading reading) {
    return reading.waitsFor() == WaitKind.UNKNOWN && reading.task().isOfUnknownState();
  }

  private static String slug(String name) {
    String words = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    return words.replaceAll("^-|-$", "");
  }
}
