package io.netnswatch.collector;

import static java.util.Objects.requireNonNull;

import io.netnswatch.collector.Collector.Scheduled;
import io.netnswatch.collector.LiveTelemetry.Collected;
import io.netnswatch.collector.bundle.BundleWriter;
import io.netnswatch.collector.bundle.EvidenceBundle;
import io.netnswatch.collector.bundle.Manifest;
import io.netnswatch.collector.perf.PerfSettings;
import io.netnswatch.collector.perf.PerfSource;
import io.netnswatch.collector.probe.NetnsProbe;
import io.netnswatch.collector.probe.ProbeSettings;
import io.netnswatch.collector.proc.ProcParseException;
import io.netnswatch.collector.proc.ProcSource;
import io.netnswatch.collector.text.EvidenceFiles;
import io.netnswatch.collector.text.TextEvidence;
import io.netnswatch.collector.text.TextTelemetry;
import io.netnswatch.command.Commands;
import io.netnswatch.command.Durations;
import io.netnswatch.command.InputPath;
import io.netnswatch.command.MustBe;
import io.netnswatch.command.OutputFile;
import io.netnswatch.command.Range;
import io.netnswatch.command.UnusableInputException;
import io.netnswatch.command.Version;
import io.netnswatch.command.WordForm;
import io.netnswatch.detection.IncidentComposer;
import io.netnswatch.detection.cause.Cause;
import io.netnswatch.detection.cause.CauseFiles;
import io.netnswatch.detection.cause.Causes;
import io.netnswatch.detection.cause.Diagnostician;
import io.netnswatch.detection.evidence.InvalidEventException;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.detection.signature.SignatureFiles;
import io.netnswatch.detection.signature.Signatures;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.Release;
import io.netnswatch.schema.TelemetryEvent;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code netnswatch diagnose}: exit code 0 nothing found, 1 failed, 2 wrong usage or nothing that
 * can be used, 3 incident, 4 not enough evidence for a verdict.
 */
@Command(
    name = "diagnose",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    showDefaultValues = true,
    description = {
      "Judges, by the same detection as the fleet's and without Kafka, whatever evidence there is:"
          + " this host, for a while or (--watch) for good; or texts: kernel logs, traces, stacks,"
          + " ps, top, perf's reports, crash and drgn backtraces, strace, in files, folders and"
          + " archives, or pasted (-); or evidence bundles.",
      "Says what it used, what it could not use, what it assumed, and what would settle the"
          + " question."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:Nothing found, and what looked would have seen it.",
      "1:Failed.",
      "2:Wrong usage, or nothing in what was given can be used.",
      "3:An incident was found.",
      "4:Nothing found, and not enough evidence to say that nothing is wrong."
    })
public final class DiagnoseCommand implements Callable<Integer> {

  private static final int UNUSABLE = 2;
  private static final String STANDARD_INPUT = "-";
  private static final Duration SNAPSHOT_EVERY = Duration.ofSeconds(2);
  private static final Duration PERF_SLICE = Duration.ofSeconds(5);
  private static final int PERF_HZ = 99;
  private static final Duration PROBE_EVERY = Duration.ofSeconds(5);
  private static final int SAY_EVERY_SECONDS = 5;
  private static final Duration WATCH_PERF_EVERY = Duration.ofSeconds(10);
  private static final Duration WATCH_PROBE_EVERY = Duration.ofSeconds(10);
  private static final Path RUN_NETNS = Path.of("/run/netns");

  @Parameters(
      arity = "0..*",
      paramLabel = "FILE",
      description =
          "Judge these instead of this host: texts, folders, archives (tar, zip, gzip, xz, bzip2;"
              + " also sosreports and must-gathers), evidence bundles; - is standard input. What a"
              + " part is, is recognised by its content.")
  private List<String> files = List.of();

  @InputPath(InputPath.Kind.FILE_OR_DIRECTORY)
  @Option(
      names = "--bundle",
      paramLabel = "FILE",
      description =
          "Judge this evidence bundle instead, as --save makes them; a text or a folder likewise.")
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

  @MustBe(WordForm.NAME)
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

  @InputPath(InputPath.Kind.DIRECTORY)
  @Option(
      names = "--causes",
      paramLabel = "DIR",
      description = "Your own causes, the *.yaml of this folder, besides the shipped ones.")
  private @Nullable Path causeFolder;

  @MustBe(WordForm.URL_PREFIX)
  @Option(
      names = "--runbook-base-url",
      paramLabel = "URL",
      defaultValue = "${sys:netnswatch.runbooks:-runbooks/}",
      description = "Where the pages of runbooks/ are; begins every runbook_url.")
  private String runbookBaseUrl = "";

  @Option(
      names = "--json",
      description = "Print one JSON object per line; of several hosts each names its own.")
  private boolean json;

