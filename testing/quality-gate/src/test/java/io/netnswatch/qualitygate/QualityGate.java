package io.netnswatch.qualitygate;

import io.netnswatch.detection.evidence.InvalidEventException;
import io.netnswatch.qualitygate.Outcome.Published;
import io.netnswatch.schema.EventAction;
import io.netnswatch.schema.Incident;
import io.netnswatch.simulator.Condition;
import io.netnswatch.simulator.Fleet;
import io.netnswatch.simulator.HostSpec;
import io.netnswatch.simulator.Label;
import io.netnswatch.simulator.Simulation;
import io.netnswatch.simulator.TelemetrySource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts, over a population whose truth is known, what was found, missed and made up. */
final class QualityGate {

  static final String LIVELOCK = "netns-cleanup-livelock";
  static final String CONNTRACK = "netns-cleanup-conntrack-livelock";
  private static final String BLOCKED = "netns-creation-blocked";
  private static final String BACKLOG = "netns-cleanup-backlog";
  private static final String STUCK = "netns-cleanup-stuck";
  private static final String IMBALANCE = "netns-fragment-imbalance";

  /** Clocks are stepped by up to 20 s while nothing else happens. */
  private static final long TOLERANCE_SECONDS = 30;

  /** What may be said of a condition; of those not named here, nothing. */
  private static final Map<Condition, Set<String>> SAYABLE = new EnumMap<>(Condition.class);

  static {
    SAYABLE.put(Condition.CLEANUP_LIVELOCK, Set.of(LIVELOCK, BLOCKED, STUCK));
    SAYABLE.put(Condition.CLEANUP_LIVELOCK_IP6REASM, Set.of(LIVELOCK, BLOCKED, IMBALANCE, STUCK));
    SAYABLE.put(Condition.CONNTRACK_LIVELOCK, Set.of(CONNTRACK, BLOCKED, STUCK));
    SAYABLE.put(Condition.FRAGMENT_IMBALANCE, Set.of(IMBALANCE));
    SAYABLE.put(Condition.HEAVY_CHURN, Set.of(BACKLOG)); // where three creations in a row took 5 s
    SAYABLE.put(Condition.CLEANUP_BACKLOG, Set.of(BACKLOG, BLOCKED));
    SAYABLE.put(Condition.TWSK_PURGE, Set.of(BACKLOG, STUCK));
    SAYABLE.put(Condition.UNHASH_NSID, Set.of(BACKLOG, STUCK));
    SAYABLE.put(Condition.UNREGISTER_NETDEVICE, Set.of(BLOCKED, STUCK));
    SAYABLE.put(Condition.RTNL_CONTENTION, Set.of(BLOCKED, STUCK));
    SAYABLE.put(Condition.NET_MUTEX_HELD, Set.of(BLOCKED, STUCK));
    SAYABLE.put(Condition.PERNET_WRITER, Set.of(BLOCKED, STUCK));
    SAYABLE.put(Condition.SLOW_EXIT, Set.of(BLOCKED, STUCK));
  }

  private final Map<Condition, Integer> episodes = new EnumMap<>(Condition.class);
  private final Map<Condition, Map<String, Integer>> said = new EnumMap<>(Condition.class);
  private final List<String> missed = new ArrayList<>();
  private final List<String> madeUp = new ArrayList<>();
  private final List<Long> delaysMs = new ArrayList<>();

  /** Of hosts whose perf shows which function is hot. */
  private long longestOfNamedMs;

  private int livelocks;
  private int notObservable;
  private long events;
  private int late;

  /** Each host is a partition of its own: silence of others is no matter here. */
  void run(Fleet fleet) {
    Simulation simulation = new Simulation(fleet);
    Map<String, List<Label>> labels = new TreeMap<>();
    fleet
        .labels()
        .forEach(it -> labels.computeIfAbsent(it.host(), host -> new ArrayList<>()).add(it));
    List<Seen> all = fleet.hosts().parallelStream().map(host -> see(simulation, host)).toList();
    for (Seen seen : all) {
      events += seen.events();
      late += seen.late();
      Lives.check(seen.lives());
      judge(seen.host(), labels.getOrDefault(seen.host().name(), List.of()), seen.lives());
    }
  }

  /** What was seen of one host. */
  private record Seen(HostSpec host, long events, int late, List<List<Published>> lives) {}

  private static Seen see(Simulation simulation, HostSpec host) {
    Outcome outcome = new Outcome(false);
    long events = 0;
    try {
      for (var it = simulation.events(host).iterator(); it.hasNext(); events++) {
        outcome.feed(it.next());
      }
    } catch (InvalidEventException e) {
      throw new AssertionError("of " + host, e);
    }
    return new Seen(host, events, outcome.late(), Lives.of(outcome.published()));
  }

