package io.netnswatch.interop;

import static java.util.Comparator.comparing;
import static java.util.Comparator.naturalOrder;
import static java.util.Comparator.nullsFirst;
import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import io.netnswatch.detection.signature.SymbolName;
import io.netnswatch.schema.BlockedAt;
import io.netnswatch.schema.BlockedCreation;
import io.netnswatch.schema.CallPath;
import io.netnswatch.schema.Cause;
import io.netnswatch.schema.CommandOutcome;
import io.netnswatch.schema.Culprit;
import io.netnswatch.schema.DeadLetterHeaders;
import io.netnswatch.schema.FragmentCounter;
import io.netnswatch.schema.HostAction;
import io.netnswatch.schema.HotSymbol;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.IncidentStatus;
import io.netnswatch.schema.KernelLogEntry;
import io.netnswatch.schema.NetnsCommand;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.SymbolSamples;
import io.netnswatch.schema.WaitStep;
import io.netnswatch.schema.Worker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
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
      case "host-actions" -> hostActions(now.minus(Duration.ofDays(1)));
      case "slow-now" -> slowNow(now.minus(Duration.ofMinutes(10)));
      case "hottest-functions" -> hottestFunctions(now.minus(Duration.ofMinutes(10)));
      case "incident-hosts" -> incidentHosts();
      case "blocked-by-kernel" -> blockedByKernel();
      case "incident-steps" -> incidentSteps();
      case "kernel-hosts" -> kernelHosts(now.minus(Duration.ofHours(1)));
      case "causes" -> causes();
      case "ended-incidents" -> endedIncidents();
      case "wait-chains" -> waitChains();
      case "kernel-log" -> kernelLog(now.minus(Duration.ofHours(1)));
      case "hosts-blocked" -> hostsBlocked();
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
                    .limit(1))
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
    Map<String, Set<String>> verdicts = new HashMap<>();
    events(Incident.class)
        .filter(it -> it.getKernelRelease() != null)
        .forEach(
            it ->
                verdicts
                    .computeIfAbsent(it.getKernelRelease(), kernel -> new TreeSet<>())
                    .add(it.getKind() + ": " + it.getKernelVerdict()));
    return newestSnapshots().values().stream()
        .sorted(comparing(ProcSnapshot::getHost))
        .map(
            it -> {
              Set<String> known = verdicts.get(it.getKernelRelease());
              return row(
                  it.getHost(),
                  it.getKernelRelease(),
                  it.getCollectedAt(),
                  known == null ? null : List.copyOf(known));
            })
        .toList();
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
                        .max(
                            comparing((ConsumerRecord<byte[], byte[]> it) -> it.timestamp())
                                .thenComparing(ConsumerRecord::partition)
                                .thenComparing(ConsumerRecord::offset))
                        .map(it -> header(it, DeadLetterHeaders.ERROR))
                        .orElseThrow())));
    rows.sort(byColumn(0).thenComparing(byColumn(1)));
    return rows;
  }

  private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
    return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  private List<List<@Nullable Object>> hostActions(Instant since) {
    return all(HostAction.class).stream()
        .filter(it -> it.at.isAfter(since))
        .map(Published::event)
        .sorted(comparing(HostAction::getRecordedAt).thenComparing(HostAction::getHost))
        .map(
            it ->
                row(
                    it.getHost(),
                    it.getRecordedAt(),
                    it.getTarget(),
                    it.getOperation(),
                    it.getPhase().name(),
                    it.getIncidentKey(),
                    it.getCauseId(),
                    it.getReason()))
        .toList();
  }

  private List<List<@Nullable Object>> slowNow(Instant since) {
    return all(NetnsLatency.class).stream()
        .filter(it -> it.at.isAfter(since) && it.event.getLatencyMs() > 1000)
        .map(Published::event)
        .sorted(
            comparing(NetnsLatency::getObservedAt)
                .thenComparing(NetnsLatency::getHost)
                .thenComparing(NetnsLatency::getCommandId)
                .thenComparing(NetnsLatency::getLatencyMs))
        .map(
            it ->
                row(
                    it.getHost(),
                    it.getCommand().name(),
                    it.getCommandId(),
                    it.getOutcome().name(),
                    it.getLatencyMs(),
                    it.getObservedAt(),
                    waitsIn(it)))
        .toList();
  }

  private static @Nullable String waitsIn(NetnsLatency event) {
    BlockedAt at = event.getBlockedAt();
    return at == null ? null : at.getWchan();
  }

  private List<List<@Nullable Object>> hottestFunctions(Instant since) {
    record Slice(double cpus, PerfSample sample) {}
    return all(PerfSample.class).stream()
        .filter(it -> it.at.isAfter(since) && !it.event.getSymbols().isEmpty())
        .map(Published::event)
        .map(
            it ->
                new Slice(
                    it.getSymbols().get(0).getSamples()
                        / ((double) it.getFrequencyHz() * it.getDurationMs() / 1000),
                    it))
        .sorted(
            comparing(Slice::cpus)
                .reversed()
                .thenComparing(it -> it.sample.getHost())
                .thenComparing(it -> it.sample.getStartedAt()))
        .map(
            it -> {
              SymbolSamples hottest = it.sample.getSymbols().get(0);
              return row(
                  it.sample.getHost(),
                  it.sample.getStartedAt(),
                  hottest.getSymbol(),
                  hottest.getComm(),
                  hottest.getPid(),
                  it.cpus);
            })
        .toList();
  }

  private List<List<@Nullable Object>> incidentHosts() {
    Map<String, ProcSnapshot> snapshots = newestSnapshots();
    return unresolved()
        .map(
            it -> {
              ProcSnapshot now = snapshots.get(it.getHost());
              return row(
                  it.getIncidentKey(),
                  it.getHost(),
                  it.getKind(),
                  it.getStatus().name(),
                  now == null ? null : now.getCollectedAt(),
                  it.getBootId(),
                  now == null ? null : now.getBootId(),
                  now == null ? null : now.getTaskCounts().getUninterruptible(),
                  now == null ? null : now.getBlockedCreationCount(),
                  now == null ? null : now.getNetnsCounts().getReachable());
            })
        .toList();
  }

  private List<List<@Nullable Object>> blockedByKernel() {
    record Window(String kernel, long start) {}
    Map<Window, List<NetnsLatency>> windows =
        all(NetnsLatency.class).stream()
            .filter(it -> it.event.getCommand() == NetnsCommand.ADD)
            .filter(it -> it.event.getOutcome() == CommandOutcome.STILL_RUNNING)
            .filter(it -> it.event.getLatencyMs() >= 5000)
            .collect(
                groupingBy(
                    it ->
                        new Window(
                            it.event.getKernelRelease(), it.at.getEpochSecond() / 600 * 600_000),
                    mapping(Published::event, toList())));
    return windows.entrySet().stream()
        .sorted(Map.Entry.comparingByKey(comparing(Window::kernel).thenComparing(Window::start)))
        .map(
            it ->
                row(
                    it.getKey().kernel,
                    it.getKey().start,
                    it.getValue().stream()
                        .map(event -> event.getHost() + " " + event.getCommandId())
                        .distinct()
                        .count(),
                    it.getValue().stream().map(NetnsLatency::getHost).distinct().count(),
                    it.getValue().stream()
                        .map(NetnsLatency::getLatencyMs)
                        .max(naturalOrder())
                        .orElseThrow()))
        .toList();
  }

  private List<List<@Nullable Object>> incidentSteps() {
    return events(Incident.class)
        .filter(it -> it.getIncidentKey().equals(incident()))
        .map(
            it ->
                row(
                    it.getUpdatedAt(),
                    it.getEventAction().name(),
                    it.getStatus().name(),
                    it.getSeverity().name(),
                    it.getTitle(),
                    it.getBlockedCount(),
                    it.getEvidence().isEmpty() ? null : it.getEvidence().get(0).getSummary()))
        .toList();
  }

  private List<List<@Nullable Object>> kernelHosts(Instant since) {
    return all(NetnsLatency.class).stream()
        .filter(it -> it.at.isAfter(since))
        .map(Published::event)
        .filter(it -> it.getKernelRelease().equals(kernel()))
        .filter(it -> it.getCommand() == NetnsCommand.ADD)
        .filter(it -> it.getOutcome() != CommandOutcome.SUCCEEDED || it.getLatencyMs() > 1000)
        .sorted(
            comparing(NetnsLatency::getObservedAt)
                .thenComparing(NetnsLatency::getHost)
                .thenComparing(NetnsLatency::getCommandId)
                .thenComparing(NetnsLatency::getLatencyMs))
        .map(
            it ->
                row(
                    it.getHost(),
                    it.getObservedAt(),
                    it.getCommandId(),
                    it.getOutcome().name(),
                    it.getLatencyMs(),
                    waitsIn(it)))
        .toList();
  }

  private List<List<@Nullable Object>> causes() {
    return unresolved()
        .map(
            it -> {
              Cause cause = it.getCause();
              Culprit culprit = it.getCulprit();
              return row(
                  it.getHost(),
                  it.getKind(),
                  cause == null ? null : cause.getCauseId(),
                  cause == null ? null : cause.getSummary(),
                  cause == null ? null : cause.getEndless(),
                  culprit == null ? null : culprit.getPid(),
                  culprit == null ? null : culprit.getComm(),
                  culprit == null ? null : culprit.getKernelFunction(),
                  culprit == null ? null : culprit.getSubsystem(),
                  it.getBlockedCount(),
                  it.getOldestBlockedAt(),
                  it.getKernelVerdict().name(),
                  cause == null ? null : cause.getFix(),
                  cause == null ? null : String.join("; ", cause.getOptions()));
            })
        .toList();
  }

  private List<List<@Nullable Object>> endedIncidents() {
    return incidents().stream()
        .filter(it -> it.getStatus() == IncidentStatus.RESOLVED && it.getReplayRunId() == null)
        .sorted(comparing(Incident::getIncidentKey))
        .map(
            it ->
                row(
                    it.getHost(),
                    it.getKind(),
                    it.getStartedAt(),
                    it.getEndedAt(),
                    it.getResolution() == null ? null : it.getResolution().name(),
                    it.getResolutionReason(),
                    it.getCause() == null ? null : it.getCause().getCauseId(),
                    it.getKernelRelease()))
        .toList();
  }

  private List<List<@Nullable Object>> waitChains() {
    return incidents().stream()
        .filter(it -> !it.getWaitChain().isEmpty() && it.getReplayRunId() == null)
        .sorted(comparing(Incident::getIncidentKey))
        .map(
            it ->
                row(
                    it.getHost(),
                    it.getKind(),
                    it.getStatus().name(),
                    it.getUpdatedAt(),
                    it.getWaitChain().stream().map(Answers::inWords).collect(joining(" -> "))))
        .toList();
  }

  private static String inWords(WaitStep step) {
    return step.getTaskRole()
        + (step.getPid() == null ? "" : " " + step.getPid())
        + (step.getWaitsFor() == null ? "" : " waits for " + step.getWaitsFor())
        + (step.getInFunction() == null ? "" : " in " + step.getInFunction());
  }

  private List<List<@Nullable Object>> kernelLog(Instant since) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (Published<ProcSnapshot> published : all(ProcSnapshot.class)) {
      if (published.at.isAfter(since)) {
        for (KernelLogEntry entry : published.event.getKernelLog()) {
          rows.add(
              row(
                  published.event.getHost(),
                  entry.getLoggedAt(),
                  entry.getCategory(),
                  entry.getMessage(),
                  entry.getComm(),
                  entry.getPid(),
                  entry.getStack().isEmpty() ? null : entry.getStack().get(0)));
        }
      }
    }
    rows.sort(
        byColumn(1)
            .thenComparing(byColumn(0))
            .thenComparing(byColumn(2))
            .thenComparing(byColumn(3)));
    return rows;
  }

  private List<List<@Nullable Object>> hostsBlocked() {
    return newestSnapshots().values().stream()
        .filter(it -> it.getBlockedCreationCount() != null && it.getBlockedCreationCount() > 0)
        .sorted(
            comparing(ProcSnapshot::getBlockedCreationCount)
                .reversed()
                .thenComparing(ProcSnapshot::getHost))
        .map(
            it ->
                row(
                    it.getHost(),
                    it.getCollectedAt(),
                    it.getBlockedCreationCount(),
                    it.getCreatedNetnsCount(),
                    it.getTaskCounts().getUninterruptible(),
                    it.getKernelRelease()))
        .toList();
  }

  /** The incident that is asked for by its key. */
  String incident() {
    return events(Incident.class)
        .filter(it -> ofWatched(it.getHost()))
        .findFirst()
        .orElseThrow()
        .getIncidentKey();
  }

  /** The kernel that is asked for by its release. */
  String kernel() {
    return requireNonNull(newestSnapshots().get(PublishedFleet.LIVELOCKED)).getKernelRelease();
  }

  private Map<String, ProcSnapshot> newestSnapshots() {
    Map<String, ProcSnapshot> newest = new LinkedHashMap<>();
    events(ProcSnapshot.class).forEach(it -> newest.put(it.getHost(), it));
    return newest;
  }

  private Stream<Incident> unresolved() {
    return incidents().stream()
        .filter(it -> it.getStatus() != IncidentStatus.RESOLVED && it.getReplayRunId() == null)
        .sorted(comparing(Incident::getIncidentKey));
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
