package io.netnswatch.collector;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netnswatch.collector.Collector.Scheduled;
import io.netnswatch.collector.bundle.BundleWriter;
import io.netnswatch.collector.bundle.EvidenceBundle;
import io.netnswatch.collector.perf.PerfSettings;
import io.netnswatch.collector.perf.PerfSource;
import io.netnswatch.collector.probe.NetnsProbe;
import io.netnswatch.collector.probe.ProbeSettings;
import io.netnswatch.collector.proc.ProcParseException;
import io.netnswatch.collector.proc.ProcSource;
import io.netnswatch.command.Commands;
import io.netnswatch.command.Durations;
import io.netnswatch.command.InputPath;
import io.netnswatch.command.OutputFile;
import io.netnswatch.command.Range;
import io.netnswatch.command.Version;
import io.netnswatch.detection.DetectionSettings;
import io.netnswatch.detection.HostDetector;
import io.netnswatch.detection.IncidentComposer;
import io.netnswatch.detection.PartitionDetector;
import io.netnswatch.detection.PartitionDetector.HostStates;
import io.netnswatch.detection.PartitionDetector.HostStep;
import io.netnswatch.detection.evidence.InvalidEventException;
import io.netnswatch.detection.evidence.Projection;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.detection.signature.SignatureFiles;
import io.netnswatch.detection.signature.Signatures;
import io.netnswatch.schema.EventAction;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.RecordJson;
import io.netnswatch.schema.Release;
import io.netnswatch.schema.TelemetryEvent;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code netnswatch diagnose}: exit code 0 nothing found, 1 failed, 2 wrong usage, 3 incident. */
@Command(
    name = "diagnose",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    showDefaultValues = true,
    description =
        "Looks at this host for a while, or at an evidence bundle, and judges it by the same"
            + " detection as the fleet's, without Kafka. Exits with 3 if it finds an incident.")
public final class DiagnoseCommand implements Callable<Integer> {

  private static final int INCIDENT_FOUND = 3;
  private static final Duration SNAPSHOT_EVERY = Duration.ofSeconds(2);
  private static final Duration PERF_SLICE = Duration.ofSeconds(5);
  private static final int PERF_HZ = 99;
  private static final Duration PROBE_EVERY = Duration.ofSeconds(5);
  private static final int SAY_EVERY_SECONDS = 5;
  private static final Path RUN_NETNS = Path.of("/run/netns");

  @InputPath(InputPath.Kind.FILE)
  @Option(
      names = "--bundle",
      paramLabel = "FILE",
      description =
          "Judge this bundle, a gzipped tar as recordings/README.md describes it, instead.")
  private @Nullable Path bundle;

  @OutputFile
  @Option(
      names = "--save",
      paramLabel = "FILE",
      description =
          "Keep what is looked at as an evidence bundle, for --bundle elsewhere. It holds names of"
              + " tasks and kernel functions, and no command lines but those of ip netns and"
              + " unshare.")
  private @Nullable Path save;

  @Range(min = "10s", max = "1h")
  @Option(
      names = "--for",
      paramLabel = "TIME",
      defaultValue = "30s",
      description = "How long to look at this host.")
  private Duration length = Duration.ofSeconds(30);

  @Option(names = "--no-perf", description = "Do not run perf.")
  private boolean noPerf;

  @Option(names = "--no-probe", description = "Create no namespaces.")
  private boolean noProbe;

