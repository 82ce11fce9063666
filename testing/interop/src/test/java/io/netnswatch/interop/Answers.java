package io.netnswatch.interop;

import static java.util.Comparator.comparing;
import static java.util.Comparator.naturalOrder;
import static java.util.Comparator.nullsFirst;
import static java.util.stream.Collectors.groupingBy;

import io.netnswatch.detection.signature.SymbolName;
import io.netnswatch.schema.BlockedAt;
import io.netnswatch.schema.BlockedCreation;
import io.netnswatch.schema.CallPath;
import io.netnswatch.schema.CommandOutcome;
import io.netnswatch.schema.DeadLetterHeaders;
import io.netnswatch.schema.FragmentCounter;
import io.netnswatch.schema.HotSymbol;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.IncidentStatus;
import io.netnswatch.schema.NetnsCommand;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.SymbolSamples;
import io.netnswatch.schema.Worker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** What each of the queries has to answer, worked out from the events without SQL. */
final class Answers {

  private static final Set<String> LOOP = Set.of("inet_evict_bucket", "inet_frags_exit_net");

  private final PublishedFleet fleet;

  Answers(PublishedFleet fleet) {
    this.fleet = fleet;
  }

  /** An event, and the record timestamp it was published under. */
  private record Published<T>(T event, Instant at) {}

  /**
   * The rows that a query has to answer, in order; timestamps are instants, enums their names.
   *
   * @param name the query's base name
   * @param now when it is asked
   */
  List<List<@Nullable Object>> to(String name, Instant now) throws Exception {
    return switch (name) {
      case "hot-now" -> hotNow(now.minus(Duration.ofMinutes(15)));
      case "blocked-now" -> blockedNow(now.minus(Duration.ofMinutes(15)));
      case "slowest-creations" -> slowestCreations();
      case "open-incidents" -> openIncidents();
      case "incidents-by-kernel" -> incidentsByKernel();
      case "host-last-hour" -> lastHour(now.minus(Duration.ofHours(1)));
      case "host-kernels" -> hostKernels();
      case "precursors" -> precursors(now.minus(Duration.ofHours(1)));
      case "dead-letters" -> deadLetters();
      default -> throw new IllegalArgumentException("no answer is known to " + name);
    };
  }

  private List<List<@Nullable Object>> hotNow(Instant since) {
    record Slice(double cpus, String host, Instant startedAt) {}
    List<Slice> hot = new ArrayList<>();
    for (Published<PerfSample> published : all(PerfSample.class)) {
      PerfSample sample = published.event;
      long samples = sample.getSymbols().stream().mapToLong(Answers::loopSamples).sum();
      if (published.at.isAfter(since) && samples > 0) {
        double perCpu = (double) sample.getFrequencyHz() * sample.getDurationMs() / 1000;
        hot.add(new Slice(samples / perCpu, sample.getHost(), sample.getStartedAt()));
      }
    }
    hot.sort(
        comparing(Slice::cpus)
            .reversed()
            .thenComparing(Slice::host)
            .thenComparing(Slice::startedAt));
    return hot.stream().map(it -> row(it.host, it.startedAt, it.cpus)).toList();
  }

  private static long loopSamples(SymbolSamples entry) {
    if (entry.getCallPaths().isEmpty()) {
      return LOOP.contains(SymbolName.withoutCompilerSuffix(entry.getSymbol()))
          ? entry.getSamples()
          : 0;
    }
    return entry.getCallPaths().stream()
        .filter(path -> path.getFrames().contains("cleanup_net"))
        .filter(
            path ->
                path.getFrames().stream()
                    .map(SymbolName::withoutCompilerSuffix)
                    .anyMatch(LOOP::contains))
        .mapToLong(CallPath::getSamples)
        .sum();
  }

  private List<List<@Nullable Object>> blockedNow(Instant since) {
    Map<List<String>, Published<NetnsLatency>> latest = new LinkedHashMap<>();
    for (Published<NetnsLatency> published : all(NetnsLatency.class)) {
      NetnsLatency event = published.event;
      if (event.getCommand() == NetnsCommand.ADD) {
        latest.put(List.of(event.getHost(), event.getBootId(), event.getCommandId()), published);
      }
    }
    return latest.values().stream()
        .filter(it -> it.at.isAfter(since))
        .map(Published::event)
        .filter(it -> it.getOutcome() == CommandOutcome.STILL_RUNNING && it.getLatencyMs() >= 5000)
        .sorted(
            comparing(NetnsLatency::getLatencyMs)
                .reversed()
                .thenComparing(NetnsLatency::getHost)
                .thenComparing(NetnsLatency::getCommandId))
        .map(
            it -> {
              BlockedAt at = it.getBlockedAt();
              return row(
                  it.getHost(),
                  it.getCommandId(),
                  it.getOrigin().name(),
                  it.getComm(),
                  it.getNetnsName(),
                  it.getStartedAt(),
                  it.getLatencyMs(),
                  at == null ? null : at.getWchan(),
                  at == null || at.getStack() == null ? null : String.join(" < ", at.getStack()));
            })
        .toList();
  }

