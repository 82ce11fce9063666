package io.netnswatch.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.netnswatch.collector.bundle.EvidenceBundle;
import io.netnswatch.collector.publish.ClientSettings;
import io.netnswatch.command.cluster.Cluster;
import io.netnswatch.command.topics.TopicPlan;
import io.netnswatch.localcluster.ChildJvm;
import io.netnswatch.localcluster.Children;
import io.netnswatch.localcluster.LocalCluster;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.IncidentStatus;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.schema.Topics;
import io.netnswatch.simulator.Fleet;
import io.netnswatch.simulator.FleetFile;
import io.netnswatch.simulator.Simulation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A real broker and registry with all topics filled: recorded and simulated hosts published as
 * collectors do, their incidents and dead letters by the real detector, and {@linkplain Specimen
 * specimens} of each schema.
 */
final class PublishedFleet implements AutoCloseable {

  static final Topics TOPICS = Topics.withDefaultPrefix();
  static final int PARTITIONS = 3;

  /** A host that was healthy two hours ago, and now is in the recorded livelock. */
  static final String LIVELOCKED = "recorded-livelock";

  private static final String APPLICATION = "interop-detector";
  private static final Path HOME = Path.of(System.getProperty("netnswatch.home", "../.."));
  private final Path directory;
  private final LocalCluster cluster;
  private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
  private final List<Publication> publications = new ArrayList<>();

  private PublishedFleet(Path directory, LocalCluster cluster) {
    this.directory = directory;
    this.cluster = cluster;
  }

  /** Starts everything, and returns when all is on the topics and the detector has ended. */
  static PublishedFleet start() throws Exception {
    Path directory = Files.createTempDirectory("netnswatch-interop");
    PublishedFleet fleet = new PublishedFleet(directory, LocalCluster.start(directory));
    try {
      fleet.publishAll();
      return fleet;
    } catch (Exception | AssertionError e) {
      fleet.close();
      throw e;
    }
  }

  String bootstrapServers() {
    return cluster.bootstrapServers();
  }

  String schemaRegistryUrl() {
    return cluster.schemaRegistryUrl();
  }

  /** All that was published on the Avro topics, by topic, partition and offset. */
  List<Publication> publications() {
    return publications;
  }

  /** What was published on one topic, in the order of its partitions and offsets. */
  List<Publication> publications(String topic) {
    return publications.stream().filter(it -> it.topic().equals(topic)).toList();
  }

