package io.netnswatch.oncall;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netnswatch.command.Commands;
import io.netnswatch.command.InputPath;
import io.netnswatch.command.MustBe;
import io.netnswatch.command.Version;
import io.netnswatch.command.WordForm;
import io.netnswatch.command.cluster.Cluster;
import io.netnswatch.command.cluster.ClusterOptions;
import io.netnswatch.command.http.HttpAddress;
import io.netnswatch.command.http.StatusServer;
import io.netnswatch.oncall.alert.OpenIncidents;
import io.netnswatch.oncall.config.RoutesFile;
import io.netnswatch.oncall.config.RoutesFile.NamedTarget;
import io.netnswatch.oncall.kafka.IncidentTopic;
import io.netnswatch.oncall.kafka.NotificationLog.LogLostException;
import io.netnswatch.oncall.kafka.OncallLog;
import io.netnswatch.oncall.metrics.OncallMetrics;
import io.netnswatch.oncall.targets.HttpCourier;
import io.netnswatch.schema.HostAction;
import io.netnswatch.schema.RecordJson;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.config.ConfigException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code netnswatch oncall}: from the incident topic to the people on call. */
@Command(
    name = "oncall",
    description = "Tells Alertmanager, PagerDuty and webhooks of incidents.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    showDefaultValues = true,
    sortOptions = false)
public final class OncallCommand implements Callable<Integer> {

  private static final Logger LOG = LoggerFactory.getLogger(OncallCommand.class);

  private static final InstantSource CLOCK = InstantSource.system();

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @InputPath(InputPath.Kind.FILE)
  @Option(
      names = "--routes",
      paramLabel = "FILE",
      required = true,
      showDefaultValue = CommandLine.Help.Visibility.NEVER,
      description =
          "Who is told, and of what: YAML, see oncall/src/main/config/routes.yaml. Secrets stay"
              + " elsewhere: $${env:NAME}, $${file:PATH:KEY}, $${directory:PATH:FILE}.")
  private Path routesFile = Path.of("");

  @MustBe(WordForm.ADDRESS_OR_OFF)
  @Option(
      names = "--http",
      paramLabel = "HOST:PORT|off",
      defaultValue = "127.0.0.1:8481",
      description = "Where health and metrics are served; port 0 takes a free one.")
  private String http = "";

  @Option(names = "--check", description = "Checks the file of --routes, and ends.")
  private boolean check;

  @Option(
      names = "--dry-run",
      description =
          "Sends nothing and remembers nothing: prints what would be sent, a JSON object a line.")
  private boolean dryRun;

  @Spec private CommandSpec spec = CommandSpec.create();

  public static void main(String[] args) {
    System.exit(Commands.run(new OncallCommand(), args));
  }

  @Override
  public Integer call()
      throws IOException, InterruptedException, ExecutionException, LogLostException {
    RoutesFile routes = routes();
    if (check) {
      spec.commandLine()
          .getOut()
          .printf(
              "%s is good: %d targets, %d routes, %d actions%n",
              routesFile, routes.targets().size(), routes.routes().size(), routes.actions().size());
      return CommandLine.ExitCode.OK;
    }
    Cluster kafka = cluster.cluster();
    PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    new JvmMemoryMetrics().bindTo(meters);
    new ProcessorMetrics().bindTo(meters);
    OncallMetrics metrics = new OncallMetrics(meters, CLOCK);
    OpenIncidents openIncidents = new OpenIncidents();
    metrics.openIncidents(openIncidents::openCount);
    try (IncidentTopic incidents = new IncidentTopic(kafka, openIncidents, metrics)) {
      if (dryRun) {
        Bridge bridge = new Bridge(incidents, openIncidents, now -> {}, CLOCK);
        bridge.addActions(routes, List.of(), true, this::printActions, metrics);
        bridge.addTargets(
            routes,
            OncallLog.readIfThere(kafka),
            this::dryRunCourier,
            (target, changes) -> CompletableFuture.completedFuture(null),
            metrics);
        serve(bridge, meters);
      } else {
        try (OncallLog deliveries = OncallLog.open(kafka)) {
          Bridge bridge = new Bridge(incidents, openIncidents, deliveries::writePresence, CLOCK);
          HttpCourier courier = new HttpCourier(CLOCK);
          bridge.addActions(routes, done(routes, kafka), false, deliveries, metrics);
          bridge.addTargets(
              routes, deliveries.read(kafka), (name, it) -> courier, deliveries, metrics);
          serve(bridge, meters);
        }
      }
    }
    return CommandLine.ExitCode.OK;
  }

  /** Nobody who wants nothing done needs a topic for it. */
  private static List<HostAction> done(RoutesFile routes, Cluster kafka) throws IOException {
    return routes.actions().isEmpty() ? List.of() : OncallLog.readActions(kafka);
  }

  private CompletableFuture<?> printActions(List<HostAction> steps) {
    steps.forEach(it -> spec.commandLine().getOut().println(RecordJson.of(it)));
    spec.commandLine().getOut().flush();
    return CompletableFuture.completedFuture(null);
  }

  private DryRunCourier dryRunCourier(String name, NamedTarget target) {
    return new DryRunCourier(name, target.target().secrets(), spec.commandLine().getOut());
  }

  private void serve(Bridge bridge, PrometheusMeterRegistry meters)
      throws IOException, InterruptedException, LogLostException {
    Runtime.getRuntime().addShutdownHook(new Thread(bridge::stop, "netnswatch-close"));
    Optional<HttpAddress> address = address();
    if (address.isEmpty()) {
      bridge.run();
      return;
    }
    try (StatusServer server =
        StatusServer.start(address.get(), () -> problems(bridge), new Scrape(meters))) {
      LOG.info("health and metrics at http://{}", server.address());
      bridge.run();
    }
  }

  private static List<String> problems(Bridge bridge) {
    String reason = bridge.notReadyBecause();
    return reason.isEmpty() ? List.of() : List.of(reason);
  }

  /** The bridge's meters as Prometheus reads them. */
  private record Scrape(PrometheusMeterRegistry meters) implements StatusServer.Metrics {

    @Override
    public String contentType() {
      return "text/plain; version=0.0.4; charset=utf-8";
    }

    @Override
    public byte[] body() {
      return meters.scrape().getBytes(UTF_8);
    }
  }

  private RoutesFile routes() throws IOException {
    try {
      return RoutesFile.read(routesFile, CLOCK);
    } catch (ConfigException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new ParameterException(
          spec.commandLine(), routesFile + " can't be read: " + e.getMessage(), e);
    }
  }

  private Optional<HttpAddress> address() {
    try {
      return HttpAddress.parseOrOff(http);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(), "--http must be HOST:PORT or off, not " + http, e);
    }
  }
}
