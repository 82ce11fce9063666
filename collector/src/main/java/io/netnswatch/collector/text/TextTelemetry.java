package io.netnswatch.collector.text;

import static java.util.Objects.requireNonNullElse;

import io.netnswatch.collector.Envelope;
import io.netnswatch.collector.perf.PerfProfile;
import io.netnswatch.collector.text.Findings.Creation;
import io.netnswatch.collector.text.Findings.Measure;
import io.netnswatch.collector.text.TextEvidence.Dated;
import io.netnswatch.collector.text.TextEvidence.Fragments;
import io.netnswatch.collector.text.TextEvidence.Kernel;
import io.netnswatch.collector.text.TextEvidence.Profile;
import io.netnswatch.detection.cause.KernelFunctions;
import io.netnswatch.detection.cause.Reading;
import io.netnswatch.detection.cause.Role;
import io.netnswatch.detection.cause.StackReader;
import io.netnswatch.detection.cause.Task;
import io.netnswatch.detection.cause.WaitKind;
import io.netnswatch.schema.CommandOrigin;
import io.netnswatch.schema.CommandOutcome;
import io.netnswatch.schema.FragmentCounter;
import io.netnswatch.schema.FragmentProtocol;
import io.netnswatch.schema.InterestReason;
import io.netnswatch.schema.KernelLogEntry;
import io.netnswatch.schema.NetnsCommand;
import io.netnswatch.schema.NetnsCounts;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.StackLook;
import io.netnswatch.schema.SymbolSamples;
import io.netnswatch.schema.TaskCounts;
import io.netnswatch.schema.TaskOfInterest;
import io.netnswatch.schema.TelemetryEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Texts as the events that a collector would have published while what they show went on, so that
 * the same detection judges them.
 *
 * <p>A text is a moment, or a few. What it says of the time before, such as <q>blocked for more
 * than 120 seconds</q>, becomes snapshots of that time. What carries no time is of the last moment;
 * times since boot are put where the last of them is. What is assumed is kept, in words.
 */
public final class TextTelemetry {

  private static final long STEP_MS = 5_000;

  /** So much of the time before a moment is played. */
  private static final long LEAD_MS = 120_000;

  /**
   * A stack of a hung task is taken when it has hung for some time: longer than the threshold and
   * the time after which an incident opens, shorter than what makes a cleanup a stuck one.
   */
  private static final long ASSUMED_MS = 50_000;

  /** The kernel reports a hung task ten times at most: afterwards silence says nothing. */
  private static final long STILL_HUNG_MS = 30 * 60_000L;

  /** The kernel writes of a device that is still referenced every 10 s. */
  private static final long STILL_REFERENCED_MS = 5 * 60_000L;

  /** kernel.hung_task_warnings: so many reports, of all tasks together, and then none. */
  private static final int MOST_REPORTS = 10;

  /** After so long without a sign of it an incident is over. */
  private static final long SEEN_WELL_MS = 65_000;

  /** A creation that takes longer is slow. */
  private static final long SLOW_MS = 5_000;

  private static final Set<LogFinding.Category> ENDLESS =
      Set.of(
          LogFinding.Category.HUNG_TASK,
          LogFinding.Category.RCU_STALL,
          LogFinding.Category.SOFT_LOCKUP);

  /** What is looked at one after the other within so long is of one moment. */
  private static final long SAME_LOOK_MS = 30_000;

  /**
   * Long enough for a cleanup to count as stuck: a stall that the kernel reports is one already,
   * and a text that ends with the report does not say that it was over.
   */
  private static final long STALLED_MS = 75_000;

  private static final int MAX_SNAPSHOTS = 800;
  private static final int MAX_TASKS = 64;
  private static final int MAX_LOG_ENTRIES = 32;
  private static final int MAX_STACKS = 4;
  private static final double HOT = 0.2;

  /** From so much of a CPU on a worker is suspicious. */
  private static final double SUSPICIOUS_CPUS = 0.9;

  /** The stage of runc in which it makes the namespaces of a container. */
  private static final String MAKER = "runc:[1:CHILD]";

  private static final Set<String> MODULE_LOADERS = Set.of("modprobe", "rmmod", "insmod", "kmod");

  /** The rtnl lock is held for moments. */
  private static final long RTNL_HELD_MS = 60_000;

  private static final double SUSPICIOUS_SHARE = 0.2;

  /** Of one CPU, however many others idle. */
  private static final double HALF = 0.5;

  private static final double LEAST_SHARE = 0.01;

  /** Where a loop over locks is found at work, whatever it is for. */
  private static final Pattern LOCK = Pattern.compile("spin_lock|spin_unlock|queued_|__local_bh_");

  /** From so long on a round of the cleanup is a slow one. */
  private static final long SLOW_ROUND_MS = 5_000;

  private static final double ASSUMED_HZ = 100;

  /** An unknown kernel. */
  private static final String UNKNOWN = "unknown";

  private final TextEvidence texts;
  private final String host;

  private TextTelemetry(TextEvidence texts, String host) {
    this.texts = texts;
    this.host = host;
  }

  /**
   * The events, by time.
   *
   * @param texts what was read
   * @param host name of the host they are of
   */
  public static List<TelemetryEvent> of(TextEvidence texts, String host) {
    TextTelemetry telemetry = new TextTelemetry(texts, host);
    NavigableSet<Integer> boots = new TreeSet<>(Comparator.reverseOrder());
    telemetry.everything().forEach(dated -> boots.add(dated.boot().fromEnd()));
    telemetry.allocated();
    telemetry.rounds();
    texts.hogs.forEach(hog -> telemetry.suspectMaker(hog.item()));
    List<TelemetryEvent> events = new ArrayList<>();
    for (int fromEnd : boots) {
      events.addAll(telemetry.boot(fromEnd));
    }
    return events;
  }

