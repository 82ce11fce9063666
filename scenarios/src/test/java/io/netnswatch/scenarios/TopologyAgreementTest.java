package io.netnswatch.scenarios;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.client.MockSchemaRegistryClient;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import io.netnswatch.detection.DetectionSettings;
import io.netnswatch.detection.signature.Signatures;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.schema.Topics;
import io.netnswatch.streams.AvroSerdes;
import io.netnswatch.streams.DetectorTopology;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Topology and engine agree to the byte on every scenario, source offsets included. */
class TopologyAgreementTest {

  private static final Topics TOPICS = Topics.withDefaultPrefix();

  @TempDir private Path stateDir;

  private final MockSchemaRegistryClient registry = new MockSchemaRegistryClient();
  private final KafkaAvroSerializer serializer = AvroSerdes.serializer(registry);

  @TestFactory
  Stream<DynamicTest> agree() throws IOException {
    return Scenario.all(ScenariosTest.HOME).stream()
        .map(
            scenario ->
                DynamicTest.dynamicTest(
                    scenario.name(), () -> check(DeterminismTest.telemetry(scenario))));
  }

  /** Duplicates, and disorder beyond grace: what is late for one is late for the other. */
  @TestFactory
  Stream<DynamicTest> agreeOnDisorder() throws IOException {
    return Scenario.all(ScenariosTest.HOME).stream()
        .map(
            scenario ->
                DynamicTest.dynamicTest(
                    scenario.name(),
                    () ->
                        check(
                            Shuffled.within(
                                9_000,
                                DeterminismTest.telemetry(scenario),
                                new Random(scenario.name().hashCode())))));
  }

  private void check(List<TelemetryEvent> events) throws Exception {
    Outcome engine = new Outcome(true);
    engine.feed(events);

    List<String> fromEngine =
        engine.incidents().stream().map(incident -> hex(bytes(incident))).toList();
    assertThat(byTopology(events, engine.late())).isEqualTo(fromEngine);
  }

  private List<String> byTopology(List<TelemetryEvent> events, int late) {
    DetectorTopology topology =
        new DetectorTopology(
            TOPICS, Signatures.shipped(), DetectionSettings.DEFAULT, Outcome.COMPOSER, registry);
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

  private byte[] bytes(Incident incident) {
    return serializer.serialize(TOPICS.incidents(), incident);
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
