package io.netnswatch.replay;

import io.netnswatch.command.Commands;
import io.netnswatch.command.DetectionOptions;
import io.netnswatch.command.HostPattern;
import io.netnswatch.command.InputPath;
import io.netnswatch.command.MustBe;
import io.netnswatch.command.OutputFile;
import io.netnswatch.command.Range;
import io.netnswatch.command.Version;
import io.netnswatch.command.WordForm;
import io.netnswatch.command.cluster.ClusterOptions;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.detection.signature.WhatIf;
import io.netnswatch.replay.IncidentDiff.Difference;
import io.netnswatch.replay.Replay.Totals;
import io.netnswatch.replay.history.ArchiveHistory;
import io.netnswatch.replay.history.BundleHistory;
import io.netnswatch.replay.history.History;
import io.netnswatch.replay.history.TimeRange;
import io.netnswatch.replay.history.TopicHistory;
import io.netnswatch.schema.Incident;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code netnswatch replay}: exit code 0 done, 1 failed or different, 2 wrong usage. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    showDefaultValues = true,
    sortOptions = false,
    description =
        "Runs the same detection over history, apart from the live application: an archive, a time"
            + " range of the topics, or evidence bundles.")
public final class ReplayCommand implements Callable<Integer> {

  private static final int MOST_DIFFERENCES_IN_WORDS = 20;

  @InputPath(InputPath.Kind.DIRECTORY)
  @Option(
      names = "--archive",
      paramLabel = "DIR",
      description = "What netnswatch export wrote, or spools of collectors, one a folder.")
  private @Nullable Path archive;

  @InputPath(InputPath.Kind.FILE)
  @Option(
      names = "--bundle",
      paramLabel = "FILE",
      description = "An evidence bundle; may be given several times.")
  private List<Path> bundles = new ArrayList<>();

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Mixin private RangeOptions range = new RangeOptions();

  @Option(
      names = "--host",
      paramLabel = "PATTERN",
      description =
          "Only hosts whose name fits, e.g. 'compute-0*'; may be given several times. A host alone"
              + " is never seen to be silent.")
  private List<HostPattern> hosts = new ArrayList<>();

  @Mixin private DetectionOptions detection = new DetectionOptions();

  @Option(
      names = "--set",
      paramLabel = "SIGNATURE.KEY=NUMBER",
      description =
          "What if: another threshold, e.g. netns-cleanup-livelock.hot.cpus=0.3; may be given"
              + " several times.")
  private List<String> thresholds = new ArrayList<>();

  @Range(min = "1", max = "256")
  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Partitions judged at once; default: one for each CPU.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @OutputFile
  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write every lifecycle step there, a JSON object a line, in event time.")
  private @Nullable Path out;

  @OutputFile
  @Option(
      names = "--report",
      paramLabel = "FILE",
      description =
          "Write one self-contained HTML page: timelines, evidence, kernel verdict and runbook of"
              + " each incident.")
  private @Nullable Path reportFile;

  @MustBe(WordForm.TOPIC)
  @Option(
      names = "--publish",
      paramLabel = "TOPIC",
      description =
          "Publish every step to this topic, which must exist and not be the live one; such"
              + " incidents carry a replay_run_id, and no bridge pages for them.")
  private @Nullable String publishTopic;

  @Option(
      names = "--diff",
      description =
          "Compare with what the live application had emitted in that range; exit code 1 if they"
              + " differ.")
  private boolean diff;

  @Option(names = "--json", description = "Print one JSON object per line.")
  private boolean json;

  @Option(names = "--quiet", description = "Show no progress.")
  private boolean quiet;

  @Spec private CommandSpec spec = CommandSpec.create();