  /** What this project's own Kafka client reads of a topic, by partition and offset. */
  List<ConsumerRecord<byte[], byte[]>> records(String topic) throws Exception {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (Admin admin = admin();
        KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(
                Map.of(
                    "bootstrap.servers", cluster.bootstrapServers(),
                    "auto.offset.reset", "earliest",
                    "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
      Map<TopicPartition, Long> ends = ends(admin, List.of(topic));
      consumer.assign(ends.keySet());
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        consumer.poll(Duration.ofMillis(500)).forEach(records::add);
      }
    }
    records.sort(
        Comparator.<ConsumerRecord<byte[], byte[]>>comparingInt(ConsumerRecord::partition)
            .thenComparingLong(ConsumerRecord::offset));
    return records;
  }

  @Override
  public void close() throws IOException {
    cluster.close();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private void publishAll() throws Exception {
    TopicPlan plan = new TopicPlan(TOPICS, PARTITIONS, (short) 1);
    try (Admin admin = admin();
        KafkaProducer<String, SpecificRecord> producer = producer()) {
      plan.create(admin);
      plan.registerSchemas(new CachedSchemaRegistryClient(cluster.schemaRegistryUrl(), 10));
      publish(producer, telemetry());
      detect(admin);
      readIncidents();
      publishSpecimens(producer);
    }
    publications.sort(
        Comparator.comparing(Publication::topic)
            .thenComparingInt(Publication::partition)
            .thenComparingLong(Publication::offset));
  }

  private KafkaProducer<String, SpecificRecord> producer() {
    return new KafkaProducer<>(
        ClientSettings.ofProducer(
            new Cluster(
                cluster.bootstrapServers(),
                cluster.schemaRegistryUrl(),
                Topics.withDefaultPrefix(),
                Map.of())));
  }

  private Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()));
  }

  /** In the order in which it happened, and at last two that can't be used. */
  private List<TelemetryEvent> telemetry() throws IOException {
    List<TelemetryEvent> events = new ArrayList<>();
    events.addAll(recorded("livelock", "livelocked-before", now.minus(Duration.ofHours(3))));
    events.addAll(recorded("healthy", LIVELOCKED, now.minus(Duration.ofHours(2))));
    events.addAll(simulated(now.minus(Duration.ofMinutes(6))));
    events.addAll(recorded("livelock", LIVELOCKED, now));
    events.addAll(recorded("livelock-ip6reasm", "recorded-livelock-ip6reasm", now));
    events.addAll(recorded("lookalike-frag-flood", "recorded-frag-flood", now));
    events.sort(Comparator.comparing(TelemetryEvent::eventTime));
    TelemetryEvent late =
        events.stream().filter(it -> it.host().equals(LIVELOCKED)).findFirst().orElseThrow();
    TelemetryEvent last = events.get(events.size() - 1);
    events.add(late);
    events.add(new TelemetryEvent("not-its-host", last.eventTime(), last.value()));
    return events;
  }

  private static List<TelemetryEvent> simulated(Instant start) throws IOException {
    Fleet fleet = FleetFile.read(Path.of("src", "test", "resources", "fleet.yaml"));
    return new Simulation(
            new Fleet(
                fleet.seed(),
                start,
                fleet.length(),
                fleet.disorderMs(),
                fleet.duplicates(),
                fleet.hosts()))
        .events()
        .toList();
  }

  /** A recording, moved so that it ends at a given time. */
  private static List<TelemetryEvent> recorded(String bundle, String host, Instant end)
      throws IOException {
    EvidenceBundle recording =
        EvidenceBundle.read(HOME.resolve("testing/recordings").resolve(bundle + ".tar.gz"));
    List<TelemetryEvent> happened = recording.telemetry(host, Duration.ZERO);
    Instant ended =
        happened.stream()
            .map(TelemetryEvent::eventTime)
            .max(Comparator.naturalOrder())
            .orElseThrow();
    return recording.telemetry(host, Duration.between(ended, end));
  }

  private void publish(KafkaProducer<String, SpecificRecord> producer, List<TelemetryEvent> events)
      throws Exception {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (TelemetryEvent event : events) {
      sent.add(
          producer.send(
              new ProducerRecord<>(
                  TOPICS.topicOf(event.value()),
                  null,
                  event.eventTime().toEpochMilli(),
                  event.host(),
                  event.value())));
    }
    for (int i = 0; i < events.size(); i++) {
      note(sent.get(i).get(), events.get(i).host(), events.get(i).value());
    }
  }

  private void note(RecordMetadata where, String key, SpecificRecord value) {
    publications.add(
        new Publication(
            where.topic(), where.partition(), where.offset(), where.timestamp(), key, value));
  }

  private void detect(Admin admin) throws Exception {
    try (ChildJvm detector =
        Children.detector(
            cluster, directory, "--application-id=" + APPLICATION, "--http=127.0.0.1:0")) {
      await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> !detector.process().isAlive() || hasCommittedAll(admin));
      assertThat(detector.process().isAlive()).as(detector.logTail()).isTrue();
    }
  }

  private static boolean hasCommittedAll(Admin admin) throws Exception {
    var committed =
        admin.listConsumerGroupOffsets(APPLICATION).partitionsToOffsetAndMetadata().get();
    return ends(admin, TOPICS.telemetry()).entrySet().stream()
        .allMatch(
            end ->
                end.getValue() == 0
                    || (committed.get(end.getKey()) != null
                        && committed.get(end.getKey()).offset() >= end.getValue()));
  }

  private static Map<TopicPartition, Long> ends(Admin admin, List<String> topics)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    for (String topic : topics) {
      for (int partition = 0; partition < PARTITIONS; partition++) {
        wanted.put(new TopicPartition(topic, partition), OffsetSpec.latest());
      }
    }
    Map<TopicPartition, Long> ends = new HashMap<>();
    admin.listOffsets(wanted).all().get().forEach((tp, info) -> ends.put(tp, info.offset()));
    return ends;
  }

  private void readIncidents() throws Exception {
    try (KafkaAvroDeserializer deserializer = new KafkaAvroDeserializer()) {
      deserializer.configure(
          Map.of("schema.registry.url", cluster.schemaRegistryUrl(), "specific.avro.reader", true),
          false);
      for (ConsumerRecord<byte[], byte[]> record : records(TOPICS.incidents())) {
        publications.add(
            new Publication(
                record.topic(),
                record.partition(),
                record.offset(),
                record.timestamp(),
                new String(record.key(), UTF_8),
                (Incident) deserializer.deserialize(record.topic(), record.value())));
      }
    }
  }

  private void publishSpecimens(KafkaProducer<String, SpecificRecord> producer)
      throws ExecutionException, InterruptedException {
    Instant latest = now.minus(Duration.ofHours(3));
    for (String topic : TOPICS.avro()) {
      for (SpecificRecord specimen :
          List.of(
              Specimen.full(TOPICS.schemaOf(topic), latest),
              Specimen.empty(TOPICS.schemaOf(topic), latest))) {
        publishSpecimen(producer, topic, specimen, latest);
      }
    }
    publishSpecimen(
        producer, TOPICS.procSnapshots(), Specimen.full(ProcSnapshot.getClassSchema(), now), now);
    publishSpecimen(producer, TOPICS.incidents(), openIncident(), now);
    publishSpecimen(producer, TOPICS.incidents(), closedIncident(), now);
  }

  private void publishSpecimen(
      KafkaProducer<String, SpecificRecord> producer,
      String topic,
      SpecificRecord specimen,
      Instant at)
      throws ExecutionException, InterruptedException {
    // The first field of each schema is its key.
    String key = specimen.get(0).toString();
    RecordMetadata where =
        producer.send(new ProducerRecord<>(topic, null, at.toEpochMilli(), key, specimen)).get();
    note(where, key, specimen);
  }

  /** One that says all that an incident can say, and is neither resolved nor a replay's. */
  private Incident openIncident() {
    return Incident.newBuilder((Incident) Specimen.full(Incident.getClassSchema(), now))
        .setIncidentKey("netns-creation-blocked/" + LIVELOCKED + "/specimen")
        .setHost(LIVELOCKED)
        .setStatus(IncidentStatus.OPEN)
        .setReplayRunId(null)
        .build();
  }

  /** One that somebody has closed. */
  private Incident closedIncident() {
    return Incident.newBuilder(openIncident())
        .setIncidentKey("netns-creation-blocked/" + LIVELOCKED + "/closed")
        .setStatus(IncidentStatus.RESOLVED)
        .setResolution(null)
        .build();
  }
}
