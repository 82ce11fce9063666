package io.netnswatch.console;

import io.netnswatch.detection.DetectionSettings;
import io.netnswatch.detection.HostDetector;
import io.netnswatch.detection.IncidentComposer;
import io.netnswatch.detection.PartitionDetector;
import io.netnswatch.detection.PartitionDetector.HostStates;
import io.netnswatch.detection.evidence.Evidence;
import io.netnswatch.detection.evidence.InvalidEventException;
import io.netnswatch.detection.evidence.Projection;
import io.netnswatch.detection.evidence.SourceRef;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.detection.signature.Signatures;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.NetnsCommand;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.TaskOfInterest;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.simulator.Condition;
import io.netnswatch.simulator.Fleet;
import io.netnswatch.simulator.HostSpec;
import io.netnswatch.simulator.Mix;
import io.netnswatch.simulator.Simulation;
import io.netnswatch.simulator.TimelineStep.ConditionBegins;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reports of telemetry, judged by the detection; those who open the pages share them. */
public final class Replays {

  private static final Instant START = Instant.parse("2026-11-22T06:00:00Z");
  private static final List<Signature> SIGNATURES = Signatures.shipped();

  private final Projection projection = new Projection(SIGNATURES);
  private final List<IncidentSteps> histories = new ArrayList<>();
  private final List<HostTimeline> timelines = new ArrayList<>();
  private final Instant from;
  private final Duration length;
  private final Duration bucket;
  private long events;

  private Replays(Instant from, Duration length, Duration bucket) {
    this.from = from;
    this.length = length;
    this.bucket = bucket;
  }

  /** Telemetry of one host, in order. */
  public static Report of(String source, String host, List<TelemetryEvent> events)
      throws InvalidEventException {
    Instant first = events.get(0).eventTime();
    Instant last = events.get(events.size() - 1).eventTime();
    Replays replays = new Replays(first, Duration.between(first, last), Duration.ofSeconds(2));
    replays.run(host, events.iterator());
    return replays.report(source, Map.of());
  }

  /** A host that livelocks after two minutes. */
  public static Report livelock() throws InvalidEventException {
    HostSpec host =
        HostSpec.of("compute-14", new ConditionBegins(120_000, Condition.CLEANUP_LIVELOCK));
    return of(Fleet.of(1, START, Duration.ofMinutes(5), host), Map.of());
  }

  /** Hosts to which much happens. */
  public static Report fleet(int hosts, int hours) throws InvalidEventException {
    Mix mix = new Mix(0.5, 0.4, 0.05, 0.2, 0.5, 0, 1_000, 0);
    return of(Fleet.random(1, START, hosts, hours, mix), Map.of("LATE", 3L, "UNDECODABLE", 1L));
  }

  /** Healthy hosts. */
  public static Report healthy() throws InvalidEventException {
    return of(
        Fleet.of(1, START, Duration.ofMinutes(20), HostSpec.of("db-1"), HostSpec.of("db-2")),
        Map.of());
  }

  /** A host that resents being shown. */
  public static Report hostile(String text) throws InvalidEventException {
    Report report = livelock();
    List<IncidentSteps> hostile =
        report.incidents().stream()
            .map(
                history -> {
                  Incident latest = history.latest();
                  Incident changed =
                      Incident.newBuilder(latest)
                          .setHost(text)
                          .setIncidentKey(latest.getKind() + "/" + text)
                          .setTitle(text)
                          .setDescription(text)
                          .setKernelRelease(text)
                          .setMissing(List.of(text))
                          .build();
                  return new IncidentSteps(changed, List.of(changed, changed));
                })
            .toList();
    HostTimeline line = report.timelines().get(0);
    return new Report(
        text,
        text,
        report.from(),
        report.to(),
        report.generatedAt(),
        report.events(),
        report.hosts(),
        Map.of(text, 1L),
        hostile,
        List.of(
            new HostTimeline(
                text,
                text,
                line.start(),
                line.bucket(),
                line.hotCpus(),
                line.workerCpus(),
                line.creationMs())),
        text,
        List.of(text),
        0);
  }

  /** The same troubles on many times as many hosts. */
  public static Report times(int copies, Report report) {
    List<IncidentSteps> histories = new ArrayList<>();
    List<HostTimeline> timelines = new ArrayList<>();
    for (int copy = 1; copy <= copies; copy++) {
      String prefix = "rack-" + copy + "-";
      for (IncidentSteps history : report.incidents()) {
        List<Incident> steps = history.steps().stream().map(it -> onHost(prefix, it)).toList();
        histories.add(new IncidentSteps(steps.get(steps.size() - 1), steps));
      }
      for (HostTimeline line : report.timelines()) {
        timelines.add(
            new HostTimeline(
                prefix + line.host(),
                line.kernelRelease(),
                line.start(),
                line.bucket(),
                line.hotCpus(),
                line.workerCpus(),
                line.creationMs()));
      }
    }
    return new Report(
        report.title(),
        report.source(),
        report.from(),
        report.to(),
        report.generatedAt(),
        report.events() * copies,
        timelines.size(),
        report.unusable(),
        histories,
        timelines,
        report.detectorVersion(),
        report.rules(),
        0);
  }

