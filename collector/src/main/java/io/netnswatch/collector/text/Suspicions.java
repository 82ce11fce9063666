package io.netnswatch.collector.text;

import static java.util.Objects.requireNonNullElse;

import io.netnswatch.collector.perf.PerfProfile;
import io.netnswatch.collector.text.Findings.Creation;
import io.netnswatch.collector.text.TextEvidence.Dated;
import io.netnswatch.detection.cause.HeldDevice;
import io.netnswatch.detection.cause.KernelFunctions;
import io.netnswatch.detection.cause.Reading;
import io.netnswatch.detection.cause.Role;
import io.netnswatch.detection.cause.StackReader;
import io.netnswatch.detection.cause.Task;
import io.netnswatch.detection.cause.WaitKind;
import io.netnswatch.schema.SymbolSamples;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Who may be at fault, and what was seen besides, in words: it is too little for an incident. */
final class Suspicions {

  /** The stage of runc in which it makes the namespaces of a container. */
  private static final String MAKER = "runc:[1:CHILD]";

  private static final Set<String> MODULE_LOADERS = Set.of("modprobe", "rmmod", "insmod", "kmod");

  private static final double SUSPICIOUS_SHARE = 0.2;

  /** Of one CPU, however many others idle. */
  private static final double HALF = 0.5;

  private static final double LEAST_SHARE = 0.01;

  /** Where a loop over locks is found at work, whatever it is for. */
  private static final Pattern LOCK = Pattern.compile("spin_lock|spin_unlock|queued_|__local_bh_");

  /** From so long on a round of the cleanup is a slow one. */
  private static final long SLOW_ROUND_MS = 5_000;

  /** More than hosts have alive, unless they are very large. */
  private static final int MANY_NAMESPACES = 1_000;

  private static final Set<String> GRACE_PERIODS =
      Set.of(
          "__wait_rcu_gp",
          "synchronize_rcu",
          "synchronize_rcu_normal",
          "synchronize_rcu_expedited",
          "synchronize_sched",
          "_synchronize_rcu_expedited",
          "rcu_barrier",
          "_rcu_barrier");

  private final TextEvidence texts;

  Suspicions(TextEvidence texts) {
    this.texts = texts;
  }

  /** What is said of the host as a whole. */
  void ofHost() {
    allocated();
    rounds();
    texts.hogs.forEach(hog -> suspectMaker(hog.item()));
  }

  private void rounds() {
    for (Dated<Findings.Round> each : texts.rounds) {
      Findings.Round round = each.item();
      if (round.lengthMs() >= SLOW_ROUND_MS) {
        texts.suspect(
            TaskName.of(round.pid(), round.comm())
                + (round.finished()
                    ? " took "
                    : " has been at the namespace cleanup, until the trace ends, for ")
                + round.lengthMs() / 1000
                + " s"
                + (round.finished() ? " for a round of the namespace cleanup" : "")
                + ": where they go is not shown");
      }
    }
  }

  private void allocated() {
    Integer count = texts.allocatedNamespaces();
    if (count != null && count >= MANY_NAMESPACES) {
      texts.suspect(
          "the kernel has about "
              + count
              + " network namespaces allocated (slabinfo): where far fewer are alive (lsns -t net,"
              + " and the bind mounts of ip netns list), the others wait to be torn down, or"
              + " something holds them that lists do not show, such as an open file or socket");
    }
  }

  private void suspectMaker(LogFinding hog) {
    if (MAKER.equals(hog.comm()) && hog.stack().isEmpty()) {
      texts.suspect(
          TaskName.of(hog.pid(), hog.comm())
              + ", which makes the namespaces of a container, kept a CPU, by the kernel's report,"
              + " and its stack is not shown: it may be a creation that runs without end");
    }
  }

  /** What waits for a task of namespaces, or it for that, is seen by their reports alone. */
  void besides(List<TaskTrack> tracks, List<Dated<LogFinding>> hogs) {
    for (TaskTrack track : tracks) {
      if (track.shows("cleanup_net", GRACE_PERIODS)) {
        hogs.forEach(
            hog ->
                texts.beside(
                    CpuHog.words(hog.item().pid(), hog.item().comm(), hog.item().stack())));
      }
      if (track.shows("__ib_unregister_device", Set.of("disable_device"))) {
        texts.beside(
            track.name()
                + " unregisters an RDMA device and waits, in disable_device, for those who use it:"
                + " an RDMA device holds the network device that it is on (rdma link show; rdma"
                + " link delete)");
      }
    }
  }

