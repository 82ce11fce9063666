package io.netnswatch.demo;

import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.netnswatch.command.Commands;
import io.netnswatch.command.Durations;
import io.netnswatch.command.Range;
import io.netnswatch.command.Version;
import io.netnswatch.localcluster.ChildJvm;
import io.netnswatch.localcluster.LocalCluster;
import io.netnswatch.scenarios.Scenario;
import io.netnswatch.schema.Topics;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code netnswatch demo}: the whole line on one machine. */
@Command(
    name = "demo",
    description = {
      "Starts a broker, a Schema Registry, the collector on this host and the detector, and prints"
          + " what it reads back from the topics. Ends with Ctrl-C.",
      "Standard output has only what was read; progress and warnings go to standard error."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    showDefaultValues = true,
    sortOptions = false,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:ended as asked", "1:failed, or --timeout passed", "2:wrong usage"})
public final class DemoCommand implements Callable<Integer> {

  private static final Pattern CONSOLE = Pattern.compile("console.* at (http://\\S+)$");
  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");
  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration STATUS_INTERVAL = Duration.ofSeconds(5);

  @Option(
      names = "--scenario",
      paramLabel = "NAME",
      description =
          "Play a scenario in beside this host, as other hosts: a folder of scenarios/cases, e.g."
              + " recorded-livelock, recorded-heavy-churn, several-at-once.")
  private @Nullable String scenarioName;

  @Range(min = "1", max = "1000")
  @Option(
      names = "--speed",
      paramLabel = "FACTOR",
      defaultValue = "4",
      description = "With --scenario: how many times faster than it happened; 1 or more.")
  private double speed;

  @Option(
      names = "--once",
      description =
          "End with exit code 0 when a "
              + DemoProgress.AWAITED
              + " incident (of one of the scenario's hosts, if one is played) has been read back.")
  private boolean once;

  @Range(min = "1s", max = "1d")
  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "5m",
      description = "With --once: end with exit code 1 this long after the start of the process.")
  private Duration timeout = Duration.ofMinutes(5);

  @Option(names = "--json", description = "Print one JSON object per line.")
  private boolean json;

  @Range(min = "0", max = "65535")
  @Option(
      names = "--broker-port",
      paramLabel = "PORT",
      defaultValue = "0",
      description = "Port of the broker on 127.0.0.1; 0 for a free one.")
  private int brokerPort;

  @Range(min = "0", max = "65535")
  @Option(
      names = "--registry-port",
      paramLabel = "PORT",
      defaultValue = "0",
      description = "Port of the Schema Registry on 127.0.0.1; 0 for a free one.")
  private int registryPort;

  @Range(min = "0", max = "65535")
  @Option(
      names = "--console-port",
      paramLabel = "PORT",
      defaultValue = "0",
      description = "Port of the console on 127.0.0.1; 0 for a free one.")
  private int consolePort;

  @Range(min = "1", max = "100")
  @Option(
      names = "--partitions",
      paramLabel = "N",
      defaultValue = "4",
      description = "Partitions of each topic.")
  private int partitions;

  @Spec private CommandSpec spec = CommandSpec.create();

  private final Topics topics = Topics.withDefaultPrefix();

  public static void main(String[] args) {
    // Before any class reads them; see the parent POM on Avro, and child-logback.xml.
    System.setProperty("org.apache.avro.SERIALIZABLE_PACKAGES", "io.netnswatch.schema");
    System.setProperty("logback.configurationFile", "child-logback.xml");
    System.exit(Commands.run(new DemoCommand(), args));
  }

  @Override
  public Integer call()
      throws IOException, InterruptedException, ExecutionException, RestClientException {
    Scenario scenario = scenarioName == null ? null : scenario(scenarioName);
    String localHost = Files.readString(HOST_NAME).strip();
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    WorkDirectory.removeStale(temporary)
        .forEach(stale -> say("removed what a killed run had left: " + stale));
    Path directory = WorkDirectory.create(temporary, ProcessHandle.current().pid());
    Run run = new Run(directory);
    // The only way out, whatever ended the run: a signal, System.exit or an error.
    Runtime.getRuntime().addShutdownHook(new Thread(run::close, "stop-demo"));

    DemoStack stack;
    Set<String> played = Set.of();
    try {
      say(
          "starting broker, registry, detector and collector on 127.0.0.1, logs and data in "
              + directory);
      stack =
          DemoStack.start(
              run,
              directory,
              new DemoStack.Settings(brokerPort, registryPort, consolePort, partitions),
              topics,
              localHost,
              home().resolve("runbooks"));
      if (scenario != null) {
        ScenarioPlayer player = run.own(stack.player(scenario, speed, topics));
        played = player.hosts();
        player.start();
        say("playing " + scenario.name() + " at " + speed + " times its pace");
      }
    } finally {
      run.startEnded();
    }
    sayHowToLookInside(stack.cluster());
    return watch(run, stack, new DemoProgress(localHost, played));
  }

  private int watch(Run run, DemoStack stack, DemoProgress progress) throws IOException {
    Output output = json ? new JsonOutput(System.out) : new WordOutput(System.out);
    LogFollower collectorLog = new LogFollower(stack.collector().log());
    LogFollower detectorLog = new LogFollower(stack.detector().log());
    Instant nextStatus = Instant.now().plus(STATUS_INTERVAL);
    try (TopicReader reader =
        new TopicReader(
            stack.cluster().bootstrapServers(),
            stack.cluster().schemaRegistryUrl(),
            topics,
            partitions)) {
      while (!run.isClosing()) {
        progress.take(reader.poll(POLL), Instant.now()).forEach(output::incident);
        sayWarnings(collectorLog);
        sayConsole(detectorLog);
        OptionalInt ending = ending(run, stack, progress);
        if (ending.isPresent() || Instant.now().isAfter(nextStatus)) {
          output.hosts(progress.hosts());
          nextStatus = Instant.now().plus(STATUS_INTERVAL);
        }
        if (ending.isPresent()) {
          return ending.getAsInt();
        }
      }
    }
    return 0;
  }

  /** The exit code, once it is time to end. */
  private OptionalInt ending(Run run, DemoStack stack, DemoProgress progress) {
    if (once && progress.isDone(Instant.now())) {
      return OptionalInt.of(0);
    }
    if (once && Instant.now().isAfter(startedAt().plus(timeout))) {
      if (progress.isFound()) {
        return OptionalInt.of(0);
      }
      say("no " + DemoProgress.AWAITED + " incident within " + Durations.format(timeout));
      return OptionalInt.of(1);
    }
    for (ChildJvm child : stack.ended()) {
      if (!run.isClosing()) {
        say(
            "the %s ended unexpectedly, exit code %d; its log ends:%n%s"
                .formatted(child.name(), child.process().exitValue(), child.logTail()));
        return OptionalInt.of(1);
      }
    }
    return OptionalInt.empty();
  }

  private static Instant startedAt() {
    return Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime());
  }

  private static void sayWarnings(LogFollower collectorLog) throws IOException {
    collectorLog.newLines().stream()
        .filter(line -> line.contains(" WARN ") || line.contains(" ERROR "))
        .forEach(line -> say("collector: " + line));
  }

  private static void sayConsole(LogFollower detectorLog) throws IOException {
    detectorLog.newLines().stream()
        .map(CONSOLE::matcher)
        .filter(Matcher::find)
        .forEach(found -> say("console:     " + found.group(1) + "/"));
  }

  private Scenario scenario(String name) throws IOException {
    List<Scenario> all = Scenario.all(home());
    return all.stream()
        .filter(it -> it.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                wrongUsage(
                    "--scenario: there is no "
                        + name
                        + "; there are "
                        + String.join(", ", all.stream().map(Scenario::name).toList())));
  }

  private CommandLine.ParameterException wrongUsage(String words) {
    return new CommandLine.ParameterException(spec.commandLine(), words);
  }

  /** The checkout: the launcher names it. */
  private static Path home() {
    return Path.of(System.getProperty("netnswatch.home", "")).toAbsolutePath();
  }

  private void sayHowToLookInside(LocalCluster cluster) {
    say("broker " + cluster.bootstrapServers() + ", registry " + cluster.schemaRegistryUrl());
    say("look inside: kcat -b " + cluster.bootstrapServers() + " -L");
    say(
        "             kcat -C -b "
            + cluster.bootstrapServers()
            + " -t "
            + topics.incidents()
            + " -f '%k %p %o\\n'");
    say("             curl " + cluster.schemaRegistryUrl() + "/subjects");
    say("topics:      " + String.join(" ", topics.all()));
  }

  private static void say(String words) {
    System.err.println("demo: " + words);
  }
}