  private void rounds() {
    for (Dated<Findings.Round> each : texts.rounds) {
      Findings.Round round = each.item();
      if (round.lengthMs() >= SLOW_ROUND_MS) {
        texts.suspect(
            name(round.pid(), round.comm())
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

  /** More than hosts have alive, unless they are very large. */
  private static final int MANY_NAMESPACES = 1_000;

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

  private List<Dated<?>> everything() {
    List<Dated<?>> all = new ArrayList<>(texts.tasks);
    all.addAll(texts.logs);
    all.addAll(texts.profiles);
    all.addAll(texts.creations);
    all.addAll(texts.fragments);
    all.addAll(texts.boots);
    return all;
  }

  private List<TelemetryEvent> boot(int fromEnd) {
    List<Dated<Object>> all = of(everything(), fromEnd);
    List<Dated<LogFinding>> hung = logs(LogFinding.Category.HUNG_TASK, fromEnd);
    List<Dated<LogFinding>> references = logs(LogFinding.Category.DEVICE_REFERENCE, fromEnd);
    if (!hung.isEmpty() || !references.isEmpty()) {
      all.addAll(of(texts.ends, fromEnd));
    }
    for (Dated<LogFinding> log : TextTelemetry.<LogFinding>of(texts.logs, fromEnd)) {
      String owner = KernelLogText.likelyOwner(log.item().message());
      if (owner != null) {
        texts.infer(owner);
      }
    }
    Clock clock = new Clock(all, texts.reference());
    List<Moment> moments = new ArrayList<>();
    List<Track> tracks = tracks(of(texts.tasks, fromEnd), of(texts.logs, fromEnd), clock);
    NavigableSet<Long> times = new TreeSet<>();
    tracks.forEach(track -> track.addTimes(times));
    Map<Long, List<KernelLogEntry>> entries = entries(of(texts.logs, fromEnd), clock, times);
    if (!of(texts.fragments, fromEnd).isEmpty()) {
      times.add(clock.lastMs);
    }
    for (Dated<TextEvidence.Boot> begun :
        TextTelemetry.<TextEvidence.Boot>of(texts.boots, fromEnd)) {
      times.add(clock.at(begun.at()));
      times.add(clock.at(begun.at()) + STEP_MS); // the second moves the clock: it has gone on
    }
    boolean over = isLongOver(hung, references, clock);
    devices(references, over);
    besides(tracks, of(texts.hogs, fromEnd));
    besideLoaders(tracks, of(texts.creations, fromEnd));
    if (over) {
      times.add(clock.lastMs - 2 * SEEN_WELL_MS);
      times.add(clock.lastMs - SEEN_WELL_MS);
      times.add(clock.lastMs);
    }
    List<Dated<Creation>> creations = creations(fromEnd, tracks);
    List<long[]> hanging =
        creations.stream()
            .filter(it -> !it.item().finished())
            .map(it -> new long[] {clock.at(it.at()) - ageMs(it.item()), clock.at(it.at())})
            .toList();
    List<Long> chosen = chosen(times);
    Long before = null;
    for (Long atMs : chosen) {
      ProcSnapshot.Builder snapshot =
          snapshot(atMs, before, tracks, hanging, entries, clock.lastMs, fromEnd);
      moments.add(new Moment(atMs, envelope -> envelope.seal(snapshot)));
      before = atMs;
    }
    of(texts.profiles, fromEnd).forEach(dated -> addProfile(moments, dated, clock, tracks));
    creations.forEach(dated -> addCreation(moments, dated, clock));
    moments.sort(Comparator.comparingLong(Moment::atMs));
    if (moments.isEmpty()) {
      return List.of();
    }
    Envelope envelope =
        new Envelope(
            host,
            UUID.nameUUIDFromBytes((host + "/" + fromEnd).getBytes(StandardCharsets.UTF_8))
                .toString(),
            kernel(fromEnd).release(),
            Instant.ofEpochMilli(moments.get(0).atMs()));
    return moments.stream().map(moment -> moment.event().apply(envelope)).toList();
  }

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

  /** What waits for a task of namespaces, or it for that, is seen by their reports alone. */
  private void besides(List<Track> tracks, List<Dated<TaskSighting>> hogs) {
    for (Track track : tracks) {
      if (shows(track, "cleanup_net", GRACE_PERIODS)) {
        hogs.forEach(hog -> texts.beside(hog(hog.item())));
      }
      if (shows(track, "__ib_unregister_device", Set.of("disable_device"))) {
        texts.beside(
            name(track.pid, track.comm)
                + " unregisters an RDMA device and waits, in disable_device, for those who use it:"
                + " an RDMA device holds the network device that it is on (rdma link show; rdma"
                + " link delete)");
      }
    }
  }

  /** A list of processes alone does not say what a program that loads modules sleeps in. */
  private void besideLoaders(List<Track> tracks, List<Dated<Creation>> creations) {
    boolean blocked =
        tracks.stream().anyMatch(Track::isCreating)
            || creations.stream().anyMatch(it -> !it.item().finished());
    for (Track track : tracks) {
      boolean asleep = track.seen.stream().anyMatch(it -> "D".equals(it.task().state()));
      boolean shown = track.seen.stream().anyMatch(it -> it.task().stack() != null);
      boolean unknown = !shown && !track.isOfNamespaces();
      if (blocked && asleep && unknown && MODULE_LOADERS.contains(track.comm)) {
        texts.beside(
            name(track.pid, track.comm)
                + ", which loads or removes a module, sleeps without being woken (D): where the"
                + " module has per-namespace state it waits for the lock of the namespaces, and"
                + " creations queue behind it (cat /proc/"
                + track.pid
                + "/stack)");
      }
    }
  }

  private void suspectMaker(TaskSighting hog) {
    if (MAKER.equals(hog.comm()) && (hog.stack() == null || hog.stack().isEmpty())) {
      texts.suspect(
          name(hog.pid(), hog.comm())
              + ", which makes the namespaces of a container, kept a CPU, by the kernel's report,"
              + " and its stack is not shown: it may be a creation that runs without end");
    }
  }

  private static boolean shows(Track track, String outer, Set<String> functions) {
    return track.seen.stream()
        .map(it -> it.task().stack())
        .filter(Objects::nonNull)
        .anyMatch(
            stack ->
                TraceFrames.has(stack, outer)
                    && stack.stream()
                        .map(TraceFrames::withoutSuffix)
                        .anyMatch(functions::contains));
  }

  private static String hog(TaskSighting hog) {
    List<String> stack = hog.stack();
    return name(requireNonNullElse(hog.pid(), -1), hog.comm())
        + " kept a CPU, by the kernel's report"
        + (stack == null || stack.isEmpty() ? "" : ", in " + innermost(stack))
        + ": as long as it does, no RCU grace period ends, and so neither does what waits for one";
  }

  private static String innermost(List<String> stack) {
    String function = KernelFunctions.innermost(stack);
    return function != null ? function : stack.get(0);
  }

  /** What the log says of devices, where it is too little for an incident. */
  private void devices(List<Dated<LogFinding>> references, boolean over) {
    Map<String, Integer> times = new LinkedHashMap<>();
    for (Dated<LogFinding> log : references) {
      String device = log.item().device();
      if (device != null) {
        times.merge(device, 1, Integer::sum);
      }
    }
    times.forEach(
        (device, count) ->
            texts.suspect(
                "the kernel log says "
                    + (count == 1 ? "once" : count + " times")
                    + " that device "
                    + device
                    + (over
                        ? " is still referenced, and then no more: a cleanup of namespaces that"
                            + " waited for it held their lock as long"
                        : " is still referenced: whether that went on for long is not shown; a"
                            + " cleanup of namespaces that waits for it holds their lock")));
  }

  private List<Dated<LogFinding>> logs(LogFinding.Category category, int fromEnd) {
    return TextTelemetry.<LogFinding>of(texts.logs, fromEnd).stream()
        .filter(log -> log.item().category() == category)
        .toList();
  }

  /**
   * Whether the log goes on for long after the kernel's last report of a hung task, and it had some
   * left: one that still hangs is reported again every two minutes or so; and after its last line
   * of a device that is still referenced, of which it writes every ten seconds.
   */
  private boolean isLongOver(
      List<Dated<LogFinding>> hung, List<Dated<LogFinding>> references, Clock clock) {
    boolean any = !hung.isEmpty() || !references.isEmpty();
    long hungMs = clock.lastMs - lastMs(hung, clock);
    long referredMs = clock.lastMs - lastMs(references, clock);
    boolean over =
        any
            && (hung.isEmpty() || (hung.size() < MOST_REPORTS && hungMs > STILL_HUNG_MS))
            && (references.isEmpty() || referredMs > STILL_REFERENCED_MS);
    if (over) {
      texts.infer(
          "the log goes on for "
              + Math.min(hungMs, referredMs) / 60_000
              + " minutes without another report of "
              + (hung.isEmpty() ? "a device that is still referenced" : "a hung task")
              + ": it is taken to be over");
    }
    return over;
  }

  private static long lastMs(List<Dated<LogFinding>> logs, Clock clock) {
    return logs.stream().mapToLong(log -> clock.at(log.at())).max().orElse(0);
  }

  private record Moment(long atMs, Function<Envelope, TelemetryEvent> event) {}

  private static <T> List<Dated<T>> of(Collection<? extends Dated<? extends T>> all, int fromEnd) {
    List<Dated<T>> some = new ArrayList<>();
    for (Dated<? extends T> dated : all) {
      if (dated.boot().fromEnd() == fromEnd) {
        some.add(new Dated<>(dated.item(), dated.at(), dated.boot()));
      }
    }
    return some;
  }

  /** The fullest said of it; of a boot that says nothing, that of the last one. */
  private Kernel kernel(int fromEnd) {
    Kernel best = null;
    for (int boot : new int[] {fromEnd, 0}) {
      for (Dated<Kernel> said : texts.kernels) {
        if (said.boot().fromEnd() == boot
            && (best == null || (best.version() == null && said.item().version() != null))) {
          best = said.item();
        }
      }
      if (best != null) {
        return best;
      }
    }
    String inWords = texts.kernelInWords();
    if (inWords != null) {
      texts.infer("that the host runs " + inWords + " is taken from the words of the text");
    }
    return new Kernel(requireNonNullElse(inWords, UNKNOWN), null);
  }

  /** Turns what the texts say of time into epoch milliseconds. */
  private static final class Clock {
    final long lastMs;
    private final @Nullable Long bootedAtMs;

    Clock(List<Dated<Object>> dated, Instant reference) {
      Long wallMs = null;
      Long uptimeMs = null;
      Long booted = null;
      for (Dated<Object> each : dated) {
        Long wall = each.at().wallMs();
        Long uptime = each.at().uptimeMs();
        wallMs = later(wallMs, wall);
        uptimeMs = later(uptimeMs, uptime);
        if (wall != null && uptime != null) {
          booted = wall - uptime;
        }
      }
      long last = wallMs != null ? wallMs : reference.toEpochMilli();
      this.bootedAtMs =
          booted != null ? booted : uptimeMs == null ? null : Long.valueOf(last - uptimeMs);
      this.lastMs = booted != null && uptimeMs != null ? Math.max(last, booted + uptimeMs) : last;
    }

    private static @Nullable Long later(@Nullable Long a, @Nullable Long b) {
      if (a == null || b == null) {
        return a == null ? b : a;
      }
      return Math.max(a, b);
    }

    long at(LogStamp stamp) {
      if (stamp.wallMs() != null) {
        return stamp.wallMs();
      }
      Long booted = bootedAtMs;
      return stamp.uptimeMs() != null && booted != null ? booted + stamp.uptimeMs() : lastMs;
    }
  }

  /** One task over time. */
  private static final class Track {
    final List<Seen> seen = new ArrayList<>();
    final List<long[]> spans = new ArrayList<>();
    String comm = "unknown";
    int pid;

    record Seen(long atMs, TaskSighting task) {}

    void add(long atMs, TaskSighting task) {
      seen.add(new Seen(atMs, task));
      String name = task.comm();
      if (name != null) {
        String bare = name.endsWith("+") ? name.substring(0, name.length() - 1) : name;
        if (comm.equals("unknown") || comm.equals("kworker") || bare.length() > comm.length()) {
          comm = bare;
        }
      }
    }

    void span(long fromMs, long toMs) {
      for (long[] other : spans) {
        if (fromMs <= other[1] + STEP_MS && toMs >= other[0] - STEP_MS) {
          other[0] = Math.min(other[0], fromMs);
          other[1] = Math.max(other[1], toMs);
          return;
        }
      }
      spans.add(new long[] {fromMs, toMs});
    }

    /** Whether no more than that is known of it. */
    boolean isBrief(long ms) {
      return spans.stream().allMatch(span -> span[1] - span[0] < ms);
    }

    long @Nullable [] spanAt(long atMs) {
      for (long[] span : spans) {
        if (span[0] <= atMs && atMs <= span[1]) {
          return span;
        }
      }
      return null;
    }

    void addTimes(NavigableSet<Long> times) {
      for (long[] span : spans) {
        addBefore(times, span[1], span[0]);
        for (Seen each : seen) {
          if (each.atMs() >= span[0] && each.atMs() < span[1]) {
            addBefore(times, each.atMs(), span[0]);
          }
        }
      }
    }

    private static void addBefore(NavigableSet<Long> times, long endMs, long fromMs) {
      for (long at = endMs; at >= Math.max(fromMs, endMs - LEAD_MS); at -= STEP_MS) {
        Long near = times.floor(at + STEP_MS / 2);
        if (at != endMs && near != null && near > at - STEP_MS / 2) {
          continue;
        }
        times.add(at);
      }
    }

    boolean isCreating() {
      return !isDead() && seen.stream().anyMatch(it -> it.task().isCreating());
    }

    /** Whether an oops ended it: there is no way back from that. */
    boolean isDead() {
      return seen.stream().anyMatch(it -> KernelLogText.DIED.equals(it.task().inference()));
    }

    boolean isOfNamespaces() {
      return seen.stream().anyMatch(it -> it.task().isOfNamespaces());
    }

    boolean isKernelThread() {
      return comm.startsWith("kworker") || seen.stream().anyMatch(it -> it.task().isKernelThread());
    }

    /** The looks nearest to a time first. */
    List<Seen> nearest(long atMs) {
      return seen.stream()
          .sorted(Comparator.comparingLong(it -> Math.abs(it.atMs() - atMs)))
          .toList();
    }

    <T> @Nullable T first(long atMs, Function<TaskSighting, @Nullable T> what) {
      for (Seen each : nearest(atMs)) {
        T value = what.apply(each.task());
        if (value != null) {
          return value;
        }
      }
      return null;
    }

    /** The greatest that is said; a task found running in namespace code is taken to go on so. */
    @Nullable Double cpuUse() {
      Double said =
          seen.stream()
              .map(it -> it.task().cpuUse())
              .filter(it -> it != null)
              .max(Double::compare)
              .orElse(null);
      return said == null && isFoundRunning() ? Double.valueOf(1) : said;
    }

    /** Whether one of the looks of the same moment says how long it has been so. */
    boolean saysHowLong(long atMs) {
      return seen.stream()
          .filter(it -> Math.abs(it.atMs() - atMs) <= SAME_LOOK_MS)
          .anyMatch(it -> it.task().blockedForMs() != null || it.task().runningForMs() != null);
    }

    /** No other source says that it runs. */
    boolean isAsleepByItsStackAlone() {
      return seen.stream().anyMatch(it -> StackText.ASLEEP.equals(it.task().inference()))
          && seen.stream()
              .allMatch(
                  it ->
                      it.task().state() == null || StackText.ASLEEP.equals(it.task().inference()));
    }

    boolean isFoundRunning() {
      return seen.stream()
          .filter(
              it ->
                  "R".equals(it.task().state())
                      && !KernelLogText.RUNNABLE.equals(it.task().inference())
                      && it.task().cpuUse() == null
                      && it.task().stack() != null
                      && TraceFrames.anyOfNamespaces(it.task().stack()))
          .anyMatch(it -> reading(this, it.task().stack(), it.atMs()) != null);
    }

    /** As detection sees it. */
    Task asTask(@Nullable List<String> stack, long atMs) {
      return Task.of(
          Task.Origin.LOG,
          pid,
          comm,
          false,
          requireNonNullElse(first(atMs, TaskSighting::state), "?"),
          null,
          stack == null ? List.of() : List.of(stack),
          first(atMs, TaskSighting::wchan),
          null,
          0);
    }

    /** Whether the kernel reports that others got no turn on its CPU. */
    boolean keepsCpu() {
      return seen.stream()
          .map(Seen::task)
          .anyMatch(
              task ->
                  task.cpuUse() != null
                      && task.cpuUse() >= SUSPICIOUS_CPUS
                      && task.runningForMs() != null);
    }

    boolean isCutOff() {
      return seen.stream().anyMatch(it -> KernelLogText.CUT.equals(it.task().inference()));
    }

    /** Whether it is known to be in the cleanup by its work alone. */
    boolean isKnownByItsWork() {
      return (isCutOff()
              || seen.stream()
                  .anyMatch(it -> WorkqueueText.INFERENCE.equals(it.task().inference())))
          && seen.stream()
              .map(it -> it.task().stack())
              .allMatch(stack -> stack == null || !TraceFrames.has(stack, "cleanup_net"));
    }
  }

  private List<Track> tracks(
      List<Dated<TaskSighting>> tasks, List<Dated<LogFinding>> logs, Clock clock) {
    Map<Object, Track> byTask = new LinkedHashMap<>();
    Map<List<String>, Integer> byStack = creatorsByStack(tasks);
    Set<Integer> shown = shown(tasks);
    for (Dated<TaskSighting> dated : tasks) {
      TaskSighting task = dated.item();
      if (isOfLocks(task) && task.pid() != null && shown.contains(task.pid())) {
        continue; // of the same moment as the stack, and less
      }
      Object key = key(dated, byStack);
      Track track = byTask.computeIfAbsent(key, it -> new Track());
      track.add(clock.at(dated.at()), task);
      if (task.inference() != null && !task.inference().equals(StackText.ASLEEP)) {
        texts.infer(name(task.pid(), task.comm()) + ": " + task.inference());
      }
    }
    List<Track> tracks = new ArrayList<>();
    int nameless = -1;
    for (Map.Entry<Object, Track> entry : byTask.entrySet()) {
      Track track = entry.getValue();
      track.pid = entry.getKey() instanceof Integer pid ? pid : nameless--;
      if (track.comm.equals("unknown") && track.isKernelThread()) {
        track.comm = "kworker";
      }
      track.seen.sort(Comparator.comparingLong(Track.Seen::atMs));
      if (isOfInterest(track)) {
        if (track.isAsleepByItsStackAlone()) {
          texts.infer(name(track.pid, track.comm) + ": " + StackText.ASLEEP);
        }
        if (track.isFoundRunning()) {
          texts.infer(
              name(track.pid, track.comm)
                  + ": it ran in namespace code when it was looked at, and is taken to go on so");
        }
        addSpans(track, isHung(logs, track.pid), clock.lastMs);
        suspect(track, clock.lastMs);
        tracks.add(track);
      } else if (track.isKnownByItsWork() || track.keepsCpu()) {
        suspect(track, clock.lastMs);
      }
    }
    return tracks;
  }

  /** Tasks of which a stack was printed. */
  private static Set<Integer> shown(List<Dated<TaskSighting>> tasks) {
    Set<Integer> shown = new HashSet<>();
    for (Dated<TaskSighting> dated : tasks) {
      TaskSighting task = dated.item();
      if (task.pid() != null && task.stack() != null && !isOfLocks(task)) {
        shown.add(task.pid());
      }
    }
    return shown;
  }

  private static boolean isOfLocks(TaskSighting task) {
    return LockListText.INFERENCE.equals(task.inference());
  }

  /** Creations of which a text names the task, by their stacks. */
  private static Map<List<String>, Integer> creatorsByStack(List<Dated<TaskSighting>> tasks) {
    Map<List<String>, Integer> byStack = new LinkedHashMap<>();
    for (Dated<TaskSighting> dated : tasks) {
      TaskSighting task = dated.item();
      if (task.pid() != null && task.pid() >= 0 && task.stack() != null && task.isCreating()) {
        byStack.putIfAbsent(task.stack(), task.pid());
      }
    }
    return byStack;
  }

  /** A stack without a name that another text has with one is of the same task. */
  private static Object key(Dated<TaskSighting> dated, Map<List<String>, Integer> byStack) {
    TaskSighting task = dated.item();
    Integer pid = task.pid();
    if (pid != null && pid >= 0) {
      return pid;
    }
    List<String> stack = requireNonNullElse(task.stack(), List.<String>of());
    Integer named = byStack.get(stack);
    if (named != null) {
      return named;
    }
    return pid == null ? task.comm() + "|" + stack : List.of(dated.boot().document(), pid);
  }

  /** What one look at a task does not decide. */
  private void suspect(Track track, long lastMs) {
    List<String> stack = stack(track, lastMs);
    Double cpus = track.cpuUse();
    String who = name(track.pid, track.comm);
    Reading reading = reading(track, stack, lastMs);
    if (track.isKnownByItsWork()) {
      Long blockedMs = track.first(lastMs, TaskSighting::blockedForMs);
      texts.suspect(
          who
              + " runs the namespace cleanup"
              + (blockedMs == null ? "" : " and has been blocked for " + blockedMs / 1000 + " s")
              + (track.isCutOff() ? "; its trace is cut off" : ", by a workqueue dump")
              + ": where in it, and what it waits for, is not shown");
    } else if (reading != null && track.isDead()) {
      texts.suspectFunctions(reading.frames());
      texts.suspect(
          who
              + " died of an oops in "
              + (reading.function() == null ? reading.waitsIn() : reading.function())
              + (reading.role() == Role.RTNL_OWNER || reading.role() == Role.RTNL_WAITER
                  ? " with the rtnl lock"
                  : " with the lock of the namespaces")
              + ": if the kernel goes on, nothing gives that back but a reboot");
    } else if (reading != null && reading.role() == Role.CLEANUP) {
      lookedAt(track, reading, who + " is in the namespace cleanup");
    } else if (reading != null && isQueuedWriter(reading)) {
      texts.suspect(
          who
              + " is queued for the lock of the namespaces as its writer, in "
              + reading.waitsIn()
              + (isLasting(track) ? ", for a minute or longer" : ", for how long is not said")
              + ": from Linux 4.17 on creations queue behind it");
    } else if (reading != null && reading.role() == Role.PERNET_WRITER) {
      lookedAt(
          track, reading, who + " loads or removes a module and has the lock of the namespaces");
    } else if (reading != null && isOfRtnl(reading) && isLasting(track)) {
      String in = reading.waitsIn() != null ? reading.waitsIn() : reading.function();
      texts.suspect(
          who
              + (reading.ownsRtnl()
                  ? " holds the rtnl lock, and has been in "
                      + in
                      + below(reading, in)
                      + " for a minute or longer"
                      + (reading.lock() == null ? "" : ", where it waits for " + reading.lock())
                  : " has been held up for a minute or longer by the rtnl lock, in " + in)
              + ": creations and the cleanup of namespaces take that lock, too");
    } else if (reading != null
        && reading.role() == Role.RTNL_WAITER
        && "D".equals(track.first(lastMs, TaskSighting::state))) {
      texts.suspect(
          who
              + " waits for the rtnl lock, in "
              + reading.waitsIn()
              + ", for how long is not said: creations and the cleanup of namespaces take it, too");
    } else if (reading != null
        && reading.ownsRtnl()
        && reading.waitsIn() != null
        && !"R".equals(track.first(lastMs, TaskSighting::state))) {
      texts.suspect(
          who
              + " holds the rtnl lock and waits in "
              + reading.waitsIn()
              + below(reading, reading.waitsIn())
              + ", for how long is not said: creations and the cleanup of namespaces take that"
              + " lock, too");
    } else if (reading != null && reading.ownsRtnl() && track.keepsCpu()) {
      texts.suspect(
          who
              + " holds the rtnl lock and kept a CPU for itself"
              + (reading.function() == null ? "" : ", in " + reading.function())
              + ": creations and the cleanup of namespaces take that lock, too");
    } else if (MAKER.equals(track.comm)
        && (stack == null || stack.isEmpty())
        && track.first(lastMs, TaskSighting::wchan) == null
        && "D".equals(track.first(lastMs, TaskSighting::state))) {
      texts.suspect(
          who
              + ", which makes the namespaces of a container, sleeps without being woken (D), and"
              + " where is not shown (cat /proc/"
              + track.pid
              + "/stack)");
    } else if (reading != null && reading.role() == Role.DEVICE_REMOVER) {
      texts.suspect(
          who
              + (isLasting(track) ? " has been waiting for a minute or longer" : " waits")
              + " for the last reference to a network device that it unregisters itself, in "
              + reading.function()
              + ": that is not the cleanup of a namespace, and holds no lock of theirs");
    } else if (cpus != null
        && cpus >= SUSPICIOUS_CPUS
        && (stack == null || stack.isEmpty())
        && track.asTask(stack, lastMs).mayCleanUp()) {
      texts.suspect(
          who
              + String.format(Locale.ROOT, " uses %.2f CPU, ", cpus)
              + (track.asTask(stack, lastMs).cleansUp()
                  ? "and is at work on the queue netns, whose only work is the namespace cleanup:"
                      + " where in it is not shown, nor whether it gets on"
                  : "and nothing shows what it does: so does a worker that spins in the namespace"
                      + " cleanup"));
    }
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

  /** What one look at a task says of it. */
  private static @Nullable Reading reading(Track track, @Nullable List<String> stack, long atMs) {
    return StackReader.read(track.asTask(stack, atMs));
  }

  private void lookedAt(Track track, Reading reading, String does) {
    texts.suspectFunctions(reading.frames());
    texts.suspect(
        does
            + where(reading)
            + (isLasting(track)
                ? ", for a minute or longer"
                : ": one look does not show whether it gets on"));
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

  private static boolean isQueuedWriter(Reading reading) {
    return reading.role() == Role.PERNET_WRITER && reading.waitsFor() == WaitKind.PERNET_LOCK;
  }

  private static boolean isOfRtnl(Reading reading) {
    return reading.role() == Role.RTNL_WAITER || reading.role() == Role.RTNL_OWNER;
  }

  private static boolean isLasting(Track track) {
    return track.seen.stream()
        .map(it -> it.task().blockedForMs())
        .anyMatch(ms -> ms != null && ms >= RTNL_HELD_MS);
  }

  /** Work of the cleanup that perf shows, where no task is seen to be blocked by it. */
  private void suspect(PerfProfile profile, @Nullable Integer cpus) {
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
        cpus != null && ofCleanup * capacity(profile, cpus) >= HALF * profile.sampleCount();
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

  private static boolean isOfInterest(Track track) {
    Double cpu = track.cpuUse();
    return track.isOfNamespaces()
        || (track.isKernelThread() && cpu != null && cpu >= HOT)
        || track.seen.stream().anyMatch(it -> "D".equals(it.task().state()));
  }

  /** Whether a report of the kernel's says of a task that it hung, or held a CPU. */
  private static boolean isHung(List<Dated<LogFinding>> logs, int pid) {
    return logs.stream()
        .map(Dated::item)
        .anyMatch(
            log ->
                (ENDLESS.contains(log.category())
                        || (log.category() == LogFinding.Category.WORKQUEUE
                            && log.blockedForMs() != null))
                    && Integer.valueOf(pid).equals(log.pid()));
  }

  private void addSpans(Track track, boolean hung, long lastMs) {
    if (track.isDead()) {
      track.span(track.seen.get(0).atMs(), lastMs);
      return;
    }
    long previousMs = Long.MIN_VALUE;
    for (Track.Seen each : track.seen) {
      TaskSighting task = each.task();
      Long saidMs = task.blockedForMs() != null ? task.blockedForMs() : task.runningForMs();
      long ageMs = saidMs == null ? 0 : saidMs;
      if (saidMs == null
          && (track.isOfNamespaces() || task.cpuUse() != null)
          && !track.saysHowLong(each.atMs())) {
        ageMs = ASSUMED_MS;
        if (track.isCreating()) {
          texts.infer(
              name(track.pid, track.comm)
                  + ": how long it has been so is not said; "
                  + ASSUMED_MS / 1000
                  + " s are assumed, since one looks at what hangs");
        }
      }
      track.span(each.atMs() - ageMs, each.atMs());
      if (previousMs != Long.MIN_VALUE && each.atMs() - previousMs <= STILL_HUNG_MS) {
        track.span(previousMs, each.atMs());
      }
      previousMs = each.atMs();
    }
    if (previousMs < lastMs && lastMs - previousMs <= SAME_LOOK_MS) {
      track.span(previousMs, lastMs);
    }
    boolean stillHung = hung && lastMs - previousMs <= STILL_HUNG_MS;
    long untilMs = Math.max(lastMs, track.seen.get(0).atMs() + STALLED_MS);
    if (stillHung && (previousMs < lastMs || track.isBrief(STALLED_MS))) {
      long stillMs = (track.isBrief(STALLED_MS) ? untilMs : lastMs) - previousMs;
      track.span(previousMs, previousMs + stillMs);
      texts.infer(
          name(track.pid, track.comm)
              + ": after the kernel's last report of it, it is taken to be so still, for "
              + (stillMs + 999) / 1000
              + " s more; reports are few");
    }
  }

  private static String name(@Nullable Integer pid, @Nullable String comm) {
    String name = comm == null || comm.equals("unknown") ? "a task" : comm;
    return pid == null || pid <= 0 ? name : name + " (pid " + pid + ")";
  }

  /** Entries by the time of the snapshot they go into. */
  private static Map<Long, List<KernelLogEntry>> entries(
      List<Dated<LogFinding>> logs, Clock clock, NavigableSet<Long> times) {
    Map<Long, List<KernelLogEntry>> entries = new TreeMap<>();
    for (Dated<LogFinding> dated : logs) {
      long lastMs = clock.at(dated.at());
      for (long atMs = lastMs - repeatedForMs(dated.item());
          atMs <= lastMs;
          atMs += DeviceReferenceText.EVERY_MS) {
        Long snapshotMs = times.ceiling(atMs);
        if (snapshotMs == null || snapshotMs - atMs > STEP_MS) {
          snapshotMs = atMs;
          times.add(atMs);
        }
        entries
            .computeIfAbsent(snapshotMs, it -> new ArrayList<>())
            .add(dated.item().toEntry(Instant.ofEpochMilli(atMs)));
      }
    }
    return entries;
  }

  /** How far back a message stands for others like it, as long as that is played. */
  private static long repeatedForMs(LogFinding finding) {
    Long saidMs = finding.blockedForMs();
    return finding.category() != LogFinding.Category.DEVICE_REFERENCE || saidMs == null
        ? 0
        : Math.min(saidMs, LEAD_MS);
  }

  /** Of too many the first and the last. */
  private static List<Long> chosen(NavigableSet<Long> times) {
    List<Long> all = List.copyOf(times);
    if (all.size() <= MAX_SNAPSHOTS) {
      return all;
    }
    List<Long> some = new ArrayList<>(all.subList(0, MAX_SNAPSHOTS / 4));
    some.addAll(all.subList(all.size() - MAX_SNAPSHOTS * 3 / 4, all.size()));
    return some;
  }

  private ProcSnapshot.Builder snapshot(
      long atMs,
      @Nullable Long beforeMs,
      List<Track> tracks,
      List<long[]> hanging,
      Map<Long, List<KernelLogEntry>> entries,
      long lastMs,
      int fromEnd) {
    Kernel kernel = kernel(fromEnd);
    List<TaskOfInterest> tasks = new ArrayList<>();
    int creating = (int) hanging.stream().filter(it -> it[0] <= atMs && atMs <= it[1]).count();
    for (Track track : tracks) {
      long[] span = track.spanAt(atMs);
      if (span != null) {
        TaskOfInterest task = task(track, atMs, atMs - span[0]);
        tasks.add(task);
        creating += track.isCreating() ? 1 : 0;
      }
    }
    tasks.sort(
        Comparator.comparing(
                (TaskOfInterest it) -> !it.getReasons().contains(InterestReason.NETNS_STACK))
            .thenComparing(it -> !it.getReasons().contains(InterestReason.HOT_KERNEL_THREAD))
            .thenComparing(TaskOfInterest::getPid));
    boolean measured = tasks.stream().anyMatch(task -> task.getCpuUse() != null);
    List<KernelLogEntry> log = entries.getOrDefault(atMs, List.of());
    int logged = Math.min(log.size(), MAX_LOG_ENTRIES);
    return ProcSnapshot.newBuilder()
        .setCollectedAt(Instant.ofEpochMilli(atMs))
        .setIntervalMs(
            measured && beforeMs != null
                ? Integer.valueOf((int) Math.min(Integer.MAX_VALUE, atMs - beforeMs))
                : null)
        .setKernelVersion(kernel.version() == null ? "" : kernel.version())
        .setCpuCount(requireNonNullElse(texts.cpus(), 1))
        .setNetnsCounts(new NetnsCounts(null, null, null))
        .setFragmentCounters(atMs == lastMs ? fragments(fromEnd) : List.of())
        .setTaskCounts(counts(tasks))
        .setTasksOfInterest(tasks.subList(0, Math.min(tasks.size(), MAX_TASKS)))
        .setTasksOmitted(Math.max(0, tasks.size() - MAX_TASKS))
        .setBlockedCreationCount(creating)
        .setKernelLog(log.subList(log.size() - logged, log.size()))
        .setKernelLogOmitted(log.size() - logged);
  }

  private List<FragmentCounter> fragments(int fromEnd) {
    return of(texts.fragments, fromEnd).stream()
        .map(Dated::item)
        .filter(it -> !isInitial(it))
        .limit(MAX_TASKS)
        .map(
            it ->
                new FragmentCounter(
                    null,
                    it.netns(),
                    null,
                    it.ipv6() ? FragmentProtocol.IPV6 : FragmentProtocol.IPV4,
                    it.memoryBytes()))
        .toList();
  }

  /** The initial namespace is never deleted. */
  private static boolean isInitial(Fragments fragments) {
    return fragments.netns().isEmpty()
        || fragments.netns().matches("init(?:_net|ial)?|host|default|1");
  }

  private static TaskCounts counts(List<TaskOfInterest> tasks) {
    int[] counts = new int[4];
    for (TaskOfInterest task : tasks) {
      int place = "RSD".indexOf(task.getState());
      counts[place < 0 ? 3 : place]++;
    }
    return new TaskCounts(tasks.size(), counts[0], counts[1], counts[2], 0, counts[3]);
  }

  private static TaskOfInterest task(Track track, long atMs, long ageMs) {
    List<String> stack = stack(track, atMs);
    String state = track.first(atMs, TaskSighting::state);
    boolean creating = track.isCreating();
    String letter = state != null ? state : creating ? "D" : track.cpuUse() != null ? "R" : "?";
    boolean running = letter.equals("R");
    Double cpus = track.cpuUse();
    boolean kernel = track.isKernelThread();
    List<InterestReason> reasons = new ArrayList<>();
    if (kernel && cpus != null && cpus >= HOT) {
      reasons.add(InterestReason.HOT_KERNEL_THREAD);
    }
    if (letter.equals("D")) {
      reasons.add(InterestReason.UNINTERRUPTIBLE);
    }
    if (track.isOfNamespaces()) {
      reasons.add(InterestReason.NETNS_STACK);
    }
    String arguments = track.first(atMs, TaskSighting::netnsArguments);
    if (arguments != null) {
      reasons.add(InterestReason.NETNS_COMMAND);
    }
    return TaskOfInterest.newBuilder()
        .setPid(track.pid)
        .setComm(track.comm)
        .setKernelThread(kernel)
        .setState(letter)
        .setCpuUse(cpus)
        .setWchan(track.first(atMs, TaskSighting::wchan))
        .setStack(stack)
        .setBlockedForMs(running && !creating ? null : Long.valueOf(ageMs))
        .setNetnsArguments(arguments)
        .setReasons(reasons)
        .setMoreStacks(moreStacks(track, atMs, stack))
        .build();
  }

  private static @Nullable List<String> stack(Track track, long atMs) {
    List<String> empty = null;
    for (Track.Seen each : track.nearest(atMs)) {
      List<String> stack = each.task().stack();
      if (stack != null && !stack.isEmpty()) {
        return stack;
      }
      empty = empty != null ? empty : stack;
    }
    return empty;
  }

  private static List<StackLook> moreStacks(Track track, long atMs, @Nullable List<String> shown) {
    return track.nearest(atMs).stream()
        .map(it -> it.task().stack())
        .filter(stack -> stack != null && !stack.isEmpty() && !stack.equals(shown))
        .distinct()
        .limit(MAX_STACKS)
        .map(StackLook::new)
        .toList();
  }

  private void addProfile(
      List<Moment> moments, Dated<Profile> dated, Clock clock, List<Track> tracks) {
    PerfProfile profile = named(dated.item().profile(), tracks);
    Measure measure = dated.item().measure();
    if (measure.ofOneTask() && !showsCleanup(profile)) {
      texts.infer(
          "a perf slice of one task that is not in the cleanup says nothing of the others: it is"
              + " not used");
      return;
    }
    Integer known = measure.cpus() != null ? measure.cpus() : texts.cpus();
    suspect(profile, known);
    double hz;
    double seconds;
    Double said = measure.frequencyHz();
    Double saidSeconds = measure.seconds();
    if (said != null && saidSeconds != null && saidSeconds > 0) {
      hz = Math.max(1, said);
      seconds = saidSeconds;
      if (measure.ofOneTask() || measure.cpus() == null) {
        texts.infer("perf's frequency, " + Math.round(hz) + " Hz, follows from its samples");
      }
    } else {
      double capacity = capacity(profile, known);
      hz = ASSUMED_HZ;
      seconds = Math.max(0.5, profile.sampleCount() / capacity / hz);
      hz = profile.sampleCount() / capacity / seconds;
      texts.infer(
          known != null
              ? "perf's shares are turned into CPUs by the number of CPUs, " + known
              : "perf's shares are turned into CPUs as of "
                  + Math.round(capacity)
                  + (Math.round(capacity) == 1 ? " CPU" : " CPUs")
                  + ", since their number is not said");
    }
    long endMs = clock.at(dated.at());
    int durationMs = (int) Math.max(1, Math.min(Integer.MAX_VALUE / 2, Math.round(seconds * 1000)));
    // The frequency is a whole number: what is lost by rounding is made good by the length.
    int frequency = (int) Math.max(1, Math.round(hz));
    int length =
        (int) Math.max(1, Math.min(Integer.MAX_VALUE / 2, Math.round(durationMs * hz / frequency)));
    moments.add(
        new Moment(
            endMs,
            envelope ->
                envelope.seal(
                    profile
                        .toSample()
                        .setStartedAt(Instant.ofEpochMilli(endMs - length))
                        .setDurationMs(length)
                        .setFrequencyHz(frequency)
                        .setCpuCount(known == null ? 1 : known))));
  }

  /**
   * Reports name tasks without their pid, or no task at all: which worker it is other texts say.
   */
  private static PerfProfile named(PerfProfile profile, List<Track> tracks) {
    List<Track> workers =
        tracks.stream()
            .filter(Track::isKernelThread)
            .filter(it -> it.isOfNamespaces() || it.cpuUse() != null)
            .toList();
    List<SymbolSamples> symbols = new ArrayList<>();
    for (SymbolSamples symbol : profile.symbols()) {
      Track worker = null;
      if (symbol.getPid() < 0) {
        String comm = symbol.getComm();
        worker =
            workers.stream()
                .filter(
                    it ->
                        withoutWork(it.comm).equals(withoutWork(comm))
                            || (comm.equals("kworker") && workers.size() == 1))
                .findFirst()
                .orElse(null);
      }
      symbols.add(
          worker == null
              ? symbol
              : SymbolSamples.newBuilder(symbol).setComm(worker.comm).setPid(worker.pid).build());
    }
    return profile.withSymbols(symbols);
  }

  /** Whether and how the name of a worker ends with its work depends on the kernel and the tool. */
  private static String withoutWork(String comm) {
    return comm.startsWith("kworker") ? comm.replaceFirst("[-+].*", "") : comm;
  }

  private static boolean showsCleanup(PerfProfile profile) {
    return profile.symbols().stream()
        .anyMatch(
            symbol ->
                TraceFrames.isOfNamespaces(symbol.getSymbol())
                    || symbol.getCallPaths().stream()
                        .anyMatch(path -> TraceFrames.anyOfNamespaces(path.getFrames())));
  }

  /**
   * How many CPUs all samples together stand for: no task uses more than one. Where their number is
   * not known, as many as make the busiest kernel worker use one, if it has a third of all or more.
   */
  private static double capacity(PerfProfile profile, @Nullable Integer known) {
    Map<String, Long> byTask = new LinkedHashMap<>();
    for (SymbolSamples symbol : profile.symbols()) {
      if (symbol.getComm().startsWith("kworker")) {
        byTask.merge(symbol.getComm() + symbol.getPid(), symbol.getSamples(), Long::sum);
      }
    }
    long busiest = byTask.values().stream().mapToLong(it -> it).max().orElse(0);
    double most = busiest == 0 ? Double.MAX_VALUE : (double) profile.sampleCount() / busiest;
    if (known != null) {
      return Math.max(1, Math.min(known, most));
    }
    return most <= 3.5 ? Math.max(1, Math.floor(most + 0.02)) : 2;
  }

  /** Of one that several texts show as hanging the longest; none that a stack or wchan shows. */
  private List<Dated<Creation>> creations(int fromEnd, List<Track> tracks) {
    Set<Integer> seen = new HashSet<>();
    tracks.stream().filter(Track::isCreating).forEach(track -> seen.add(track.pid));
    Comparator<Dated<Creation>> longestFirst =
        Comparator.comparing(
            dated -> requireNonNullElse(dated.item().latencyMs(), 0L), Comparator.reverseOrder());
    List<Dated<Creation>> creations = new ArrayList<>();
    for (Dated<Creation> dated :
        TextTelemetry.<Creation>of(texts.creations, fromEnd).stream()
            .sorted(longestFirst)
            .toList()) {
      Integer pid = dated.item().pid();
      if (dated.item().finished() || pid == null || seen.add(pid)) {
        creations.add(dated);
      }
    }
    return creations;
  }

  private void addCreation(List<Moment> moments, Dated<Creation> dated, Clock clock) {
    Creation creation = dated.item();
    long endMs = clock.at(dated.at());
    if (creation.finished()) {
      Long tookMs = creation.latencyMs();
      if (tookMs != null) {
        if (tookMs >= SLOW_MS) {
          texts.suspect(
              String.format(
                  Locale.ROOT,
                  "the creation of a namespace%s took %.1f s, and finished: others take"
                      + " milliseconds; it waited for the cleanup of others, or for what holds"
                      + " their lock",
                  creation.comm() == null ? "" : " by " + creation.comm(),
                  tookMs / 1000.0));
        }
        moments.add(moment(creation, endMs - tookMs, endMs, CommandOutcome.SUCCEEDED));
      }
      return;
    }
    long ageMs = ageMs(creation);
    if (creation.latencyMs() == null) {
      texts.infer(
          name(creation.pid(), creation.comm())
              + ": how long it has been creating a namespace is not said; "
              + ASSUMED_MS / 1000
              + " s are assumed, since one looks at what hangs");
    }
    for (long age = Math.max(STEP_MS, ageMs - LEAD_MS); age <= ageMs; age += STEP_MS) {
      moments.add(
          moment(creation, endMs - ageMs, endMs - ageMs + age, CommandOutcome.STILL_RUNNING));
    }
  }

  private static long ageMs(Creation creation) {
    return creation.latencyMs() != null ? creation.latencyMs() : ASSUMED_MS;
  }

  private static Moment moment(
      Creation creation, long startedMs, long observedMs, CommandOutcome outcome) {
    NetnsLatency.Builder record =
        NetnsLatency.newBuilder()
            .setCommand(NetnsCommand.ADD)
            .setOrigin(CommandOrigin.OBSERVED)
            .setCommandId("text-" + requireNonNullElse(creation.pid(), 0) + "-" + startedMs)
            .setPid(creation.pid())
            .setComm(creation.comm())
            .setNetnsName(creation.netnsName())
            .setStartedAt(Instant.ofEpochMilli(startedMs))
            .setObservedAt(Instant.ofEpochMilli(observedMs))
            .setLatencyMs((double) (observedMs - startedMs))
            .setOutcome(outcome);
    return new Moment(observedMs, envelope -> envelope.seal(record));
  }
}
