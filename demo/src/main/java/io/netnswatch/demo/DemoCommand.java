package io.netnswatch.demo;

import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.netnswatch.collector.publish.ClientSettings;
import io.netnswatch.command.Commands;
import io.netnswatch.command.Durations;
import io.netnswatch.command.Range;
import io.netnswatch.command.Version;
import io.netnswatch.command.cluster.Cluster;
import io.netnswatch.command.topics.TopicPlan;
import io.netnswatch.localcluster.ChildJvm;
import io.netnswatch.localcluster.ChildOptions;
import io.netnswatch.localcluster.LocalCluster;
import io.netnswatch.scenarios.Scenario;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.Topics;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

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
  private static final String LIVELOCK = "netns-cleanup-livelock";
  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration STATUS_INTERVAL = Duration.ofSeconds(5);
  private static final Duration LOCAL_HOST_LIMIT = Duration.ofSeconds(20);
  private static final int REGISTRY_CACHE_SIZE = 100;

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
              + LIVELOCK
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

  private final Topics topics = Topics.withDefaultPrefix();
  private final Map<String, HostStatus> hosts = new TreeMap<>();
  private final String localHost = localHost();
  private @Nullable Scenario scenario;
  private Set<String> playing = Set.of();
  private @Nullable Instant foundAt;

  public static void main(String[] args) {
    // Before any class reads them; see the parent POM on Avro, and child-logback.xml.
    System.setProperty("org.apache.avro.SERIALIZABLE_PACKAGES", "io.netnswatch.schema");
    System.setProperty("logback.configurationFile", "child-logback.xml");
    System.exit(Commands.run(new DemoCommand(), args));
  }

  @Override
  public Integer call()
      throws IOException, InterruptedException, ExecutionException, RestClientException {
    scenario = scenarioName == null ? null : scenario(scenarioName);
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    WorkDirectory.removeStale(temporary)
        .forEach(stale -> say("removed what a killed run had left: " + stale));
    Path directory = WorkDirectory.create(temporary, ProcessHandle.current().pid());
    Run run = new Run(directory);
    // The only way out, whatever ended the run: a signal, System.exit or an error.
    Runtime.getRuntime().addShutdownHook(new Thread(run::close, "stop-demo"));

    LocalCluster cluster;
    ChildJvm detector;
    ChildJvm collector;
    try {
      say("starting a Kafka broker and a Schema Registry on 127.0.0.1, data in " + directory);
      cluster = run.own(LocalCluster.start(directory, brokerPort, registryPort));
      createTopics(cluster);
      say("broker " + cluster.bootstrapServers() + ", registry " + cluster.schemaRegistryUrl());
      detector = run.own(startDetector(cluster, directory));
      collector = run.own(startCollector(cluster, directory));
      say("collector on this host and detector started, logs " + directory + "/*.log");
      if (scenario != null) {
        ScenarioPlayer player = run.own(player(cluster, scenario));
        playing = player.hosts();
        player.start();
        say("playing " + scenario.name() + " at " + speed + " times its pace");
      }
    } finally {
      run.startEnded();
    }
    sayHowToLookInside(cluster);
    return watch(
        run,
        cluster,
        List.of(detector, collector),
        new LogFollower(collector.log()),
        new LogFollower(detector.log()));
  }

  private int watch(
      Run run,
      LocalCluster cluster,
      List<ChildJvm> workers,
      LogFollower collectorLog,
      LogFollower detectorLog)
      throws IOException {
    Output output = json ? new JsonOutput(System.out) : new WordOutput(System.out);
    Instant deadline =
        Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime()).plus(timeout);
    Instant nextStatus = Instant.now().plus(STATUS_INTERVAL);
    try (TopicReader reader =
        new TopicReader(
            cluster.bootstrapServers(), cluster.schemaRegistryUrl(), topics, partitions)) {
      while (!run.isClosing()) {
        for (SpecificRecord value : reader.poll(POLL)) {
          take(value, output);
        }
        collectorLog.newLines().stream()
            .filter(line -> line.contains(" WARN ") || line.contains(" ERROR "))
            .forEach(line -> say("collector: " + line));
        detectorLog.newLines().stream()
            .map(CONSOLE::matcher)
            .filter(Matcher::find)
            .forEach(found -> say("console:     " + found.group(1) + "/"));
        if (once && isDone()) {
          output.hosts(hosts.values());
          return 0;
        }
        if (once && Instant.now().isAfter(deadline)) {
          output.hosts(hosts.values());
          if (foundAt != null) {
            return 0;
          }
          say("no " + LIVELOCK + " incident within " + Durations.format(timeout));
          return 1;
        }
        for (ChildJvm child : run.children(cluster, workers)) {
          if (!child.process().isAlive() && !run.isClosing()) {
            say(
                "the %s ended unexpectedly, exit code %d; its log ends:%n%s"
                    .formatted(child.name(), child.process().exitValue(), child.logTail()));
            return 1;
          }
        }
        if (Instant.now().isAfter(nextStatus)) {
          output.hosts(hosts.values());
          nextStatus = Instant.now().plus(STATUS_INTERVAL);
        }
      }
    }
    return 0;
  }

  private void take(SpecificRecord value, Output output) {
    if (value instanceof ProcSnapshot snapshot) {
      hosts.put(snapshot.getHost(), status(snapshot.getHost()).with(snapshot));
    } else if (value instanceof PerfSample sample) {
      hosts.put(sample.getHost(), status(sample.getHost()).with(sample));
    } else if (value instanceof NetnsLatency latency) {
      hosts.put(latency.getHost(), status(latency.getHost()).with(latency));
    } else if (value instanceof Incident incident) {
      hosts.put(incident.getHost(), status(incident.getHost()).with(incident));
      output.incident(incident);
      if (foundAt == null && isAwaited(incident)) {
        foundAt = Instant.now();
      }
    }
  }

  private boolean isAwaited(Incident incident) {
    return incident.getKind().equals(LIVELOCK)
        && (scenario == null || playing.contains(incident.getHost()));
  }

  /** Found, and this host has been seen by all its sources, so that the last lines show both. */
  private boolean isDone() {
    Instant found = foundAt;
    return found != null
        && (status(localHost).isComplete() || Instant.now().isAfter(found.plus(LOCAL_HOST_LIMIT)));
  }

  private Scenario scenario(String name) throws IOException {
    List<Scenario> all = Scenario.all(home());
    return all.stream()
        .filter(it -> it.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                wrongUsage(
                    "no scenario "
                        + name
                        + "; there are "
                        + String.join(", ", all.stream().map(Scenario::name).toList())));
  }

  private CommandLine.ParameterException wrongUsage(String words) {
    return new CommandLine.ParameterException(new CommandLine(this), words);
  }

  private ScenarioPlayer player(LocalCluster cluster, Scenario played) throws IOException {
    Properties settings =
        ClientSettings.ofProducer(
            new Cluster(cluster.bootstrapServers(), cluster.schemaRegistryUrl(), topics, Map.of()));
    return new ScenarioPlayer(played, speed, topics, new KafkaProducer<>(settings));
  }

  private HostStatus status(String host) {
    return hosts.getOrDefault(host, HostStatus.unseen(host));
  }

  private void createTopics(LocalCluster cluster)
      throws IOException, RestClientException, ExecutionException, InterruptedException {
    TopicPlan plan = new TopicPlan(topics, partitions, (short) 1);
    try (Admin admin =
        Admin.create(
            Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, cluster.bootstrapServers()))) {
      plan.create(admin);
    }
    plan.registerSchemas(
        new CachedSchemaRegistryClient(cluster.schemaRegistryUrl(), REGISTRY_CACHE_SIZE));
  }

  private ChildJvm startDetector(LocalCluster cluster, Path directory) throws IOException {
    return ChildJvm.start(
        "detector",
        directory,
        System.getProperty("java.class.path"),
        ChildOptions.DETECTOR,
        "io.netnswatch.streams.DetectCommand",
        List.of(
            "--bootstrap-servers=" + cluster.bootstrapServers(),
            "--schema-registry-url=" + cluster.schemaRegistryUrl(),
            "--http=127.0.0.1:" + consolePort,
            "--state-dir=" + directory.resolve("state"),
            "--runbook-base-url=" + home().resolve("runbooks").toUri()));
  }

  private ChildJvm startCollector(LocalCluster cluster, Path directory) throws IOException {
    return ChildJvm.start(
        "collector",
        directory,
        System.getProperty("java.class.path"),
        ChildOptions.COLLECTOR,
        "io.netnswatch.collector.CollectCommand",
        List.of(
            "--bootstrap-servers=" + cluster.bootstrapServers(),
            "--schema-registry-url=" + cluster.schemaRegistryUrl(),
            "--host=" + localHost,
            "--spool-dir=" + directory.resolve("spool"),
            "--http=off"));
  }

  private static String localHost() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  /** The checkout: the launcher names it. */
  private static Path home() {
    return Path.of(System.getProperty("netnswatch.home", "")).toAbsolutePath();
  }

  private void sayHowToLookInside(LocalCluster cluster) {
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