  @Mixin private KernelLogOptions kernelLog = new KernelLogOptions();

  @ArgGroup(exclusive = false)
  private @Nullable WatchOptions watch;

  @Spec private CommandSpec spec = CommandSpec.create();

  public static void main(String[] arguments) {
    System.exit(Commands.run(new DiagnoseCommand(), arguments));
  }

  @Override
  public Integer call()
      throws IOException, InvalidEventException, InterruptedException, ProcParseException {
    checkUsage();
    List<Signature> signatures = signatures();
    DiagnoseReport report =
        new DiagnoseReport(spec.commandLine().getOut(), json, signatures, causes());
    if (watch != null) {
      return watch(signatures, report);
    }
    if (bundle != null) {
      return EvidenceFiles.isBundle(bundle)
          ? judgeBundle(bundle, signatures, report)
          : judgeFiles(List.of(bundle.toString()), signatures, report);
    }
    return files.isEmpty() ? judgeHost(signatures, report) : judgeFiles(files, signatures, report);
  }

  private List<Signature> signatures() throws IOException {
    try {
      return signatureFolder == null
          ? Signatures.shipped()
          : SignatureFiles.shippedAnd(signatureFolder);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private void checkUsage() {
    boolean given = bundle != null || !files.isEmpty();
    if (given && save != null) {
      throw wrong("--save keeps what is seen on this host; FILE and --bundle are of another");
    }
    if (bundle != null && !files.isEmpty()) {
      throw wrong("give the bundle as one FILE among others, without --bundle");
    }
    if (watch != null && (given || save != null)) {
      throw wrong("--watch looks at this host: without FILE, --bundle and --save");
    }
  }

  private CommandLine.ParameterException wrong(String words) {
    return new CommandLine.ParameterException(spec.commandLine(), words);
  }

  private int judgeHost(List<Signature> signatures, DiagnoseReport report)
      throws IOException, InvalidEventException, InterruptedException, ProcParseException {
    ThisHost thisHost = new ThisHost(procRoot, host);
    Collected collected = live(thisHost);
    List<Incident> incidents = judge(signatures, collected.events());
    EvidenceSummary summary = EvidenceSummary.of(collected.events());
    report.sources(collected.sources());
    return report.verdict(incidents, summary);
  }

  private int judgeBundle(Path file, List<Signature> signatures, DiagnoseReport report)
      throws IOException, InvalidEventException {
    say("reading " + file);
    EvidenceBundle read = EvidenceBundle.read(file);
    List<TelemetryEvent> events =
        read.telemetry(host != null ? host : read.manifest().host(), Duration.ZERO);
    report.bundleNotes(read.unused());
    return report.verdict(
        judge(signatures, events),
        EvidenceSummary.of(events)
            .onKernel(read.manifest())
            .damaged(read.isDamaged())
            .noting(EarlierLog.ofOtherTimes(read.logOfOtherTimes())));
  }

  /** Each host is judged by itself, by the texts and bundles that are of it. */
  private int judgeFiles(List<String> names, List<Signature> signatures, DiagnoseReport report)
      throws IOException, InvalidEventException {
    TextEvidence texts = new TextEvidence(Instant.now().truncatedTo(ChronoUnit.MINUTES));
    Map<String, HostEvidence> ofBundles = new LinkedHashMap<>();
    EvidenceFiles reading = new EvidenceFiles(texts);
    for (String name : names) {
      try {
        read(name, reading);
      } catch (UnusableInputException | FileSystemException e) {
        throw e;
      } catch (IOException e) { // of an archive's own format
        throw new UnusableInputException(name + ": " + e.getMessage(), e);
      }
    }
    for (Path bundle : reading.bundles()) {
      EvidenceBundle read = EvidenceBundle.read(bundle);
      String of = host != null ? host : read.manifest().host();
      List<TelemetryEvent> events = read.telemetry(of, Duration.ZERO);
      ofBundles.computeIfAbsent(of, HostEvidence::new).add(events, judge(signatures, events), read);
    }
    if (ofBundles.isEmpty() && texts.recognisedNothing()) {
      report.nothingRecognised(texts, spec.commandLine().getErr());
      return UNUSABLE;
    }
    List<HostEvidence> hosts = new ArrayList<>(ofBundles.values());
    for (TextEvidence ofHost : texts(texts)) {
      HostEvidence evidence = with(hosts, ofHost);
      List<TelemetryEvent> events = TextTelemetry.of(ofHost, evidence.name());
      evidence.add(events, judge(signatures, events), ofHost);
    }
    return hosts.size() == 1 ? report.verdict(hosts.get(0)) : report.verdicts(hosts, texts);
  }

  private List<TextEvidence> texts(TextEvidence all) {
    if (all.documents().isEmpty()) {
      return List.of();
    }
    return host != null ? List.of(all) : all.byHost();
  }

  private void read(String name, EvidenceFiles reading) throws IOException {
    if (name.equals(STANDARD_INPUT)) {
      reading.read("standard input", System.in);
      return;
    }
    Path file = Path.of(name);
    if (!Files.isReadable(file)) {
      throw wrong(name + (Files.exists(file) ? " can't be read" : " does not exist"));
    }
    reading.read(file);
  }

  /**
   * The host that texts are of, among those of bundles; texts that name none are of the only one.
   */
  private HostEvidence with(List<HostEvidence> hosts, TextEvidence texts) {
    for (HostEvidence each : hosts) {
      if (each.isOf(texts, hosts.size())) {
        return each;
      }
    }
    String named = texts.host();
    HostEvidence added =
        new HostEvidence(host != null ? host : named != null ? named : Manifest.UNNAMED_HOST);
    hosts.add(added);
    return added;
  }

  private Collected live(ThisHost thisHost)
      throws IOException, InterruptedException, ProcParseException {
    if (save == null) {
      return live(thisHost, null);
    }
    try (BundleWriter writer = BundleWriter.create(save)) {
      Instant startedAt = Instant.now();
      Collected collected = live(thisHost, writer);
      collected.events().forEach(writer::judged);
      int omitted = writer.finish(thisHost.manifest(startedAt, Instant.now()));
      say("kept in " + save + (omitted == 0 ? "" : ", without " + omitted + " that were too much"));
      Path earlier = writer.earlier();
      if (earlier != null) {
        say("what was in it is now in " + earlier);
      }
      return collected;
    }
  }

  private Collected live(ThisHost thisHost, @Nullable BundleWriter writer)
      throws IOException, InterruptedException, ProcParseException {
    say("looking at " + thisHost.name() + " for " + Durations.format(length));
    AtomicInteger seconds = new AtomicInteger();
    return LiveTelemetry.collect(
        thisHost.envelope(),
        sources(thisHost, writer, length),
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

  private List<Scheduled> sources(
      ThisHost thisHost, @Nullable BundleWriter writer, Duration probeLimit)
      throws IOException, ProcParseException {
    ProcSource snapshots =
        new ProcSource(
                procRoot,
                RUN_NETNS,
                Clock.systemUTC(),
                (at, proc) -> writer == null ? proc : writer.snapshot(at, proc))
            .with(kernelLog.start(this::say));
    List<Scheduled> sources = new ArrayList<>();
    sources.add(new Scheduled(snapshots, SNAPSHOT_EVERY));
    if (!noPerf) {
      PerfSettings perf = new PerfSettings("perf", PERF_SLICE, PERF_HZ, procRoot, writer != null);
      PerfSource slices =
          new PerfSource(
              perf,
              thisHost.cpuCount(),
              watch == null ? new Alertness() : snapshots.alertness(), // closely: slice after slice
              slice -> {
                if (writer != null) {
                  writer.slice(slice, PERF_HZ);
                }
              });
      sources.add(new Scheduled(slices, watch == null ? PERF_SLICE : WATCH_PERF_EVERY));
    }
    if (!noProbe) {
      ProbeSettings probe = ProbeSettings.withTimeLimit(probeLimit);
      sources.add(
          new Scheduled(
              new NetnsProbe(probe, snapshots.alertness()),
              watch == null ? PROBE_EVERY : WATCH_PROBE_EVERY));
    }
    return sources;
  }

  private int watch(List<Signature> signatures, DiagnoseReport report)
      throws IOException, InterruptedException, ProcParseException {
    WatchOptions options = requireNonNull(watch);
    options.check(spec);
    ThisHost thisHost = new ThisHost(procRoot, host);
    say("watching " + thisHost.name() + "; end with Ctrl-C");
    Watch watching =
        new Watch(new Judge(signatures, composer()), signatures, report, options, this::say);
    return watching.run(thisHost.envelope(), sources(thisHost, null, Duration.ofSeconds(30)));
  }

  private IncidentComposer composer() throws IOException {
    return new IncidentComposer(
        Release.version(), runbookBaseUrl, null, new Diagnostician(causes()));
  }

  private List<Cause> causes() throws IOException {
    try {
      return causeFolder == null ? Causes.shipped() : CauseFiles.shippedAnd(causeFolder);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private void say(String words) {
    spec.commandLine().getErr().println("diagnose: " + words);
  }

  private List<Incident> judge(List<Signature> signatures, List<TelemetryEvent> events)
      throws IOException, InvalidEventException {
    Judge judge = new Judge(signatures, composer());
    for (TelemetryEvent event : events) {
      judge.accept(event);
    }
    return judge.finish();
  }
}