  public static void main(String[] arguments) {
    System.exit(Commands.run(new ReplayCommand(), arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    TimeRange wanted = range.range();
    List<Signature> signatures = signatures();
    Replay replay =
        new Replay(signatures, detection.settings(), detection.composer(), hostFilter(), threads);
    PrintWriter words = spec.commandLine().getOut();
    try (History history = history();
        Sinks sinks = new Sinks()) {
      IncidentDiff comparison = diff ? comparison(history, wanted) : null;
      IncidentTable table = new IncidentTable();
      sinks.add(table::add);
      if (json) {
        sinks.add(incident -> words.println(Lines.incident(incident)));
      }
      if (out != null) {
        sinks.add(new JsonLines(out));
      }
      if (comparison != null) {
        sinks.add(comparison::accept);
      }
      if (publishTopic != null) {
        sinks.add(publisher(publishTopic));
      }
      ReportRecorder report = reportFile == null ? null : new ReportRecorder();
      if (report != null) {
        sinks.add(report);
      }
      Progress progress =
          new Progress(quiet ? null : spec.commandLine().getErr(), wanted, sinks, report);
      Totals totals = replay.run(history, wanted, progress);
      progress.done(totals);
      if (report != null && reportFile != null) {
        report.write(reportFile, history.name(), signatures, totals);
      }
      if (json) {
        words.println(Lines.totals(totals, table));
      } else {
        table.print(words, totals);
      }
      words.flush();
      return comparison == null || same(comparison.result(), words) ? 0 : 1;
    }
  }

  private History history() throws IOException {
    int named = (archive != null ? 1 : 0) + (bundles.isEmpty() ? 0 : 1);
    boolean topics = named == 0 && cluster.given();
    if (named + (topics ? 1 : 0) != 1) {
      throw wrongUsage("one of --archive, --bundle and --bootstrap-servers says what to replay");
    }
    if (archive != null) {
      return new ArchiveHistory(archive);
    }
    return topics
        ? new TopicHistory(cluster.cluster(), range.stragglers())
        : new BundleHistory(bundles, this::say);
  }

  private void say(String words) {
    spec.commandLine().getErr().println("replay: " + words);
  }

  private List<Signature> signatures() throws IOException {
    List<Signature> signatures = detection.signatures();
    try {
      for (String threshold : thresholds) {
        signatures = WhatIf.with(signatures, threshold);
      }
    } catch (IllegalArgumentException e) {
      throw wrongUsage("--set: " + e.getMessage());
    }
    return signatures;
  }

  private Predicate<String> hostFilter() {
    if (hosts.isEmpty()) {
      return host -> true;
    }
    return host -> hosts.stream().anyMatch(pattern -> pattern.matches(host));
  }

  private CommandLine.ParameterException wrongUsage(String words) {
    return new CommandLine.ParameterException(spec.commandLine(), words);
  }

  private static IncidentDiff comparison(History history, TimeRange range) throws IOException {
    List<Incident> emitted = new ArrayList<>();
    history.liveIncidents(
        incident -> {
          if (range.contains(incident.getUpdatedAt())) {
            emitted.add(incident);
          }
        });
    return new IncidentDiff(emitted);
  }

  private Publisher publisher(String topic) throws IOException {
    String runId = "replay-" + UUID.randomUUID();
    say("publishing to " + topic + " as " + runId);
    return new Publisher(cluster.cluster(), topic, runId);
  }

  private boolean same(IncidentDiff.Result result, PrintWriter words) {
    List<Difference> differences = result.differences();
    if (json) {
      differences.forEach(difference -> words.println(Lines.difference(difference)));
      words.println(Lines.comparison(result));
    } else {
      words.printf(
          "Compared with the live application: %d steps the same, %d different, %d no longer in the"
              + " compacted topic.%n",
          result.same(), differences.size(), result.compacted());
      differences.stream()
          .limit(MOST_DIFFERENCES_IN_WORDS)
          .forEach(difference -> words.println(Lines.words(difference)));
      if (differences.size() > MOST_DIFFERENCES_IN_WORDS) {
        words.println("… --json prints all " + differences.size() + ".");
      }
    }
    words.flush();
    return differences.isEmpty();
  }
}
