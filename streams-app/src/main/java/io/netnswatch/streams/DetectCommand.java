package io.netnswatch.streams;

import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.kafkaconfig.KafkaConfigFile;
import io.netnswatch.kafkaconfig.SettingAtFault;
import io.netnswatch.schema.Topics;
import io.netnswatch.streams.http.DetectorServer;
import io.netnswatch.streams.metrics.DetectorMetrics;
import io.netnswatch.streams.metrics.Meters;
import io.netnswatch.streams.metrics.OpenIncidentGauges;
import io.netnswatch.streams.query.StoreQueries;
import io.netnswatch.streams.state.RocksDbMemory;
import io.netnswatch.streams.topics.TopicPlan;
import io.netnswatch.streams.topology.DetectorTopology;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code netnswatch detect}: the streams application, for a fleet. */
@Command(
    name = "detect",
    description = "Joins the telemetry of all hosts and publishes incidents.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    showDefaultValues = true,
    sortOptions = false)
public final class DetectCommand implements Callable<Integer> {

  private static final Logger LOG = LoggerFactory.getLogger(DetectCommand.class);

  private static final InstantSource CLOCK = InstantSource.system();
  private static final int REGISTRY_CACHE_SIZE = 1000;

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT",
      required = true,
      showDefaultValue = CommandLine.Help.Visibility.NEVER,
      description = "Kafka brokers to start from, separated by commas.")
  private String bootstrapServers = "";

  @Option(
      names = "--schema-registry-url",
      paramLabel = "URL",
      required = true,
      showDefaultValue = CommandLine.Help.Visibility.NEVER,
      description = "Schema Registry, Confluent's API.")
  private String schemaRegistryUrl = "";

  @Option(
      names = "--topic-prefix",
      paramLabel = "PREFIX",
      defaultValue = Topics.DEFAULT_PREFIX,
      description = "Begins every topic name.")
  private String topicPrefix = Topics.DEFAULT_PREFIX;

  @Option(
      names = "--application-id",
      paramLabel = "ID",
      defaultValue = "netnswatch-detector",
      description = "Instances with the same id share the work.")
  private String applicationId = "";

  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      defaultValue = "/var/lib/netnswatch/detector",
      description = "Where RocksDB keeps its files; can be restored from Kafka if lost.")
  private Path stateDir = Path.of("");

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "Stream threads.")
  private int threads = 1;

  @Mixin private DetectionOptions detection = new DetectionOptions();

  @Mixin private HttpOptions http = new HttpOptions();

  @Option(
      names = "--rocksdb-memory",
      paramLabel = "MIB",
      defaultValue = "128",
      description = "What all RocksDB stores together may keep in memory, outside the heap.")
  private long rocksDbMib = 128;

  @Option(
      names = "--create-topics",
      description = "Create the topics that do not exist and register the schemas.")
  private boolean createTopics;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      defaultValue = "12",
      description = "With --create-topics: partitions of each topic.")
  private int partitions = 12;

  @Option(
      names = "--replication-factor",
      paramLabel = "N",
      defaultValue = "-1",
      description = "With --create-topics: replicas of each partition; -1 is the broker's default.")
  private short replicationFactor = -1;

  @Option(
      names = "--kafka-config",
      paramLabel = "FILE",
      description =
          "Properties for Kafka Streams and its clients (security, replication, …) and, with the"
              + " prefix schema.registry., for the registry client. They override the built-in"
              + " ones. Values may hold $${env:NAME}, $${file:PROPERTIES:KEY} and"
              + " $${directory:PATH:FILE}.")
  private @Nullable Path kafkaConfig;

  public static void main(String[] args) {
    CommandLine commandLine = new CommandLine(new DetectCommand());
    commandLine.setExecutionExceptionHandler(DetectCommand::onFailure);
    System.exit(commandLine.execute(args));
  }

  @Override
  public Integer call()
      throws IOException, InterruptedException, ExecutionException, RestClientException {
    List<Signature> signatures = detection.signatures();
    Properties extra = extraConfig();
    Topics topics = new Topics(topicPrefix);
    SchemaRegistryClient registry = registry(extra);
    try (Admin admin = admin(extra)) {
      if (createTopics) {
        TopicPlan plan = new TopicPlan(topics, partitions, replicationFactor);
        plan.create(admin);
        plan.registerSchemas(registry);
      }
      checkPartitions(topics, admin);
    }
    try (Meters meters = new Meters()) {
      DetectorMetrics metrics = new DetectorMetrics(meters.registry(), CLOCK);
      DetectorTopology topology =
          new DetectorTopology(
              topics, signatures, detection.settings(), detection.composer(), registry, metrics);
      return run(topology.build(), topics, signatures, streamsConfig(extra), meters) ? 0 : 1;
    }
  }

  private boolean run(
      Topology topology,
      Topics topics,
      List<Signature> signatures,
      Properties config,
      Meters meters)
      throws IOException, InterruptedException {
    Optional<DetectorServer> server = http.listen(meters.registry());
    try {
      server.ifPresent(
          it -> config.put(StreamsConfig.APPLICATION_SERVER_CONFIG, it.advertised().toString()));
      Detector detector = new Detector(topology, config, topics.telemetry(), meters.registry());
      StoreQueries stores = new StoreQueries(detector.streams(), signatures, CLOCK);
      new OpenIncidentGauges(signatures, stores::incidents, CLOCK).bindTo(meters.registry());
      server.ifPresent(it -> it.serve(detector, stores));
      Runtime.getRuntime().addShutdownHook(new Thread(detector::close, "netnswatch-close"));
      detector.start();
      LOG.info("detector {} reads {} at {}", applicationId, topics.telemetry(), bootstrapServers);
      return detector.awaitStop();
    } finally {
      server.ifPresent(DetectorServer::close);
    }
  }

  private Admin admin(Properties extra) {
    Properties config = new Properties();
    config.putAll(extra);
    config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    return Admin.create(config);
  }

  /** Hosts are joined by partition: with unequal counts their events would never meet. */
  private static void checkPartitions(Topics topics, Admin admin)
      throws InterruptedException, ExecutionException {
    Map<String, Integer> counts =
        admin.describeTopics(topics.all()).allTopicNames().get().values().stream()
            .filter(topic -> topics.telemetry().contains(topic.name()))
            .collect(Collectors.toMap(TopicDescription::name, topic -> topic.partitions().size()));
    if (Set.copyOf(counts.values()).size() > 1) {
      throw new IllegalStateException(
          "the telemetry topics must have the same number of partitions: " + counts);
    }
  }

  /** Says what is wrong in a line; the stack trace helps nobody on call. */
  private static int onFailure(Exception e, CommandLine command, CommandLine.ParseResult result) {
    Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
    String advice =
        cause instanceof UnknownTopicOrPartitionException
            ? " Create the topics first, or start with --create-topics."
            : SettingAtFault.hint(cause);
    LOG.error("detector can't start: {}{}", cause.getMessage(), advice);
    return 1;
  }

  SchemaRegistryClient registry(Properties extra) {
    Map<String, Object> config = new HashMap<>();
    extra.stringPropertyNames().stream()
        .filter(name -> name.startsWith("schema.registry."))
        .forEach(name -> config.put(name, extra.getProperty(name)));
    return new CachedSchemaRegistryClient(schemaRegistryUrl, REGISTRY_CACHE_SIZE, config);
  }

  Properties streamsConfig(Properties extra) {
    Properties config = new Properties();
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
    config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    config.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
    config.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
    config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    config.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 1000);
    config.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
    config.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, RocksDbMemory.class);
    config.put(RocksDbMemory.BUDGET_CONFIG, rocksDbMib << 20);
    config.putAll(extra);
    return config;
  }

  private Properties extraConfig() throws IOException {
    Properties extra = new Properties();
    if (kafkaConfig != null) {
      extra.putAll(KafkaConfigFile.read(kafkaConfig));
    }
    return extra;
  }
}