  private void judge(HostSpec host, List<Label> labels, List<List<Published>> lives) {
    for (Label label : labels) {
      episodes.merge(label.condition(), 1, Integer::sum);
      if (label.condition().isCleanupLivelock()
          || label.condition() == Condition.CONNTRACK_LIVELOCK) {
        judgeLivelock(host, label, lives);
      }
    }
    for (List<Published> life : lives) {
      Incident incident = life.get(0).incident();
      Label label = labelOf(incident, labels);
      if (label == null
          || !SAYABLE.getOrDefault(label.condition(), Set.of()).contains(incident.getKind())) {
        madeUp.add(
            incident.getIncidentKey()
                + " during "
                + (label == null ? "HEALTHY" : label.condition()));
      }
      if (label != null) {
        said.computeIfAbsent(label.condition(), it -> new TreeMap<>())
            .merge(incident.getKind(), 1, Integer::sum);
      }
    }
  }

  private void judgeLivelock(HostSpec host, Label label, List<List<Published>> lives) {
    String kind = label.condition().isCleanupLivelock() ? LIVELOCK : CONNTRACK;
    livelocks++;
    if (!canBeSeen(host)) {
      notObservable++;
      return;
    }
    List<Published> found =
        lives.stream()
            .filter(life -> life.get(0).incident().getKind().equals(kind))
            .filter(life -> isDuring(life.get(0).incident().getStartedAt(), label))
            .findFirst()
            .orElse(List.of());
    if (found.isEmpty()) {
      missed.add(label + " on " + host);
      return;
    }
    if (host.sources().size() == TelemetrySource.values().length) {
      Published trigger = found.get(0);
      if (trigger.incident().getEventAction() == EventAction.TRIGGER) {
        long delayMs = trigger.atMs() - trigger.incident().getStartedAt().toEpochMilli();
        delaysMs.add(delayMs);
        if (host.visibility().kernelSymbols()) {
          longestOfNamedMs = Math.max(longestOfNamedMs, delayMs);
        }
      }
    }
  }

  /** Whether any of the host's sources shows hot code, and any a creation that hangs. */
  private static boolean canBeSeen(HostSpec host) {
    Set<TelemetrySource> sources = host.sources();
    boolean proc = sources.contains(TelemetrySource.PROC);
    boolean hotCode =
        (sources.contains(TelemetrySource.PERF) && host.visibility().kernelSymbols())
            || (proc && host.visibility().stacks());
    boolean creations = sources.contains(TelemetrySource.PROBE) || (proc && host.othersCreate());
    return hotCode && creations;
  }

  private static @Nullable Label labelOf(Incident incident, List<Label> labels) {
    return labels.stream()
        .filter(label -> isDuring(incident.getStartedAt(), label))
        .findFirst()
        .orElse(null);
  }

  private static boolean isDuring(Instant time, Label label) {
    return !time.isBefore(label.from().minusSeconds(TOLERANCE_SECONDS))
        && !time.isAfter(label.to().plusSeconds(TOLERANCE_SECONDS));
  }

  List<String> missed() {
    return missed;
  }

  List<String> madeUp() {
    return madeUp;
  }

  int livelocks() {
    return livelocks;
  }

  /** Milliseconds from the begin of the first blocked creation, by share of the livelocks. */
  long delayMs(double share) {
    List<Long> sorted = new ArrayList<>(delaysMs);
    Collections.sort(sorted);
    return sorted.get((int) Math.ceil(share * sorted.size()) - 1);
  }

  /** The longest where perf has the names of the kernel's functions. */
  long longestOfNamedMs() {
    return longestOfNamedMs;
  }

  /** The tables of detection/README.md. */
  String table() {
    StringBuilder text = new StringBuilder();
    text.append("| condition | episodes | said of it |\n|---|---|---|\n");
    episodes.forEach(
        (condition, count) ->
            text.append("| ")
                .append(condition)
                .append(" | ")
                .append(count)
                .append(" | ")
                .append(words(said.getOrDefault(condition, Map.of())))
                .append(" |\n"));
    text.append("\n| | |\n|---|---|\n");
    row(text, "events", events);
    row(text, "livelocks (of both kinds)", livelocks);
    row(text, "of these on hosts whose sources cannot show it", notObservable);
    row(text, "found of the others", livelocks - notObservable - missed.size());
    row(text, "missed", missed.size());
    row(text, "incidents made up", madeUp.size());
    row(text, "events too late (clocks set back without a sign)", late);
    row(text, "delay, median", seconds(delayMs(0.5)));
    row(text, "delay, p95 (bar: 10 s)", seconds(delayMs(0.95)));
    row(
        text,
        "delay, longest where perf names the kernel's functions (bar: 15 s)",
        seconds(longestOfNamedMs));
    row(text, "delay, longest", seconds(delayMs(1)));
    return text.toString();
  }

  private static void row(StringBuilder text, String name, Object value) {
    text.append("| ").append(name).append(" | ").append(value).append(" |\n");
  }

  private static String words(Map<String, Integer> kinds) {
    return kinds.isEmpty()
        ? "nothing"
        : String.join(
            ", ", kinds.entrySet().stream().map(it -> it.getKey() + " " + it.getValue()).toList());
  }

  private static String seconds(long ms) {
    return String.format(java.util.Locale.ROOT, "%.1f s", ms / 1000.0);
  }
}