  @InputPath(InputPath.Kind.DIRECTORY)
  @Option(
      names = "--proc-root",
      paramLabel = "DIR",
      defaultValue = "/proc",
      description = "Where the host's proc is mounted.")
  private Path procRoot = Path.of("");

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description = "Name of the host; default: its host name.")
  private @Nullable String host;

  @InputPath(InputPath.Kind.DIRECTORY)
  @Option(
      names = "--signatures",
      paramLabel = "DIR",
      description = "Your own signatures, the *.yaml of this folder, besides the shipped ones.")
  private @Nullable Path signatureFolder;

  @Option(
      names = "--runbook-base-url",
      paramLabel = "URL",
      defaultValue = "${sys:netnswatch.runbooks:-runbooks/}",
      description = "Where the pages of runbooks/ are; begins every runbook_url.")
  private String runbookBaseUrl = "";

  @Option(names = "--json", description = "Print one JSON object per line.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  public static void main(String[] arguments) {
    System.exit(Commands.run(new DiagnoseCommand(), arguments));
  }

  @Override
  public Integer call()
      throws IOException, InvalidEventException, InterruptedException, ProcParseException {
    if (bundle != null && save != null) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--save keeps what is seen on this host, not with --bundle");
    }
    List<Signature> signatures =
        signatureFolder == null ? Signatures.shipped() : SignatureFiles.shippedAnd(signatureFolder);
    List<TelemetryEvent> events = bundle == null ? live() : recorded(bundle);
    List<Incident> incidents = latestOfEach(judge(signatures, events));
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      incidents.forEach(incident -> out.println(line("incident").setAll(RecordJson.of(incident))));
      out.println(verdict(events, incidents));
    } else {
      incidents.forEach(incident -> print(out, incident));
      out.println(words(events, incidents));
    }
    out.flush();
    return incidents.isEmpty() ? 0 : INCIDENT_FOUND;
  }

  private List<TelemetryEvent> recorded(Path file) throws IOException {
    say("reading " + file);
    EvidenceBundle read = EvidenceBundle.read(file);
    return read.telemetry(host != null ? host : read.manifest().host(), Duration.ZERO);
  }

  private List<TelemetryEvent> live() throws IOException, InterruptedException, ProcParseException {
    ThisHost thisHost = new ThisHost(procRoot, host);
    if (save == null) {
      return live(thisHost, null);
    }
    try (BundleWriter writer = BundleWriter.create(save)) {
      Instant startedAt = Instant.now();
      List<TelemetryEvent> events = live(thisHost, writer);
      int omitted = writer.finish(thisHost.manifest(startedAt, Instant.now()));
      say("kept in " + save + (omitted == 0 ? "" : ", without " + omitted + " that were too much"));
      return events;
    }
  }

  private List<TelemetryEvent> live(ThisHost thisHost, @Nullable BundleWriter writer)
      throws IOException, InterruptedException, ProcParseException {
    ProcSource snapshots =
        new ProcSource(
            procRoot,
            RUN_NETNS,
            Clock.systemUTC(),
            (at, proc) -> writer == null ? proc : writer.snapshot(at, proc));
    List<Scheduled> sources = new ArrayList<>();
    sources.add(new Scheduled(snapshots, SNAPSHOT_EVERY));
    if (!noPerf) {
      PerfSettings perf = new PerfSettings("perf", PERF_SLICE, PERF_HZ, procRoot, writer != null);
      PerfSource slices =
          new PerfSource(
              perf,
              thisHost.cpuCount(),
              Optional::empty, // asked to look closely: slice after slice
              slice -> {
                if (writer != null) {
                  writer.slice(slice, PERF_HZ);
                }
              });
      sources.add(new Scheduled(slices, PERF_SLICE));
    }
    if (!noProbe) {
      ProbeSettings probe = ProbeSettings.withTimeLimit(length);
      sources.add(new Scheduled(new NetnsProbe(probe, snapshots::latest), PROBE_EVERY));
    }
    say("looking at " + thisHost.name() + " for " + Durations.format(length));
    AtomicInteger seconds = new AtomicInteger();
    return LiveTelemetry.collect(
        thisHost.envelope(),
        sources,
        length,
        event -> {
          if (writer != null) {
            writer.accept(event);
          }
        },
        events -> {
          if (seconds.incrementAndGet() % SAY_EVERY_SECONDS == 0) {
            say(seconds.get() + " of " + Durations.format(length) + ", " + events + " events");
          }
        });
  }

  private void say(String words) {
    spec.commandLine().getErr().println("diagnose: " + words);
  }

  private List<Incident> judge(List<Signature> signatures, List<TelemetryEvent> events)
      throws InvalidEventException {
    Projection projection = new Projection(signatures);
    PartitionDetector detector =
        new PartitionDetector(
            new HostDetector(
                signatures,
                DetectionSettings.DEFAULT,
                new IncidentComposer(Release.version(), runbookBaseUrl, null)),
            DetectionSettings.DEFAULT,
            HostStates.inMemory());
    List<HostStep> steps = new ArrayList<>();
    for (TelemetryEvent event : events) {
      steps.addAll(detector.accept(event.host(), projection.of(event.value(), null)));
    }
    steps.addAll(detector.finish());
    return steps.stream().flatMap(step -> step.step().incidents().stream()).toList();
  }

  /** What is known of each in the end, in the order in which they began. */
  private static List<Incident> latestOfEach(List<Incident> steps) {
    Map<String, Incident> latest = new LinkedHashMap<>();
    steps.forEach(step -> latest.put(step.getIncidentKey(), step));
    return List.copyOf(latest.values());
  }

  private static void print(PrintWriter out, Incident incident) {
    out.printf(
        "*** %s %s, %s: %s%n",
        incident.getSeverity(),
        incident.getConfidence(),
        incident.getEventAction() == EventAction.RESOLVE
            ? "ended " + incident.getEndedAt()
            : "since " + incident.getStartedAt(),
        incident.getTitle());
    out.println(incident.getDescription().indent(4).stripTrailing());
    incident.getMissing().forEach(missing -> out.println("    Missing:  " + missing));
    out.printf("    Runbook:  %s%n%n", incident.getRunbookUrl());
  }

  private static String words(List<TelemetryEvent> events, List<Incident> incidents) {
    return (incidents.isEmpty() ? "Nothing found" : incidents.size() + " found")
        + " in "
        + count(events, ProcSnapshot.class)
        + " snapshots of /proc, "
        + count(events, PerfSample.class)
        + " perf slices and "
        + count(events, NetnsLatency.class)
        + " records of namespace commands.";
  }

  private static ObjectNode verdict(List<TelemetryEvent> events, List<Incident> incidents) {
    return line("verdict")
        .put("incidents", incidents.size())
        .put("proc_snapshots", count(events, ProcSnapshot.class))
        .put("perf_samples", count(events, PerfSample.class))
        .put("netns_latencies", count(events, NetnsLatency.class));
  }

  private static long count(List<TelemetryEvent> events, Class<?> type) {
    return events.stream().map(TelemetryEvent::value).filter(type::isInstance).count();
  }

  private static ObjectNode line(String type) {
    return JsonNodeFactory.instance.objectNode().put("type", type);
  }
}
