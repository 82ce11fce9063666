package io.netnswatch.streams;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.netnswatch.command.Commands;
import io.netnswatch.command.DetectionOptions;
import io.netnswatch.command.KnowsClientSettings;
import io.netnswatch.command.Range;
import io.netnswatch.command.Version;
import io.netnswatch.command.cluster.Cluster;
import io.netnswatch.command.cluster.ClusterOptions;
import io.netnswatch.command.records.AvroSerdes;
import io.netnswatch.command.records.TelemetryDeserializer;
import io.netnswatch.command.topics.ExistingTopics;
import io.netnswatch.command.topics.TopicPlan;
import io.netnswatch.detection.DetectionSettings;
import io.netnswatch.detection.IncidentComposer;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.schema.Topics;
import io.netnswatch.streams.http.About;
import io.netnswatch.streams.http.DetectorServer;
import io.netnswatch.streams.metrics.DetectorMetrics;
import io.netnswatch.streams.metrics.Meters;
import io.netnswatch.streams.metrics.OpenIncidentGauges;
import io.netnswatch.streams.query.ActionHistory;
import io.netnswatch.streams.query.StoreQueries;
import io.netnswatch.streams.query.StoredRecords;
import io.netnswatch.streams.topics.TopicLayout;
import io.netnswatch.streams.topics.TopicWatch;
import io.netnswatch.streams.topology.DetectorTopology;
import io.netnswatch.streams.topology.HostRequests;
import io.netnswatch.streams.topology.Safeguards;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyDescription;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
public final class DetectCommand implements Callable<Integer>, KnowsClientSettings {

  private static final Logger LOG = LoggerFactory.getLogger(DetectCommand.class);

  private static final InstantSource CLOCK = InstantSource.system();

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Mixin StreamsOptions streams = new StreamsOptions();

  @Mixin private DetectionOptions detection = new DetectionOptions();

  @Mixin private HttpOptions http = new HttpOptions();

  @Option(
      names = "--create-topics",
      description = "Create the topics that do not exist and register the schemas.")
  private boolean createTopics;

  @Range(min = "1", max = "10000")
  @Option(
      names = "--partitions",
      paramLabel = "N",
      defaultValue = "12",
      description = "With --create-topics: partitions of each topic.")
  private int partitions = 12;

  @Range(min = "-1", max = "100")
  @Option(
      names = "--replication-factor",
      paramLabel = "N",
      defaultValue = "-1",
      description = "With --create-topics: replicas of each partition; -1 is the broker's default.")
  private short replicationFactor = -1;

  public static void main(String[] args) {
    System.exit(Commands.run(new DetectCommand(), args));
  }

  @Override
  public boolean isClientSetting(String name) {
    return KafkaSettingNames.isKnown(name);
  }

  @Override
  public Integer call()
      throws IOException, InterruptedException, ExecutionException, RestClientException {
    // What stands in files is looked at before anything is begun.
    List<Signature> signatures = detection.signatures();
    DetectionSettings time = detection.settings();
    IncidentComposer composer = detection.composer();
    Cluster kafka = cluster.cluster();
    Properties settings = streams.settings(kafka);
    SchemaRegistryClient registry = kafka.registry();
    try (Admin admin = Admin.create(kafka.clientSettings())) {
      if (createTopics) {
        TopicPlan plan = new TopicPlan(kafka.topics(), partitions, replicationFactor);
        plan.create(admin);
        plan.registerSchemas(registry);
      }
      checkPartitions(kafka.topics(), admin);
    }
    try {
      return detect(kafka, signatures, time, composer, settings, registry) ? 0 : 1;
    } catch (ProcessorStateException e) {
      if (!Detector.isDamaged(e)) {
        throw e;
      }
      return detect(kafka, signatures, time, composer, settings, registry) ? 0 : 1;
    }
  }

  private boolean detect(
      Cluster kafka,
      List<Signature> signatures,
      DetectionSettings time,
      IncidentComposer composer,
      Properties settings,
      SchemaRegistryClient registry)
      throws IOException, InterruptedException {
    try (Meters meters = new Meters()) {
      Safeguards safeguards = new Safeguards(new DetectorMetrics(meters.registry(), CLOCK));
      HostRequests requests = new HostRequests();
      DetectorTopology topology =
          new DetectorTopology(
              kafka.topics(), signatures, time, composer, registry, safeguards, requests);
      return run(topology.build(), kafka, signatures, settings, safeguards, requests, meters);
    }
  }

  private boolean run(
      Topology topology,
      Cluster kafka,
      List<Signature> signatures,
      Properties settings,
      Safeguards safeguards,
      HostRequests requests,
      Meters meters)
      throws IOException, InterruptedException {
    Optional<DetectorServer> server = http.listen(meters.registry());
    try (Admin admin = Admin.create(kafka.clientSettings());
        TopicWatch watch =
            new TopicWatch(
                admin,
                kafka.topics().telemetry(),
                outputs(kafka.topics()),
                changelogs(topology),
                meters.registry())) {
      server.ifPresent(
          it -> settings.put(StreamsConfig.APPLICATION_SERVER_CONFIG, it.advertised().toString()));
      Detector detector =
          new Detector(
              topology, settings, kafka.topics().telemetry(), watch, safeguards, meters.registry());
      StoreQueries stores =
          new StoreQueries(
              detector.streams(),
              signatures,
              Duration.ofMillis(detection.settings().windowMs()),
              kafka.topics(),
              CLOCK);
      StoredRecords records =
          new StoredRecords(
              kafka.topics(), kafka::consumer, () -> new TelemetryDeserializer(kafka.registry()));
      new OpenIncidentGauges(signatures, stores::incidents, CLOCK).bindTo(meters.registry());
      ActionHistory actions =
          new ActionHistory(
              kafka.topics(), kafka::consumer, AvroSerdes.deserializer(kafka.registry()));
      server.ifPresent(
          it ->
              it.serve(detector, stores, records, actions, requests, About.of(kafka, signatures)));
      Runtime.getRuntime().addShutdownHook(new Thread(detector::close, "netnswatch-close"));
      detector.start();
      LOG.info(
          "detector {} reads {} at {}",
          streams.applicationId(),
          kafka.topics().telemetry(),
          kafka.bootstrapServers());
      return detector.awaitStop();
    } finally {
      server.ifPresent(DetectorServer::close);
    }
  }

  /** What can't be waited for at a start: somebody has to know at once. */
  private static void checkPartitions(Topics topics, Admin admin)
      throws InterruptedException, ExecutionException {
    List<String> used = new ArrayList<>(topics.telemetry());
    used.addAll(outputs(topics));
    TopicLayout layout =
        new TopicLayout(
            ExistingTopics.partitions(admin, used), topics.telemetry(), outputs(topics), List.of());
    switch (layout.fault()) {
      case NONE -> {}
      case MISSING ->
          throw new UnknownTopicOrPartitionException("there is no topic " + layout.missing() + ".");
      default -> throw new IllegalStateException(layout.words());
    }
  }

  private static List<String> outputs(Topics topics) {
    return List.of(topics.incidents(), topics.deadLetters());
  }

  /** Topics that Kafka Streams keeps the state in. */
  private List<String> changelogs(Topology topology) {
    return topology.describe().subtopologies().stream()
        .flatMap(subtopology -> subtopology.nodes().stream())
        .filter(TopologyDescription.Processor.class::isInstance)
        .flatMap(node -> ((TopologyDescription.Processor) node).stores().stream())
        .map(store -> streams.applicationId() + "-" + store + "-changelog")
        .distinct()
        .sorted()
        .toList();
  }
}