  /** Who reads a file below /proc that the cleanup waits to remove. */
  void besideRemovals(List<TaskTrack> tracks, long lastMs) {
    boolean removes =
        tracks.stream()
            .flatMap(track -> track.seen.stream())
            .map(it -> it.task().stack())
            .anyMatch(stack -> stack != null && ProcReader.isWaitedForBy(stack));
    if (removes) {
      for (TaskTrack track : tracks) {
        List<String> stack = requireNonNullElse(track.stack(lastMs), List.<String>of());
        Long blockedMs = track.first(lastMs, TaskSighting::blockedForMs);
        ProcReader.words(track.pid, track.comm, blockedMs, stack).ifPresent(texts::beside);
      }
    }
  }

  /** A list of processes alone does not say what a program that loads modules sleeps in. */
  void besideLoaders(List<TaskTrack> tracks, List<Dated<Creation>> creations) {
    boolean blocked =
        tracks.stream().anyMatch(it -> it.isCreating() || it.isStuckInCleanup())
            || creations.stream().anyMatch(it -> !it.item().finished());
    if (blocked) {
      tracks.stream().filter(TaskTrack::sleepsUnseen).forEach(this::besideLoader);
    }
  }

  private void besideLoader(TaskTrack track) {
    if (MODULE_LOADERS.contains(track.comm)) {
      texts.beside(
          track.name()
              + ", which loads or removes a module, sleeps without being woken (D): where the"
              + " module has per-namespace state it waits for the lock of the namespaces, and"
              + " creations queue behind it (cat /proc/"
              + track.pid
              + "/stack)");
    } else if (SemaphoreWaits.makesNamespaces(track.comm) && track.isLasting()) {
      texts.beside(
          track.name()
              + ", which makes namespaces, has been asleep without being woken (D) for a minute or"
              + " longer: where is not shown (cat /proc/"
              + track.pid
              + "/stack)");
    }
  }

  /**
   * What the log says of devices, where it is too little for an incident.
   *
   * @param references that a device is still referenced
   * @param others what else it says, and among it where a reference was taken
   * @param over whether the log goes on for long after that
   * @param readings what tasks do, of which some may remove the devices by themselves
   */
  void devices(
      List<Dated<LogFinding>> references,
      List<Dated<LogFinding>> others,
      boolean over,
      List<Reading> readings) {
    Map<String, List<String>> takenIn = new LinkedHashMap<>();
    for (Dated<LogFinding> log : others) {
      String device = log.item().device();
      if (device != null) {
        takenIn.putIfAbsent(device, log.item().stack());
      }
    }
    Map<String, Integer> times = new LinkedHashMap<>();
    for (Dated<LogFinding> log : references) {
      String device = log.item().device();
      if (device != null) {
        times.merge(device, 1, Integer::sum);
      }
    }
    List<String> ofNamespaces =
        HeldDevice.ofNamespaces(List.copyOf(times.keySet()), Function.identity(), readings);
    times.forEach(
        (device, count) ->
            texts.suspect(
                "the kernel log says "
                    + (count == 1 ? "once" : count + " times")
                    + " that device "
                    + new HeldDevice(device, null, takenIn.getOrDefault(device, List.of()))
                    + " is still referenced"
                    + (ofNamespaces.contains(device)
                        ? ofCleanup(over)
                        : ", which a task waits for that removes it by itself")));
  }

  private static String ofCleanup(boolean over) {
    return over
        ? ", and then no more: a cleanup of namespaces that waited for it held their lock as long"
        : ": whether that went on for long is not shown; a cleanup of namespaces that waits for it"
            + " holds their lock";
  }

  /** What one look at a task does not decide. */
  void suspect(TaskTrack track, long lastMs) {
    List<String> stack = track.stack(lastMs);
    Reading reading = track.reading(stack, lastMs);
    String words = null;
    if (track.isKnownByItsWork()) {
      words = cleanupByItsWork(track, lastMs);
    } else if (reading != null) {
      words = track.isDead() ? dead(reading) : alive(track, reading, lastMs);
    }
    boolean unseen = stack == null || stack.isEmpty();
    if (words == null && stack != null && track.isLasting()) {
      words = workOfCleanup(stack);
    }
    if (words == null && unseen) {
      words =
          track.comm.equals(MAKER) ? makerAsleep(track, lastMs) : hotWorker(track, stack, lastMs);
    }
    if (words != null) {
      texts.suspect(track.name() + words);
    }
  }

  /** Whose stack is cut off behind the work of an exit handler, below whatever ran it. */
  private static @Nullable String workOfCleanup(List<String> stack) {
    String function = TraceFrames.ofCleanup(stack);
    return function == null
        ? null
        : " has been for a minute or longer, by the kernel's report, in "
            + function
            + ", which clears up behind namespaces: what called it, and whether it gets on, is not"
            + " shown";
  }

