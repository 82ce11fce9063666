package io.netnswatch.oncall;

import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netnswatch.command.CommandConfig;
import io.netnswatch.command.SettingAtFault;
import io.netnswatch.command.Version;
import io.netnswatch.oncall.alert.OpenIncidents;
import io.netnswatch.oncall.config.RoutesFile;
import io.netnswatch.oncall.config.RoutesFile.NamedTarget;
import io.netnswatch.oncall.kafka.IncidentTopic;
import io.netnswatch.oncall.kafka.KafkaConnection;
import io.netnswatch.oncall.kafka.NotificationLog.LogLostException;
import io.netnswatch.oncall.kafka.NotificationTopic;
import io.netnswatch.oncall.metrics.OncallMetrics;
import io.netnswatch.oncall.metrics.StatusServer;
import io.netnswatch.oncall.targets.HttpCourier;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthorizationException;
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
  private static final int MAX_PORT = 65_535;

  @Mixin private KafkaOptions kafka = new KafkaOptions();

  @Option(
      names = "--routes",
      paramLabel = "FILE",
      required = true,
      showDefaultValue = CommandLine.Help.Visibility.NEVER,
      description =
          "Who is told, and of what: YAML, see oncall/src/main/config/routes.yaml. Secrets stay"
              + " elsewhere: $${env:NAME}, $${file:PATH:KEY}, $${directory:PATH:FILE}.")
  private Path routesFile = Path.of("");

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

  private CommandConfig config = CommandConfig.none();

  public static void main(String[] args) {
    OncallCommand oncall = new OncallCommand();
    CommandLine command = new CommandLine(oncall);
    command.setExecutionExceptionHandler(
        (failure, failed, parsed) -> {
          LOG.error("oncall stops: {}", words(failure));
          LOG.debug("oncall stops", failure);
          return CommandLine.ExitCode.SOFTWARE;
        });
    System.exit(oncall.configure(command, args, System.getenv()) ? command.execute(args) : 2);
  }

  /** Whether what environment and file say makes sense. */
  private boolean configure(CommandLine command, String[] args, Map<String, String> environment) {
    try {
      config =
          CommandConfig.install(command, List.of(args), environment, KafkaOptions::isClientSetting);
      return true;
    } catch (IOException | ConfigException e) {
      command.getErr().println("--config: " + e.getMessage());
      return false;
    }
  }

  @Override
  public Integer call()
      throws IOException, InterruptedException, ExecutionException, LogLostException {
    RoutesFile routes = routes();
    if (check) {
      spec.commandLine()
          .getOut()
          .printf(
              "%s is good: %d targets, %d routes%n",
              routesFile, routes.targets().size(), routes.routes().size());
      return CommandLine.ExitCode.OK;
    }
    KafkaConnection connection = kafka.connection(config.clientSettings());
    PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    new JvmMemoryMetrics().bindTo(meters);
    new ProcessorMetrics().bindTo(meters);
    OncallMetrics metrics = new OncallMetrics(meters, CLOCK);
    OpenIncidents openIncidents = new OpenIncidents();
    metrics.openIncidents(openIncidents::openCount);
    try (IncidentTopic incidents = new IncidentTopic(connection, openIncidents, metrics)) {
      if (dryRun) {
        Bridge bridge = new Bridge(incidents, openIncidents, now -> {}, CLOCK);
        bridge.addTargets(
            routes,
            NotificationTopic.readIfThere(connection),
            this::dryRunCourier,
            (target, changes) -> CompletableFuture.completedFuture(null),
            metrics);
        serve(bridge, meters);
      } else {
        try (NotificationTopic deliveries = NotificationTopic.open(connection)) {
          Bridge bridge = new Bridge(incidents, openIncidents, deliveries::writePresence, CLOCK);
          HttpCourier courier = new HttpCourier(CLOCK);
          bridge.addTargets(
              routes, deliveries.read(connection), (name, it) -> courier, deliveries, metrics);
          serve(bridge, meters);
        }
      }
    }
    return CommandLine.ExitCode.OK;
  }

  private DryRunCourier dryRunCourier(String name, NamedTarget target) {
    return new DryRunCourier(name, target.target().secrets(), spec.commandLine().getOut());
  }

  private void serve(Bridge bridge, PrometheusMeterRegistry meters)
      throws IOException, InterruptedException, LogLostException {
    Runtime.getRuntime().addShutdownHook(new Thread(bridge::stop, "netnswatch-close"));
    if (http.equals("off")) {
      bridge.run();
      return;
    }
    try (StatusServer server =
        StatusServer.start(address(), bridge::notReadyBecause, meters::scrape)) {
      LOG.info(
          "health and metrics at http://{}:{}",
          server.address().getHostString(),
          server.address().getPort());
      bridge.run();
    }
  }

  private RoutesFile routes() throws IOException {
    try {
      return RoutesFile.read(routesFile);
    } catch (ConfigException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    } catch (NoSuchFileException e) {
      throw new ParameterException(spec.commandLine(), "there is no file " + routesFile, e);
    } catch (IOException e) {
      throw new ParameterException(
          spec.commandLine(), routesFile + " can't be read: " + e.getMessage(), e);
    }
  }

  private InetSocketAddress address() {
    int colon = http.lastIndexOf(':');
    try {
      int port = Integer.parseInt(http.substring(colon + 1));
      if (colon > 0 && port >= 0 && port <= MAX_PORT) {
        return new InetSocketAddress(http.substring(0, colon), port);
      }
    } catch (NumberFormatException e) {
      throw new ParameterException(spec.commandLine(), "--http: not HOST:PORT: " + http, e);
    }
    throw new ParameterException(spec.commandLine(), "--http: not HOST:PORT: " + http);
  }

  /** What failed and what to look at. */
  private static String words(Throwable failure) {
    Throwable cause =
        failure instanceof ExecutionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    String advice =
        cause instanceof AuthorizationException
                || cause.getCause() instanceof AuthorizationException
            ? " See the rights in oncall/README.md."
            : SettingAtFault.hint(cause);
    return cause.getMessage() + advice;
  }
}
