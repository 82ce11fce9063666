package io.netnswatch.scenarios;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.client.MockSchemaRegistryClient;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netnswatch.detection.DetectionSettings;
import io.netnswatch.detection.signature.Signatures;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.schema.Topics;
import io.netnswatch.streams.metrics.DetectorMetrics;
import io.netnswatch.streams.query.LatestRecords;
import io.netnswatch.streams.records.AvroSerdes;
import io.netnswatch.streams.topology.DetectorTopology;
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

  private List<String> incidents(List<TelemetryEvent> events, int late) {
    DetectorTopology topology =
        new DetectorTopology(
            TOPICS,
            Signatures.shipped(),
            DetectionSettings.DEFAULT,
            Outcome.COMPOSER,
            registry,
            new DetectorMetrics(new SimpleMeterRegistry(), InstantSource.system()),
            new LatestRecords(TOPICS));
    Properties config = new Properties();
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
    config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
    config.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
    try (TopologyTestDriver driver = new TopologyTestDriver(topology.build(), config)) {
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
      assertThat(records(driver, TOPICS.deadLetters())).hasSize(late);
      return records(driver, TOPICS.incidents()).stream()
          .map(record -> hex(record.value()))
          .toList();
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