  private static String cleanupByItsWork(TaskTrack track, long lastMs) {
    Long blockedMs = track.first(lastMs, TaskSighting::blockedForMs);
    return " runs the namespace cleanup"
        + (blockedMs == null ? "" : " and has been blocked for " + blockedMs / 1000 + " s")
        + (track.isCutOff() ? "; its trace is cut off" : ", by a workqueue dump")
        + ": where in it, and what it waits for, is not shown";
  }

  private String dead(Reading reading) {
    texts.suspectFunctions(reading.frames());
    return " died of an oops in "
        + (reading.function() == null ? reading.waitsIn() : reading.function())
        + (isOfRtnl(reading) ? " with the rtnl lock" : " with the lock of the namespaces")
        + ": if the kernel goes on, nothing gives that back but a reboot";
  }

  private @Nullable String alive(TaskTrack track, Reading reading, long lastMs) {
    return switch (reading.role()) {
      case CLEANUP -> lookedAt(track, reading, " is in the namespace cleanup");
      case PERNET_WRITER ->
          reading.waitsFor() == WaitKind.PERNET_LOCK
              ? " is queued for the lock of the namespaces as its writer, in "
                  + reading.waitsIn()
                  + (track.isLasting() ? ", for a minute or longer" : ", for how long is not said")
                  + ": from Linux 4.17 on creations queue behind it"
              : lookedAt(
                  track, reading, " loads or removes a module and has the lock of the namespaces");
      case RTNL_OWNER, RTNL_WAITER ->
          track.isLasting() ? lastingOfRtnl(reading) : ofRtnl(track, reading, lastMs);
      case DEVICE_REMOVER ->
          (track.isLasting() ? " has been waiting for a minute or longer" : " waits")
              + " for the last reference to a network device that it unregisters itself, in "
              + reading.function()
              + ": that is not the cleanup of a namespace, and holds no lock of theirs";
      case CREATOR, LOCK_OWNER, DEVICE_WORKER, HOT_WORKER -> ofRtnl(track, reading, lastMs);
    };
  }

  private String lookedAt(TaskTrack track, Reading reading, String does) {
    texts.suspectFunctions(reading.frames());
    return does
        + where(reading)
        + (reading.ownsRtnl() && reading.task().state().startsWith("D")
            ? ", and holds the rtnl lock"
            : "")
        + (track.isLasting()
            ? ", for a minute or longer"
            : ": one look does not show whether it gets on");
  }

  private static String lastingOfRtnl(Reading reading) {
    String in = reading.place();
    return (reading.ownsRtnl()
            ? " holds the rtnl lock, and has been in "
                + in
                + below(reading, in)
                + " for a minute or longer"
                + (reading.waitsFor() == WaitKind.OWN_RTNL
                    ? ", where it waits for " + WaitKind.OWN_RTNL.words()
                    : reading.lock() == null ? "" : ", where it waits for " + reading.lock())
            : " has been held up for a minute or longer"
                + (reading.sure() ? "" : ", likely")
                + " by the rtnl lock, in "
                + in)
        + ": creations and the cleanup of namespaces take that lock, too";
  }

  private static @Nullable String ofRtnl(TaskTrack track, Reading reading, long lastMs) {
    String state = track.first(lastMs, TaskSighting::state);
    if (reading.role() == Role.RTNL_WAITER && "D".equals(state)) {
      return (reading.sure() ? " waits" : " likely waits")
          + " for the rtnl lock, in "
          + reading.waitsIn()
          + ", for how long is not said: creations and the cleanup of namespaces take it, too";
    }
    if (reading.ownsRtnl() && reading.waitsIn() != null && !"R".equals(state)) {
      return " holds the rtnl lock and waits in "
          + reading.waitsIn()
          + below(reading, reading.waitsIn())
          + ", for how long is not said: creations and the cleanup of namespaces take that lock,"
          + " too";
    }
    if (reading.ownsRtnl() && track.keepsCpu()) {
      return " holds the rtnl lock and kept a CPU for itself"
          + (reading.function() == null ? "" : ", in " + reading.function())
          + ": creations and the cleanup of namespaces take that lock, too";
    }
    return null;
  }

  private static @Nullable String makerAsleep(TaskTrack track, long lastMs) {
    boolean asleep = "D".equals(track.first(lastMs, TaskSighting::state));
    return asleep && track.first(lastMs, TaskSighting::wchan) == null
        ? ", which makes the namespaces of a container, sleeps without being woken (D), and where"
            + " is not shown (cat /proc/"
            + track.pid
            + "/stack)"
        : null;
  }

