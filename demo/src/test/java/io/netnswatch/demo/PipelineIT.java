package io.netnswatch.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.netnswatch.collector.publish.ClientSettings;
import io.netnswatch.command.cluster.Cluster;
import io.netnswatch.command.topics.TopicPlan;
import io.netnswatch.localcluster.ChildJvm;
import io.netnswatch.localcluster.Children;
import io.netnswatch.localcluster.LocalCluster;
import io.netnswatch.scenarios.Scenario;
import io.netnswatch.schema.DeadLetterHeaders;
import io.netnswatch.schema.EventAction;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.schema.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Recordings and poison through a real broker, a real registry and the real detector; then the same
 * topics replayed, exported and imported.
 */
class PipelineIT {

  private static final Topics TOPICS = Topics.withDefaultPrefix();
  private static final String APPLICATION = "pipeline-it";
  private static final int PARTITIONS = 2;

  /** Event time runs this much faster than the clock, and so needs as much more grace. */
  private static final int SPEED = 10;

  private static final int GRACE_SECONDS = 60;

  @TempDir private Path directory;

  /**
   * One run for all, since a start takes seconds; the detector is done when it has committed all.
   */
  @Test
  void recordingsBecomeTheIncidentsOfTheirScenariosAndPoisonHarmsNothing() throws Exception {
    List<Scenario> recorded = recorded();
    try (LocalCluster cluster = LocalCluster.start(directory);
        Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
      TopicPlan plan = new TopicPlan(TOPICS, PARTITIONS, (short) 1);
      plan.create(admin);
      plan.registerSchemas(new CachedSchemaRegistryClient(cluster.schemaRegistryUrl(), 10));
      try (ChildJvm detector = detector(cluster)) {
        poison(cluster);
        refusedByTheBroker(cluster);
        awaitAllCommitted(detector, admin);
        playAll(cluster, recorded);
        awaitAllCommitted(detector, admin);
      }

      assertThat(read(cluster, admin, TOPICS.deadLetters()))
          .extracting(letter -> header(letter, DeadLetterHeaders.REASON))
          .containsExactlyInAnyOrder("UNDECODABLE", "UNKNOWN_SCHEMA");
      List<Incident> incidents = incidents(cluster, admin);
      assertThat(incidents)
          .filteredOn(incident -> incident.getEventAction() == EventAction.TRIGGER)
          .extracting(incident -> incident.getHost() + " " + incident.getKind())
          .containsExactlyInAnyOrderElementsOf(expected(recorded));
      assertThat(incidents).noneMatch(incident -> incident.getEventAction() == EventAction.RESOLVE);
      new ReplayedAfterwards(cluster, directory, GRACE_SECONDS).isTheSame(incidents);
    }
  }

  private static void awaitAllCommitted(ChildJvm detector, Admin admin) {
    await()
        .atMost(Duration.ofMinutes(3))
        .until(() -> !detector.process().isAlive() || hasCommittedAll(admin));
    assertThat(detector.process().isAlive()).as(detector.logTail()).isTrue();
  }

  private ChildJvm detector(LocalCluster cluster) throws Exception {
    return Children.detector(
        cluster,
        directory,
        "--application-id=" + APPLICATION,
        "--grace=" + GRACE_SECONDS,
        "--http=127.0.0.1:0");
  }

  /** Not those that end within the grace: nothing later comes that would let them be judged. */
  private static List<Scenario> recorded() throws IOException {
    List<Scenario> recorded = new ArrayList<>();
    for (Scenario scenario : Scenario.all(Path.of(System.getProperty("netnswatch.home")))) {
      if (scenario.name().startsWith("recorded-") && seconds(scenario) > GRACE_SECONDS) {
        recorded.add(scenario);
      }
    }
    return recorded;
  }

  private static long seconds(Scenario scenario) throws IOException {
    List<TelemetryEvent> events = scenario.telemetry(Duration.ZERO);
    Instant begin = events.get(0).eventTime();
    return Duration.between(begin, events.get(events.size() - 1).eventTime()).toSeconds();
  }