  private List<List<@Nullable Object>> slowestCreations() {
    return events(NetnsLatency.class)
        .filter(it -> it.getCommand() == NetnsCommand.ADD)
        .filter(it -> it.getOutcome() != CommandOutcome.STILL_RUNNING)
        .collect(groupingBy(NetnsLatency::getHost))
        .entrySet()
        .stream()
        .sorted(Map.Entry.comparingByKey())
        .flatMap(
            ofHost ->
                ofHost.getValue().stream()
                    .sorted(comparing(NetnsLatency::getLatencyMs).reversed())
                    .limit(5))
        .map(
            it ->
                row(
                    it.getHost(),
                    it.getLatencyMs(),
                    it.getCommandId(),
                    it.getOutcome().name(),
                    it.getStartedAt()))
        .toList();
  }

  private List<List<@Nullable Object>> openIncidents() {
    return incidents().stream()
        .filter(it -> it.getStatus() != IncidentStatus.RESOLVED && it.getReplayRunId() == null)
        .sorted(comparing(Incident::getStartedAt).thenComparing(Incident::getHost))
        .map(
            it -> {
              HotSymbol hot = it.getHotSymbol();
              Worker worker = it.getWorker();
              BlockedCreation blocked = it.getBlockedCreation();
              return row(
                  it.getSeverity().name(),
                  it.getConfidence().name(),
                  it.getKind(),
                  it.getHost(),
                  it.getStatus().name(),
                  it.getNoData(),
                  it.getStartedAt(),
                  it.getUpdatedAt(),
                  it.getTitle(),
                  hot == null ? null : hot.getSymbol(),
                  hot == null ? null : hot.getCpus(),
                  worker == null ? null : worker.getPid(),
                  blocked == null ? null : blocked.getAgeMs(),
                  it.getKernelRelease(),
                  it.getKernelVerdict().name(),
                  it.getKernelCure(),
                  it.getRunbookUrl());
            })
        .toList();
  }

  private List<List<@Nullable Object>> incidentsByKernel() {
    record Group(String kernel, String kind, String verdict) {}
    return incidents().stream()
        .collect(
            groupingBy(
                it ->
                    new Group(
                        Objects.requireNonNullElse(it.getKernelRelease(), "unknown"),
                        it.getKind(),
                        it.getKernelVerdict().name())))
        .entrySet()
        .stream()
        .sorted(
            Map.Entry.comparingByKey(
                comparing(Group::kernel).thenComparing(Group::kind).thenComparing(Group::verdict)))
        .map(
            group -> {
              Group key = group.getKey();
              long open =
                  group.getValue().stream()
                      .filter(it -> it.getStatus() != IncidentStatus.RESOLVED)
                      .count();
              return row(
                  key.kernel, key.kind, key.verdict, (long) group.getValue().size(), (int) open);
            })
        .toList();
  }

  private List<List<@Nullable Object>> lastHour(Instant since) {
    record Line(Instant at, String source, String summary) {}
    List<Line> lines = new ArrayList<>();
    for (Publication published : fleet.publications()) {
      Instant at = Instant.ofEpochMilli(published.timestampMs());
      if (!at.isAfter(since)) {
        continue;
      }
      if (published.value() instanceof ProcSnapshot it && ofWatched(it.getHost())) {
        Integer reachable = it.getNetnsCounts().getReachable();
        lines.add(
            new Line(
                at,
                "SNAPSHOT",
                it.getTaskCounts().getUninterruptible()
                    + " tasks in D, "
                    + (reachable == null ? "unknown" : reachable)
                    + " namespaces"));
      } else if (published.value() instanceof PerfSample it && ofWatched(it.getHost())) {
        SymbolSamples first = it.getSymbols().isEmpty() ? null : it.getSymbols().get(0);
        lines.add(
            new Line(
                at,
                "PERF",
                first == null
                    ? "idle"
                    : "%s in %s: %d samples"
                        .formatted(first.getSymbol(), first.getComm(), first.getSamples())));
      } else if (published.value() instanceof NetnsLatency it && ofWatched(it.getHost())) {
        lines.add(
            new Line(
                at,
                "COMMAND",
                "%s %s after %d ms"
                    .formatted(it.getCommand(), it.getOutcome(), (long) it.getLatencyMs())));
      } else if (published.value() instanceof Incident it && ofWatched(it.getHost())) {
        lines.add(new Line(at, "INCIDENT", it.getEventAction() + ": " + it.getTitle()));
      }
    }
    lines.sort(comparing(Line::at).thenComparing(Line::source).thenComparing(Line::summary));
    return lines.stream().map(it -> row(it.at, it.source, it.summary)).toList();
  }

  private static boolean ofWatched(String host) {
    return host.equals(PublishedFleet.LIVELOCKED);
  }

