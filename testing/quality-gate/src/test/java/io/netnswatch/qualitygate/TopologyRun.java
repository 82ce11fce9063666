package io.netnswatch.qualitygate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.client.MockSchemaRegistryClient;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netnswatch.command.records.AvroSerdes;
import io.netnswatch.detection.DetectionSettings;
import io.netnswatch.detection.signature.Signatures;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.schema.Topics;
import io.netnswatch.streams.metrics.DetectorMetrics;
import io.netnswatch.streams.topology.DetectorTopology;
import io.netnswatch.streams.topology.Safeguards;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

/** The real topology, driven record by record. */
final class TopologyRun {

  private static final Topics TOPICS = Topics.withDefaultPrefix();
  private static final String APPLICATION = "test";
  private static final String CHANGELOG_PREFIX = APPLICATION + "-";

  private final Path stateDir;
  private final MockSchemaRegistryClient registry = new MockSchemaRegistryClient();
  private final KafkaAvroSerializer serializer = AvroSerdes.serializer(registry);

  private TopologyRun(Path stateDir) {
    this.stateDir = stateDir;
  }

  /** Byte for byte, and as many dead letters as the engine found late. */
  static void assertAgreesWithEngine(Path stateDir, List<TelemetryEvent> events) throws Exception {
    TopologyRun run = new TopologyRun(stateDir);
    Outcome engine = new Outcome(true);
    engine.feed(events);

    List<String> fromEngine =
        engine.incidents().stream()
            .map(incident -> hex(run.serializer.serialize(TOPICS.incidents(), incident)))
            .toList();
    assertThat(run.incidents(events, engine.late())).isEqualTo(fromEngine);
  }

  /**
   * What was written to a changelog.
   *
   * @param records how many
   * @param bytes of their values
   */
  record Volume(long records, long bytes) {}

  /** By store, what each event's commit wrote to its changelog. */
  static Map<String, Volume> changelogs(Path stateDir, List<TelemetryEvent> events) {
    Map<String, Volume> volumes = new HashMap<>();
    TopologyRun run = new TopologyRun(stateDir);
    try (TopologyTestDriver driver = run.driver()) {
      run.pipe(driver, events);
      for (String topic : driver.producedTopicNames()) {
        if (topic.startsWith(CHANGELOG_PREFIX)) {
          List<TestRecord<byte[], byte[]>> written = records(driver, topic);
          volumes.put(
              topic.substring(CHANGELOG_PREFIX.length(), topic.lastIndexOf('-')),
              new Volume(
                  written.size(), written.stream().mapToLong(it -> it.value().length).sum()));
        }
      }
    }
    return volumes;
  }

  private List<String> incidents(List<TelemetryEvent> events, int late) {
    try (TopologyTestDriver driver = driver()) {
      pipe(driver, events);
      assertThat(records(driver, TOPICS.deadLetters())).hasSize(late);
      return records(driver, TOPICS.incidents()).stream()
          .map(record -> hex(record.value()))
          .toList();
    }
  }

  private TopologyTestDriver driver() {
    DetectorTopology topology =
        new DetectorTopology(
            TOPICS,
            Signatures.shipped(),
            DetectionSettings.DEFAULT,
            Outcome.COMPOSER,
            registry,
            new Safeguards(new DetectorMetrics(new SimpleMeterRegistry(), InstantSource.system())));
    Properties config = new Properties();
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, APPLICATION);
    config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
    config.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
    return new TopologyTestDriver(topology.build(), config);
  }

  private void pipe(TopologyTestDriver driver, List<TelemetryEvent> events) {
    Map<String, TestInputTopic<byte[], byte[]>> inputs = new HashMap<>();
    for (TelemetryEvent event : events) {
      String topic = TOPICS.topicOf(event.value());
      inputs
          .computeIfAbsent(
              topic,
              name ->
                  driver.createInputTopic(
                      name, new ByteArraySerializer(), new ByteArraySerializer()))
          .pipeInput(
              event.host().getBytes(UTF_8),
              serializer.serialize(topic, event.value()),
              event.eventTime());
    }
  }

  private static List<TestRecord<byte[], byte[]>> records(TopologyTestDriver driver, String topic) {
    return driver
        .createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer())
        .readRecordsToList();
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