  /** Host and kind of each incident that the scenarios themselves expect. */
  private static List<String> expected(List<Scenario> recorded) throws IOException {
    List<String> expected = new ArrayList<>();
    for (Scenario scenario : recorded) {
      JsonNode file =
          new YAMLMapper().readTree(scenario.folder().resolve("expected.yaml").toFile());
      file.path("incidents")
          .forEach(it -> expected.add(it.path("host").asText() + " " + it.path("kind").asText()));
    }
    return expected;
  }

  /** All recordings at once, each as a host of its own. */
  private static void playAll(LocalCluster cluster, List<Scenario> recorded) throws Exception {
    Properties settings =
        ClientSettings.ofProducer(
            new Cluster(cluster.bootstrapServers(), cluster.schemaRegistryUrl(), TOPICS, Map.of()));
    try (ScenarioPlayer player =
        new ScenarioPlayer(
            recorded, SPEED, TOPICS, new KafkaProducer<String, SpecificRecord>(settings))) {
      player.play();
    }
  }

  private static void poison(LocalCluster cluster) throws Exception {
    byte[] unknownSchema = {0, 0x7f, 0x7f, 0x7f, 0x7f, 1, 2, 3};
    try (KafkaProducer<byte[], byte[]> producer = rawProducer(cluster)) {
      producer.send(raw("no avro".getBytes(UTF_8), Instant.now())).get();
      producer.send(raw(unknownSchema, Instant.now())).get();
    }
  }

  private static void refusedByTheBroker(LocalCluster cluster) {
    try (KafkaProducer<byte[], byte[]> producer = rawProducer(cluster)) {
      Instant ahead = Instant.now().plus(Duration.ofMinutes(61));
      assertThatThrownBy(() -> producer.send(raw(new byte[] {1}, ahead)).get())
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(InvalidTimestampException.class);
    }
  }

  private static KafkaProducer<byte[], byte[]> rawProducer(LocalCluster cluster) {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", cluster.bootstrapServers()),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  private static ProducerRecord<byte[], byte[]> raw(byte[] value, Instant at) {
    byte[] key = "recorded-livelock".getBytes(UTF_8);
    return new ProducerRecord<>(TOPICS.perfSamples(), null, at.toEpochMilli(), key, value);
  }

  private static boolean hasCommittedAll(Admin admin) throws Exception {
    Map<TopicPartition, Long> ends = ends(admin, TOPICS.telemetry());
    var committed =
        admin.listConsumerGroupOffsets(APPLICATION).partitionsToOffsetAndMetadata().get();
    return ends.entrySet().stream()
        .allMatch(
            end ->
                end.getValue() == 0
                    || (committed.get(end.getKey()) != null
                        && committed.get(end.getKey()).offset() >= end.getValue()));
  }

  private static Map<TopicPartition, Long> ends(Admin admin, List<String> topics) throws Exception {
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

  private static List<Incident> incidents(LocalCluster cluster, Admin admin) throws Exception {
    var deserializer = new io.confluent.kafka.serializers.KafkaAvroDeserializer();
    deserializer.configure(
        Map.of("schema.registry.url", cluster.schemaRegistryUrl(), "specific.avro.reader", true),
        false);
    return read(cluster, admin, TOPICS.incidents()).stream()
        .map(record -> (Incident) deserializer.deserialize(record.topic(), record.value()))
        .toList();
  }

  private static List<ConsumerRecord<byte[], byte[]>> read(
      LocalCluster cluster, Admin admin, String topic) throws Exception {
    Map<TopicPartition, Long> ends = ends(admin, List.of(topic));
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    Map<String, Object> config =
        Map.of(
            "bootstrap.servers", cluster.bootstrapServers(),
            "auto.offset.reset", "earliest",
            "isolation.level", "read_committed");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(ends.keySet());
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        consumer.poll(Duration.ofMillis(500)).forEach(records::add);
      }
    }
    return records;
  }

  private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
    return new String(letter.headers().lastHeader(name).value(), UTF_8);
  }
}