  private List<List<@Nullable Object>> hostKernels() {
    record Verdict(@Nullable String kernel, @Nullable String kind, @Nullable String verdict) {}
    Set<Verdict> verdicts = new LinkedHashSet<>();
    events(Incident.class)
        .map(it -> new Verdict(it.getKernelRelease(), it.getKind(), it.getKernelVerdict().name()))
        .forEach(verdicts::add);
    Map<String, ProcSnapshot> latest = new LinkedHashMap<>();
    events(ProcSnapshot.class).forEach(it -> latest.put(it.getHost(), it));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (ProcSnapshot it : latest.values()) {
      List<Verdict> known =
          verdicts.stream().filter(v -> it.getKernelRelease().equals(v.kernel)).toList();
      for (Verdict v : known.isEmpty() ? List.of(new Verdict(null, null, null)) : known) {
        rows.add(row(it.getHost(), it.getKernelRelease(), it.getCollectedAt(), v.kind, v.verdict));
      }
    }
    rows.sort(byColumn(0).thenComparing(byColumn(3)).thenComparing(byColumn(4)));
    return rows;
  }

  private List<List<@Nullable Object>> precursors(Instant since) {
    record Counter(String host, String kernel, String name, long inode, String protocol) {}
    record Seen(long bytes, Instant at) {}
    Map<Counter, List<Seen>> counters = new LinkedHashMap<>();
    for (Published<ProcSnapshot> published : all(ProcSnapshot.class)) {
      ProcSnapshot it = published.event;
      for (FragmentCounter counter : it.getFragmentCounters()) {
        if (counter.getMemoryBytes() < 0) {
          Counter key =
              new Counter(
                  it.getHost(),
                  it.getKernelRelease(),
                  Objects.requireNonNullElse(counter.getNetnsName(), ""),
                  Objects.requireNonNullElse(counter.getNetnsInode(), 0L),
                  counter.getProtocol().name());
          counters
              .computeIfAbsent(key, k -> new ArrayList<>())
              .add(new Seen(counter.getMemoryBytes(), published.at));
        }
      }
    }
    List<List<@Nullable Object>> rows = new ArrayList<>();
    counters.forEach(
        (key, seen) -> {
          Instant last = seen.stream().map(Seen::at).max(naturalOrder()).orElseThrow();
          if (last.isAfter(since)) {
            rows.add(
                row(
                    key.host,
                    key.kernel,
                    key.name,
                    key.inode,
                    key.protocol,
                    seen.stream().mapToLong(Seen::bytes).min().orElseThrow(),
                    seen.stream().map(Seen::at).min(naturalOrder()).orElseThrow(),
                    last));
          }
        });
    rows.sort(
        byColumn(0)
            .thenComparing(byColumn(2))
            .thenComparing(byColumn(3))
            .thenComparing(byColumn(4))
            .thenComparing(byColumn(1)));
    return rows;
  }

  private List<List<@Nullable Object>> deadLetters() throws Exception {
    Map<List<String>, List<ConsumerRecord<byte[], byte[]>>> groups =
        fleet.records(PublishedFleet.TOPICS.deadLetters()).stream()
            .collect(
                groupingBy(
                    it ->
                        List.of(
                            header(it, DeadLetterHeaders.REASON),
                            header(it, DeadLetterHeaders.SOURCE_TOPIC))));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    groups.forEach(
        (key, records) ->
            rows.add(
                row(
                    key.get(0),
                    key.get(1),
                    (long) records.size(),
                    Instant.ofEpochMilli(
                        records.stream().mapToLong(ConsumerRecord::timestamp).max().orElseThrow()),
                    records.stream()
                        .map(it -> header(it, DeadLetterHeaders.ERROR))
                        .max(naturalOrder())
                        .orElseThrow())));
    rows.sort(byColumn(0).thenComparing(byColumn(1)));
    return rows;
  }

  private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
    return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  /** The latest step of each. */
  private List<Incident> incidents() {
    Map<String, Incident> latest = new LinkedHashMap<>();
    events(Incident.class).forEach(it -> latest.put(it.getIncidentKey(), it));
    return List.copyOf(latest.values());
  }

  private <T> Stream<T> events(Class<T> type) {
    return all(type).stream().map(Published::event);
  }

  private <T> List<Published<T>> all(Class<T> type) {
    return fleet.publications().stream()
        .filter(it -> type.isInstance(it.value()))
        .map(it -> new Published<>(type.cast(it.value()), Instant.ofEpochMilli(it.timestampMs())))
        .toList();
  }

  private static List<@Nullable Object> row(@Nullable Object... values) {
    return Arrays.asList(values);
  }

  @SuppressWarnings("unchecked")
  private static Comparator<List<@Nullable Object>> byColumn(int index) {
    return comparing(
        row -> (Comparable<Object>) row.get(index), nullsFirst(Comparator.naturalOrder()));
  }
}
