package io.netnswatch.collector;

import io.netnswatch.collector.Collector.Scheduled;
import io.netnswatch.collector.perf.PerfSettings;
import io.netnswatch.collector.perf.PerfSource;
import io.netnswatch.collector.probe.NetnsProbe;
import io.netnswatch.collector.probe.ProbeSettings;
import io.netnswatch.collector.proc.ProcParseException;
import io.netnswatch.collector.proc.ProcSource;
import io.netnswatch.collector.publish.TelemetryPublisher;
import io.netnswatch.command.Commands;
import io.netnswatch.command.Durations;
import io.netnswatch.command.InputPath;
import io.netnswatch.command.MustBe;
import io.netnswatch.command.Range;
import io.netnswatch.command.Version;
import io.netnswatch.command.WordForm;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
  private static final Logger log = LoggerFactory.getLogger(CollectCommand.class);

  @Mixin private DeliveryOptions delivery = new DeliveryOptions();

  @Mixin private StatusOptions status = new StatusOptions();

  @Mixin private KernelLogOptions kernelLog = new KernelLogOptions();

  @MustBe(WordForm.NAME)
  @Option(
      names = "--host",
      paramLabel = "NAME",
      description = "Name of this host; default: its host name.")
  private @Nullable String host;

  @Range(min = "1s", max = "1h")
  @Option(
      names = "--snapshot-interval",
      paramLabel = "TIME",
      defaultValue = "5s",
      description = "How often /proc is looked at.")
  private Duration snapshotInterval = Duration.ZERO;

  @Range(min = "1s", max = "1h")
  @Option(
      names = "--perf-interval",
      paramLabel = "TIME",
      defaultValue = "10s",
      description = "From the begin of a perf slice to the next one's.")
  private Duration perfInterval = Duration.ZERO;

  @Range(min = "1s", max = "1h")
  @Option(
      names = "--perf-length",
      paramLabel = "TIME",
      defaultValue = "5s",
      description = "Length of a perf slice; at most --perf-interval.")
  private Duration perfLength = Duration.ZERO;

  @Range(min = "1", max = "999")
  @Option(
      names = "--perf-frequency",
      paramLabel = "HZ",
      defaultValue = "99",
      description = "Samples per second and CPU.")
  private int perfFrequency;

  @Range(min = "1s", max = "1h")
  @Option(
      names = "--probe-interval",
      paramLabel = "TIME",
      defaultValue = "10s",
      description = "How often a probe runs ip netns.")
  private Duration probeInterval = Duration.ZERO;

  @Range(min = "6s", max = "1h")
  @Option(
      names = "--probe-time-limit",
      paramLabel = "TIME",
      defaultValue = "30s",
      description =
          "After which a probe's command is killed; longer than the 5s from which on a creation"
              + " counts as blocked.")
  private Duration probeTimeLimit = Duration.ZERO;

  @Range(min = "0.1", max = "100000")
  @Option(
      names = "--cpu-limit",
      paramLabel = "PERCENT",
      defaultValue = "" + CpuLimit.DEFAULT_PERCENT,
      description = "Percent of one core, children included; beyond it all intervals get longer.")
  private double cpuLimit;

  @InputPath(InputPath.Kind.DIRECTORY)
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
    System.exit(Commands.run(new CollectCommand(), arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException, ProcParseException {
    checkUsage();
    ThisHost thisHost = new ThisHost(procRoot, host);
    TelemetryPublisher publisher = delivery.publisher(thisHost.name());
    Collector collector =
        new Collector(thisHost.envelope(), publisher, sources(thisHost), cpuLimit);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(collector), "stop"));
    status.serveDuring(collector);
    return 0;
  }

  private void checkUsage() {
    if (perfLength.compareTo(perfInterval) > 0) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "--perf-length must be at most --perf-interval, %s, not %s"
              .formatted(Durations.format(perfInterval), Durations.format(perfLength)));
    }
  }

  private List<Scheduled> sources(ThisHost thisHost) throws IOException, ProcParseException {
    List<Scheduled> sources = new ArrayList<>();
    ProcSource snapshots = new ProcSource(procRoot, netnsDirectory, Clock.systemUTC());
    if (!noProc) {
      snapshots.with(kernelLog.start(log::warn));
      sources.add(new Scheduled(snapshots, snapshotInterval));
    }
    if (!noPerf) {
      PerfSettings settings = new PerfSettings("perf", perfLength, perfFrequency, procRoot);
      sources.add(
          new Scheduled(
              new PerfSource(settings, thisHost.cpuCount(), snapshots.alertness()), perfInterval));
    }
    if (!noProbe) {
      ProbeSettings settings = ProbeSettings.withTimeLimit(probeTimeLimit);
      sources.add(new Scheduled(new NetnsProbe(settings, snapshots.alertness()), probeInterval));
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
