package io.netnswatch.collector;

import io.netnswatch.collector.Collector.Scheduled;
import io.netnswatch.collector.perf.PerfSettings;
import io.netnswatch.collector.perf.PerfSource;
import io.netnswatch.collector.probe.NetnsProbe;
import io.netnswatch.collector.probe.ProbeSettings;
import io.netnswatch.collector.proc.ProcParseException;
import io.netnswatch.collector.proc.ProcSource;
import io.netnswatch.collector.publish.TelemetryPublisher;
import io.netnswatch.command.Version;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code netnswatch collect}: exit code 0 ok, 1 failed, 2 wrong usage. */
@Command(
    name = "collect",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    showDefaultValues = true,
    description = "Collects telemetry of this host and publishes it to Kafka.")
public final class CollectCommand implements Callable<Integer> {

  @Mixin private DeliveryOptions delivery = new DeliveryOptions();

  @Mixin private MetricsOptions metrics = new MetricsOptions();

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description = "Name of this host; default: its host name.")
  private @Nullable String host;

  @Option(
      names = "--snapshot-interval",
      paramLabel = "SECONDS",
      defaultValue = "5",
      description = "Seconds between two snapshots of /proc.")
  private int snapshotInterval;

  @Option(
      names = "--perf-interval",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "Seconds between the begins of two perf slices.")
  private int perfInterval;

  @Option(
      names = "--perf-length",
      paramLabel = "SECONDS",
      defaultValue = "5",
      description = "Length of a perf slice in seconds.")
  private int perfLength;

  @Option(
      names = "--perf-frequency",
      paramLabel = "HZ",
      defaultValue = "99",
      description = "Samples per second and CPU.")
  private int perfFrequency;

  @Option(
      names = "--probe-interval",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "Seconds between two probes by ip netns.")
  private int probeInterval;

  @Option(
      names = "--probe-time-limit",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description = "Seconds after which a probe's command is killed.")
  private int probeTimeLimit;

  @Option(
      names = "--cpu-limit",
      paramLabel = "PERCENT",
      defaultValue = "" + CpuLimit.DEFAULT_PERCENT,
      description = "Percent of one core, children included; beyond it all intervals get longer.")
  private double cpuLimit;

  @Option(
      names = "--proc-root",
      paramLabel = "DIR",
      defaultValue = "/proc",
      description = "Where the host's proc is mounted.")
  private Path procRoot = Path.of("/proc");

  @Option(
      names = "--netns-dir",
      paramLabel = "DIR",
      defaultValue = "/run/netns",
      description = "Where the host's /run/netns is mounted.")
  private Path netnsDirectory = Path.of("/run/netns");

  @Option(names = "--no-proc", description = "Take no snapshots of /proc.")
  private boolean noProc;

  @Option(names = "--no-perf", description = "Do not run perf.")
  private boolean noPerf;

  @Option(names = "--no-probe", description = "Create no namespaces.")
  private boolean noProbe;

  @Spec private CommandSpec spec = CommandSpec.create();

  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new CollectCommand())
        .setExecutionExceptionHandler(CollectCommand::onFailure);
  }

  /** One line without a stack trace; the innermost cause says most. */
  private static int onFailure(
      Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    command.getErr().println("netnswatch collect: " + cause);
    return command.getCommandSpec().exitCodeOnExecutionException();
  }

  @Override
  public Integer call() throws IOException, InterruptedException, ProcParseException {
    checkUsage();
    ThisHost thisHost = new ThisHost(procRoot, host);
    TelemetryPublisher publisher = delivery.publisher(thisHost.name());
    Collector collector =
        new Collector(thisHost.envelope(), publisher, sources(thisHost), cpuLimit);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(collector), "stop"));
    metrics.serveDuring(collector);
    return 0;
  }

  private void checkUsage() {
    if (!delivery.areValid() || !metrics.areValid()) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "--spool-size must be 1 MiB or more, --spool-age 1 h or more, --metrics-port 0 to 65535");
    }
    boolean positive =
        IntStream.of(
                snapshotInterval,
                perfInterval,
                perfLength,
                perfFrequency,
                probeInterval,
                probeTimeLimit)
            .allMatch(value -> value >= 1);
    if (!positive || perfLength > perfInterval || perfFrequency > 999 || !(cpuLimit > 0)) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "intervals, lengths and limits must be 1 s or more, --perf-length at most"
              + " --perf-interval, --perf-frequency 1 to 999 Hz, --cpu-limit above 0 %");
    }
  }

  private List<Scheduled> sources(ThisHost thisHost) throws IOException, ProcParseException {
    List<Scheduled> sources = new ArrayList<>();
    ProcSource snapshots = new ProcSource(procRoot, netnsDirectory, Clock.systemUTC());
    if (!noProc) {
      sources.add(new Scheduled(snapshots, Duration.ofSeconds(snapshotInterval)));
    }
    if (!noPerf) {
      PerfSettings settings =
          new PerfSettings("perf", Duration.ofSeconds(perfLength), perfFrequency, procRoot);
      sources.add(
          new Scheduled(
              new PerfSource(settings, thisHost.cpuCount(), snapshots::latest),
              Duration.ofSeconds(perfInterval)));
    }
    if (!noProbe) {
      ProbeSettings settings = ProbeSettings.withTimeLimit(Duration.ofSeconds(probeTimeLimit));
      sources.add(
          new Scheduled(
              new NetnsProbe(settings, snapshots::latest), Duration.ofSeconds(probeInterval)));
    }
    return sources;
  }

  private static void stop(Collector collector) {
    try {
      collector.stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
