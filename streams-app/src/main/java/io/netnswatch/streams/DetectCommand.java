package io.netnswatch.streams;

import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.netnswatch.detection.DetectionSettings;
import io.netnswatch.detection.IncidentComposer;
import io.netnswatch.detection.Signatures;
import io.netnswatch.schema.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
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

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);
  private static final int REGISTRY_CACHE_SIZE = 1000;

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT",
      required = true,
      description = "Kafka brokers to start from, separated by commas.")
  private String bootstrapServers = "";

  @Option(
      names = "--schema-registry-url",
      paramLabel = "URL",
      required = true,
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

  @Option(
      names = "--runbook-base-url",
      paramLabel = "URL",
      defaultValue = "runbooks/",
      description = "Where the pages of runbooks/ are served; begins every runbook_url.")
  private String runbookBaseUrl = "";

  @Option(
      names = "--kafka-config",
      paramLabel = "FILE",
      description =
          "Properties for Kafka Streams and its clients (security, replication, …) and, with the"
              + " prefix schema.registry., for the registry client. They override the built-in"
              + " ones.")
  private @Nullable Path kafkaConfig;

  public static void main(String[] args) {
    System.exit(new CommandLine(new DetectCommand()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException, ExecutionException {
    Properties extra = extraConfig();
    Topics topics = new Topics(topicPrefix);
    checkPartitions(topics, extra);
    DetectorTopology topology =
        new DetectorTopology(
            topics,
            Signatures.shipped(),
            DetectionSettings.DEFAULT,
            new IncidentComposer(Version.current(), runbookBaseUrl, null),
            registry(extra));
    KafkaStreams streams = new KafkaStreams(topology.build(), streamsConfig(extra));
    CountDownLatch stopped = new CountDownLatch(1);
    streams.setUncaughtExceptionHandler(DetectCommand::onUncaught);
    streams.setStateListener(
        (now, before) -> {
          LOG.info("detector is {}", now);
          if (now == KafkaStreams.State.ERROR || now == KafkaStreams.State.NOT_RUNNING) {
            stopped.countDown();
          }
        });
    Thread closer = new Thread(() -> streams.close(CLOSE_TIMEOUT), "netnswatch-close");
    Runtime.getRuntime().addShutdownHook(closer);
    streams.start();
    LOG.info("detector {} reads {} at {}", applicationId, topics.telemetry(), bootstrapServers);
    stopped.await();
    return streams.state() == KafkaStreams.State.ERROR ? 1 : 0;
  }

  /** Hosts are joined by partition: with unequal counts their events would never meet. */
  private void checkPartitions(Topics topics, Properties extra)
      throws InterruptedException, ExecutionException {
    Properties config = new Properties();
    config.putAll(extra);
    config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    try (Admin admin = Admin.create(config)) {
      Map<String, Integer> partitions =
          admin.describeTopics(topics.telemetry()).allTopicNames().get().values().stream()
              .collect(
                  Collectors.toMap(TopicDescription::name, topic -> topic.partitions().size()));
      if (partitions.values().stream().distinct().count() > 1) {
        throw new IllegalStateException(
            "the telemetry topics must have the same number of partitions: " + partitions);
      }
    }
  }

  private SchemaRegistryClient registry(Properties extra) {
    Map<String, Object> config = new HashMap<>();
    extra.stringPropertyNames().stream()
        .filter(name -> name.startsWith("schema.registry."))
        .forEach(name -> config.put(name, extra.getProperty(name)));
    return new CachedSchemaRegistryClient(schemaRegistryUrl, REGISTRY_CACHE_SIZE, config);
  }

  private Properties streamsConfig(Properties extra) {
    Properties config = new Properties();
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
    config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    config.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
    config.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
    config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    config.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 1000);
    config.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
    config.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
    config.putAll(extra);
    return config;
  }

  private Properties extraConfig() throws IOException {
    Properties extra = new Properties();
    if (kafkaConfig != null) {
      try (var reader = Files.newBufferedReader(kafkaConfig)) {
        extra.load(reader);
      }
    }
    return extra;
  }

  /** A registry that is away comes back; anything else is a defect that must be seen. */
  private static StreamThreadExceptionResponse onUncaught(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof RegistryUnavailableException) {
        LOG.warn("{}; trying again", cause.getMessage());
        return StreamThreadExceptionResponse.REPLACE_THREAD;
      }
    }
    LOG.error("detector stops", thrown);
    return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
  }
}
