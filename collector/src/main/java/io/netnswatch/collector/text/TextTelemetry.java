package io.netnswatch.collector.text;

import static java.util.Objects.requireNonNullElse;

import io.netnswatch.collector.Envelope;
import io.netnswatch.collector.text.Findings.Creation;
import io.netnswatch.collector.text.TextEvidence.Dated;
import io.netnswatch.collector.text.TextEvidence.Fragments;
import io.netnswatch.collector.text.TextEvidence.Kernel;
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
import io.netnswatch.schema.TaskCounts;
import io.netnswatch.schema.TaskOfInterest;
import io.netnswatch.schema.TelemetryEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
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

  static final long STEP_MS = 5_000;

  /** So much of the time before a moment is played. */
  static final long LEAD_MS = 120_000;

  /** Of the time before that, what is needed to tell since when: a look a minute, for hours. */
  static final long FAR_STEP_MS = 60_000;

  static final long LONGEST_LEAD_MS = 6 * 3_600_000L;

  /**
   * A stack of a hung task is taken when it has hung for some time: longer than the threshold and
   * the time after which an incident opens, shorter than what makes a cleanup a stuck one.
   */
  static final long ASSUMED_MS = 50_000;

  /** The kernel reports a hung task ten times at most: afterwards silence says nothing. */
  static final long STILL_HUNG_MS = 30 * 60_000L;

  /** The kernel writes of a device that is still referenced every 10 s. */
  private static final long STILL_REFERENCED_MS = 5 * 60_000L;

  /** What is said to have gone on for longer is played as often as shows that it is the same. */
  private static final long RARELY_MS = 25_000;

  private static final long LONGEST_REPEATED_MS = 24 * 3_600_000L;

  /** kernel.hung_task_warnings: so many reports, of all tasks together, and then none. */
  private static final int MOST_REPORTS = 10;

  /** After so long without a sign of it an incident is over. */
  private static final long SEEN_WELL_MS = 65_000;

  /** A creation that takes longer is slow. */
  private static final long SLOW_MS = 5_000;

  private static final int MAX_SNAPSHOTS = 4_000;
  private static final int MAX_TASKS = 64;
  private static final int MAX_LOG_ENTRIES = 32;

  /** An unknown kernel. */
  private static final String UNKNOWN = "unknown";

  private final TextEvidence texts;
  private final String host;
  private final Suspicions suspicions;

  /** By their boots: 0 is the last. */
  private final Map<Integer, Kernel> kernels = new HashMap<>();

  private TextTelemetry(TextEvidence texts, String host) {
    this.texts = texts;
    this.host = host;
    this.suspicions = new Suspicions(texts);
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
    telemetry.suspicions.ofHost();
    List<TelemetryEvent> events = new ArrayList<>();
    for (int fromEnd : boots) {
      events.addAll(telemetry.boot(fromEnd));
    }
    return events;
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
      LikelyOwner owner = LikelyOwner.of(log.item().message());
      if (owner != null) {
        texts.infer(owner.words());
      }
    }
    TextClock clock = new TextClock(all, texts.reference());
    List<Moment> moments = new ArrayList<>();
    List<TaskTrack> tracks =
        new TaskTracks(texts, suspicions)
            .of(of(texts.tasks, fromEnd), of(texts.logs, fromEnd), clock);
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
    suspicions.devices(
        references,
        logs(LogFinding.Category.OTHER, fromEnd),
        over,
        tracks.stream()
            .map(track -> track.reading(track.stack(clock.lastMs), clock.lastMs))
            .filter(Objects::nonNull)
            .toList());
    suspicions.besides(tracks, of(texts.hogs, fromEnd));
    suspicions.besideRemovals(tracks, clock.lastMs);
    suspicions.besideLoaders(tracks, of(texts.creations, fromEnd));
    if (over) {
      addSeenWell(times, afterSigns(hung, references, clock));
      addSeenWell(times, clock.lastMs - 2 * SEEN_WELL_MS);
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
    ProfileTelemetry profiles = new ProfileTelemetry(texts, suspicions);
    of(texts.profiles, fromEnd)
        .forEach(dated -> profiles.add(moments, dated.item(), clock.at(dated.at()), tracks));
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
      List<Dated<LogFinding>> hung, List<Dated<LogFinding>> references, TextClock clock) {
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

  /** Times at which it is seen to be over, so far apart that detection takes it for that. */
  private static void addSeenWell(NavigableSet<Long> times, long fromMs) {
    for (int i = 0; i <= 2; i++) {
      times.add(fromMs + i * SEEN_WELL_MS);
    }
  }

  /** When the next sign would have come: a hung task is reported again each time it takes. */
  private static long afterSigns(
      List<Dated<LogFinding>> hung, List<Dated<LogFinding>> references, TextClock clock) {
    long periodMs =
        hung.stream()
            .map(log -> log.item().blockedForMs())
            .mapToLong(ms -> ms == null ? LEAD_MS : Math.min(ms, 2 * LEAD_MS))
            .min()
            .orElse(LEAD_MS);
    return Math.max(
        lastMs(hung, clock) + periodMs,
        lastMs(references, clock) + 2 * DeviceReferenceText.EVERY_MS);
  }

  private static long lastMs(List<Dated<LogFinding>> logs, TextClock clock) {
    return logs.stream().mapToLong(log -> clock.at(log.at())).max().orElse(0);
  }

  /** What is published at a time. */
  record Moment(long atMs, Function<Envelope, TelemetryEvent> event) {}

  private static <T> List<Dated<T>> of(Collection<? extends Dated<? extends T>> all, int fromEnd) {
    List<Dated<T>> some = new ArrayList<>();
    for (Dated<? extends T> dated : all) {
      if (dated.boot().fromEnd() == fromEnd) {
        some.add(new Dated<>(dated.item(), dated.at(), dated.boot()));
      }
    }
    return some;
  }

  /** What is said of it; unknown where what the texts show can't have run on that. */
  private Kernel kernel(int fromEnd) {
    return kernels.computeIfAbsent(
        fromEnd,
        boot -> {
          Kernel said = said(boot);
          String refuted = texts.refuted(said.release());
          if (refuted != null) {
            texts.infer(refuted);
          }
          return refuted == null && !said.release().equals(UNKNOWN) ? said : byItsLog(boot);
        });
  }

  /** At least the version that a message of its log came with; unknown if there is none. */
  private Kernel byItsLog(int fromEnd) {
    List<Dated<LogFinding>> logs = of(texts.logs, fromEnd);
    return FirstReleases.of(logs.stream().map(it -> it.item().message()))
        .map(
            first -> {
              texts.infer(
                  "the kernel is "
                      + first.version()
                      + " or later: none before writes \""
                      + first.message()
                      + "\"");
              return new Kernel(first.release(), null);
            })
        .orElse(new Kernel(UNKNOWN, null));
  }

  /** The fullest said of it; of a boot that says nothing, that of the last one. */
  private Kernel said(int fromEnd) {
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
    if (inWords != null && texts.refuted(inWords) == null) {
      texts.infer("that the host runs " + inWords + " is taken from the words of the text");
    }
    return new Kernel(requireNonNullElse(inWords, UNKNOWN), null);
  }

  /** Entries by the time of the snapshot they go into. */
  private static Map<Long, List<KernelLogEntry>> entries(
      List<Dated<LogFinding>> logs, TextClock clock, NavigableSet<Long> times) {
    Map<String, LogFinding> trackers = trackers(logs);
    Map<Long, List<KernelLogEntry>> entries = new TreeMap<>();
    for (Dated<LogFinding> dated : logs) {
      long lastMs = clock.at(dated.at());
      long forMs = repeatedForMs(dated.item());
      long everyMs = forMs <= LEAD_MS ? DeviceReferenceText.EVERY_MS : RARELY_MS;
      for (long atMs = lastMs - forMs; atMs <= lastMs; atMs += everyMs) {
        Long snapshotMs = times.ceiling(atMs);
        if (snapshotMs == null || snapshotMs - atMs > STEP_MS) {
          snapshotMs = atMs;
          times.add(atMs);
        }
        List<KernelLogEntry> said = entries.computeIfAbsent(snapshotMs, it -> new ArrayList<>());
        said.add(dated.item().toEntry(Instant.ofEpochMilli(atMs)));
        LogFinding tracker = trackers.get(dated.item().device());
        if (tracker != null) {
          said.add(tracker.toEntry(Instant.ofEpochMilli(atMs)));
        }
      }
    }
    return entries;
  }

  /**
   * What the reference tracker says of each device. The kernel says it each time anew, but whoever
   * copies its log leaves off what repeats.
   */
  private static Map<String, LogFinding> trackers(List<Dated<LogFinding>> logs) {
    Map<String, LogFinding> trackers = new HashMap<>();
    for (Dated<LogFinding> dated : logs) {
      LogFinding finding = dated.item();
      if (finding.category() == LogFinding.Category.OTHER && finding.device() != null) {
        trackers.putIfAbsent(finding.device(), finding);
      }
    }
    return trackers;
  }

  /** How far back a message stands for others like it, a day at most. */
  private static long repeatedForMs(LogFinding finding) {
    Long saidMs = finding.blockedForMs();
    return finding.category() != LogFinding.Category.DEVICE_REFERENCE || saidMs == null
        ? 0
        : Math.min(saidMs, LONGEST_REPEATED_MS);
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
      List<TaskTrack> tracks,
      List<long[]> hanging,
      Map<Long, List<KernelLogEntry>> entries,
      long lastMs,
      int fromEnd) {
    Kernel kernel = kernel(fromEnd);
    List<TaskOfInterest> tasks = new ArrayList<>();
    int creating = (int) hanging.stream().filter(it -> it[0] <= atMs && atMs <= it[1]).count();
    for (TaskTrack track : tracks) {
      long[] span = track.spanAt(atMs);
      if (span != null) {
        TaskOfInterest task = track.toTask(atMs, atMs - span[0]);
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

  /** Of one that several texts show as hanging the longest; none that a stack or wchan shows. */
  private List<Dated<Creation>> creations(int fromEnd, List<TaskTrack> tracks) {
    Set<Integer> seen = new HashSet<>();
    tracks.stream().filter(TaskTrack::isCreating).forEach(track -> seen.add(track.pid));
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

  private void addCreation(List<Moment> moments, Dated<Creation> dated, TextClock clock) {
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
          TaskName.of(creation.pid(), creation.comm())
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