  private static Incident onHost(String prefix, Incident incident) {
    String host = incident.getHost();
    return Incident.newBuilder(incident)
        .setHost(prefix + host)
        .setIncidentKey(incident.getIncidentKey().replace("/" + host, "/" + prefix + host))
        .setTitle(incident.getTitle().replace(host, prefix + host))
        .build();
  }

  /** Its page. */
  public static String page(Report report) throws IOException {
    StringWriter out = new StringWriter();
    ReportPage.write(report, out);
    return out.toString();
  }

  /** Its page in a file. */
  public static Path page(Report report, Path file) throws IOException {
    try (Writer out = Files.newBufferedWriter(file)) {
      ReportPage.write(report, out);
    }
    return file;
  }

  private static Report of(Fleet fleet, Map<String, Long> unusable) throws InvalidEventException {
    Replays replays = new Replays(fleet.start(), fleet.length(), Duration.ofSeconds(30));
    Simulation simulation = new Simulation(fleet);
    for (HostSpec host : fleet.hosts()) {
      replays.run(host.name(), simulation.events(host).iterator());
    }
    return replays.report("archive /var/lib/netnswatch/archive", unusable);
  }

  private Report report(String source, Map<String, Long> unusable) {
    return new Report(
        "Replay of " + from.toString().substring(0, 10),
        source,
        from,
        from.plus(length),
        from.plus(length).plusSeconds(3600),
        events,
        timelines.size(),
        unusable,
        histories,
        timelines,
        "0.1.0",
        SIGNATURES.stream().map(it -> it.id() + " " + it.version()).toList(),
        0);
  }

  private void run(String host, Iterator<TelemetryEvent> telemetry) throws InvalidEventException {
    HostDetector detector =
        new HostDetector(
            SIGNATURES,
            DetectionSettings.DEFAULT,
            new IncidentComposer("0.1.0", "runbooks/", "replay-1"));
    PartitionDetector partition =
        new PartitionDetector(detector, DetectionSettings.DEFAULT, HostStates.inMemory());
    Map<String, List<Incident>> lives = new LinkedHashMap<>();
    Line line = new Line((int) (length.toMillis() / bucket.toMillis()) + 1);
    @Nullable String release = null;
    List<PartitionDetector.HostStep> steps = new ArrayList<>();
    while (telemetry.hasNext()) {
      TelemetryEvent event = telemetry.next();
      Evidence evidence =
          projection.of(event.value(), new SourceRef(topic(event), 3, 48_000 + events++));
      steps.addAll(partition.accept(host, evidence));
      release = evidence.kernel().release();
      line.add(event, evidence);
    }
    steps.addAll(partition.finish());
    steps.stream()
        .flatMap(step -> step.step().incidents().stream())
        .forEach(
            it -> lives.computeIfAbsent(it.getIncidentKey(), key -> new ArrayList<>()).add(it));
    lives.values().forEach(it -> histories.add(new IncidentSteps(it.get(it.size() - 1), it)));
    timelines.add(
        new HostTimeline(
            host,
            release,
            from,
            bucket,
            Series.of(line.hot),
            Series.of(line.worker),
            Series.of(line.creation)));
  }

  private static String topic(TelemetryEvent event) {
    if (event.value() instanceof ProcSnapshot) {
      return "netnswatch.proc-snapshots";
    }
    return event.value() instanceof NetnsLatency
        ? "netnswatch.netns-latencies"
        : "netnswatch.perf-samples";
  }

  /** The series of a host while they are made. */
  private final class Line {

    private final double[] hot;
    private final double[] worker;
    private final double[] creation;

    Line(int buckets) {
      hot = new double[buckets];
      worker = new double[buckets];
      creation = new double[buckets];
      List.of(hot, worker, creation).forEach(it -> Arrays.fill(it, Double.NaN));
    }

    void add(TelemetryEvent event, Evidence evidence) {
      int at = (int) (Duration.between(from, event.eventTime()).toMillis() / bucket.toMillis());
      if (at < 0 || at >= hot.length) {
        return;
      }
      if (evidence.observation() instanceof Evidence.Profile profile && profile.conclusive()) {
        raise(hot, at, profile.hotCode().stream().mapToDouble(it -> it.cpus()).max().orElse(0));
      } else if (event.value() instanceof ProcSnapshot snapshot) {
        snapshot.getTasksOfInterest().stream()
            .filter(TaskOfInterest::getKernelThread)
            .map(TaskOfInterest::getCpuUse)
            .filter(use -> use != null)
            .forEach(use -> raise(worker, at, use));
        raise(worker, at, 0);
      } else if (event.value() instanceof NetnsLatency latency
          && latency.getCommand() == NetnsCommand.ADD) {
        raise(creation, at, latency.getLatencyMs());
      }
    }

    private static void raise(double[] values, int at, double value) {
      values[at] = Double.isNaN(values[at]) ? value : Math.max(values[at], value);
    }
  }
}