  private static @Nullable String hotWorker(
      TaskTrack track, @Nullable List<String> stack, long lastMs) {
    Double cpus = track.cpuUse();
    Task task = track.asTask(stack, lastMs);
    if (cpus == null || cpus < TaskTrack.SUSPICIOUS_CPUS || !task.mayCleanUp()) {
      return null;
    }
    return String.format(Locale.ROOT, " uses %.2f CPU, ", cpus)
        + (task.cleansUp()
            ? "and is at work on the queue netns, whose only work is the namespace cleanup: where"
                + " in it is not shown, nor whether it gets on"
            : "and nothing shows what it does: so does a worker that spins in the namespace"
                + " cleanup");
  }

  /** What it is in, where that is another function, and one. */
  private static String below(Reading reading, @Nullable String in) {
    String function = reading.function();
    return in == null
            || function == null
            || in.equals(function)
            || function.equals(StackReader.HOLDS_RTNL)
        ? ""
        : " (below " + function + ")";
  }

  private static String where(Reading reading) {
    String function =
        reading.function() != null
            ? reading.function()
            : KernelFunctions.innermost(reading.frames());
    WaitKind waitsFor = reading.waitsFor();
    boolean named = waitsFor != WaitKind.NOTHING && waitsFor != WaitKind.UNKNOWN && reading.sure();
    return (function == null ? "" : ", in " + function)
        + (named
            ? ", where it waits for " + requireNonNullElse(reading.lock(), waitsFor.words())
            : "");
  }

  private static boolean isOfRtnl(Reading reading) {
    return reading.role() == Role.RTNL_WAITER || reading.role() == Role.RTNL_OWNER;
  }

  /** Work of the cleanup that perf shows, where no task is seen to be blocked by it. */
  void suspect(PerfProfile profile, @Nullable Integer cpus) {
    Map<String, Long> functions = new LinkedHashMap<>();
    long ofCleanup = 0;
    long idle = profile.idleCount();
    for (SymbolSamples symbol : profile.symbols()) {
      idle += symbol.getComm().startsWith("swapper") ? symbol.getSamples() : 0;
      String function = ofCleanup(symbol);
      if (function != null) {
        ofCleanup += symbol.getSamples();
        functions.merge(function, symbol.getSamples(), Long::sum);
      }
    }
    long atWork = Math.max(0, profile.sampleCount() - idle);
    boolean mostOfACpu =
        cpus != null
            && ofCleanup * ProfileTelemetry.capacity(profile, cpus) >= HALF * profile.sampleCount();
    if (ofCleanup > 0 && (mostOfACpu || isSuspicious(ofCleanup, atWork, profile))) {
      String most =
          functions.entrySet().stream()
              .max(Map.Entry.comparingByValue())
              .map(Map.Entry::getKey)
              .orElseThrow();
      String shown =
          "perf shows "
              + most
              + ", work of the namespace cleanup, for "
              + Math.round(100.0 * ofCleanup / profile.sampleCount())
              + " % of its samples";
      texts.suspect(shown + "; whether creations hang meanwhile is not shown");
      texts.profiled(most, shown);
    } else {
      suspectWorkers(profile, atWork);
    }
  }

  /** Much of the work, and no trifle: of a large host's samples one CPU's are a small share. */
  private static boolean isSuspicious(long samples, long atWork, PerfProfile profile) {
    return samples >= SUSPICIOUS_SHARE * atWork && samples >= LEAST_SHARE * profile.sampleCount();
  }

  /** Workers whose time goes into a lock, and nothing says who takes it. */
  private void suspectWorkers(PerfProfile profile, long atWork) {
    Map<String, Long> samples = new LinkedHashMap<>();
    Map<String, String> locks = new LinkedHashMap<>();
    for (SymbolSamples symbol : profile.symbols()) {
      if (symbol.getComm().startsWith("kworker/u")
          && symbol.getCallPaths().isEmpty()
          && LOCK.matcher(symbol.getSymbol()).find()) {
        samples.merge(symbol.getComm(), symbol.getSamples(), Long::sum);
        locks.putIfAbsent(symbol.getComm(), symbol.getSymbol());
      }
    }
    samples.forEach(
        (comm, count) -> {
          if (isSuspicious(count, atWork, profile)) {
            texts.suspect(
                "perf shows "
                    + comm
                    + " in "
                    + locks.get(comm)
                    + " for "
                    + Math.round(100.0 * count / profile.sampleCount())
                    + " % of its samples, and not what called it: so does a worker that spins in"
                    + " the namespace cleanup (call paths show it: perf record -g)");
          }
        });
  }

  /** The function of the cleanup that a symbol's time is spent in; null if it is none. */
  private static @Nullable String ofCleanup(SymbolSamples symbol) {
    if (symbol.getCallPaths().isEmpty()) {
      return TraceFrames.isOfCleanup(symbol.getSymbol()) ? symbol.getSymbol() : null;
    }
    return symbol.getCallPaths().stream()
        .map(path -> TraceFrames.ofCleanup(path.getFrames()))
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }
}
