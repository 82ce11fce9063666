package io.netnswatch.streams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.client.MockSchemaRegistryClient;
import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netnswatch.command.records.AvroSerdes;
import io.netnswatch.detection.DetectionSettings;
import io.netnswatch.detection.IncidentComposer;
import io.netnswatch.detection.TestEvents;
import io.netnswatch.detection.signature.Signatures;
import io.netnswatch.schema.DeadLetterHeaders;
import io.netnswatch.schema.DeadLetterReason;
import io.netnswatch.schema.EventAction;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.schema.Topics;
import io.netnswatch.streams.metrics.DetectorMetrics;
import io.netnswatch.streams.state.IncidentHistory;
import io.netnswatch.streams.state.StoredHost;
import io.netnswatch.streams.state.WindowHistory;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DetectorTopologyTest {

  private static final Topics TOPICS = Topics.withDefaultPrefix();

  @TempDir private Path stateDir;

  private final MeterRegistry meters = new SimpleMeterRegistry();
  private final MockSchemaRegistryClient registry = new MockSchemaRegistryClient();
  private final KafkaAvroSerializer serializer = AvroSerdes.serializer(registry);
  private final TestEvents node1 = TestEvents.ofHost("node-1");
  private final TestEvents node2 = TestEvents.ofHost("node-2");
  private TopologyTestDriver driver;

  @BeforeEach
  void startDriver() {
    driver = new TopologyTestDriver(topology(), config());
  }

  @AfterEach
  void closeDriver() {
    driver.close();
  }

  @Test
  void livelockBecomesOneIncidentThatNamesItsSources() {
    send(node1.snapshot(11, TestEvents.spinningWorker()));
    send(node1.hotPerf(11.8));
    send(node1.hanging(6, 11.5));
    send(node1.snapshot(26));

    List<TestRecord<String, Incident>> incidents = incidents();

    assertThat(incidents).hasSize(1);
    Incident incident = incidents.get(0).value();
    assertThat(incidents.get(0).key()).isEqualTo(incident.getIncidentKey());
    assertThat(incidents.get(0).getRecordTime()).isEqualTo(incident.getUpdatedAt());
    assertThat(incident.getEventAction()).isEqualTo(EventAction.TRIGGER);
    assertThat(incident.getEvidence())
        .extracting(item -> item.getSourceTopic() + "@" + item.getSourceOffset())
        .containsExactly(
            TOPICS.procSnapshots() + "@0",
            TOPICS.netnsLatencies() + "@0",
            TOPICS.perfSamples() + "@0");
    assertThat(deadLetters()).isEmpty();
  }

  @Test
  void clockOfOneHostDoesNotHarmAnother() {
    send(node2.snapshot(3600));
    send(node1.hotPerf(12));
    send(node1.hanging(6, 11.5));
    send(node1.snapshot(26));

    assertThat(incidents()).extracting(r -> r.value().getHost()).containsExactly("node-1");
    assertThat(deadLetters()).isEmpty();
  }

  @Test
  void poisonAmongGoodRecordsGoesToTheDeadLettersAndEachReasonIsCounted() {
    byte[] unknownSchema = {0, 0, 0, 0x7f, 0x7f, 1, 2, 3};
    byte[] truncated = java.util.Arrays.copyOf(bytes(node1.hotPerf(12)), 40);
    send(node1.hotPerf(12));
    sendRaw("node-1", "not avro".getBytes(UTF_8));
    sendRaw("node-1", unknownSchema);
    sendRaw("node-1", truncated);
    sendRaw("node-1", null);
    sendRaw("node-9", bytes(node1.hotPerf(12)));
    sendRaw(null, bytes(node1.hotPerf(12)));
    send(node1.succeeded(11, 10));
    send(node1.hanging(6, 11.5));
    send(node1.snapshot(26));
    send(node1.coldPerf(12));

    assertThat(incidents()).hasSize(1);
    List<TestRecord<byte[], byte[]>> letters = deadLetters();
    assertThat(letters)
        .extracting(letter -> header(letter, DeadLetterHeaders.REASON))
        .containsExactly(
            "UNDECODABLE",
            "UNKNOWN_SCHEMA",
            "UNDECODABLE",
            "UNDECODABLE",
            "INVALID",
            "INVALID",
            "INVALID",
            "LATE");
    assertThat(letters.get(0).value()).isEqualTo("not avro".getBytes(UTF_8));
    assertThat(letters.get(7).value()).isEqualTo(bytes(node1.coldPerf(12)));
    assertThat(header(letters.get(0), DeadLetterHeaders.SOURCE_TOPIC))
        .isEqualTo(TOPICS.perfSamples());
    assertThat(header(letters.get(0), DeadLetterHeaders.SOURCE_PARTITION)).isEqualTo("0");
    assertThat(header(letters.get(0), DeadLetterHeaders.SOURCE_OFFSET)).isEqualTo("1");
    assertThat(header(letters.get(4), DeadLetterHeaders.ERROR))
        .isEqualTo("the key must be the host node-1, found node-9");
    assertThat(counted())
        .isEqualTo(
            Map.of(
                DeadLetterReason.UNDECODABLE, 3.0,
                DeadLetterReason.UNKNOWN_SCHEMA, 1.0,
                DeadLetterReason.INVALID, 3.0,
                DeadLetterReason.LATE, 1.0));
  }

  @Test
  void closedWindowsAreKept() {
    send(node1.hotPerf(12));
    send(node1.snapshot(26));

    assertThat(
            WindowHistory.ofHost(
                driver.getKeyValueStore(DetectorTopology.WINDOWS),
                "node-1",
                Instant.EPOCH,
                Instant.ofEpochMilli(TestEvents.ms(100))))
        .hasSize(1);
  }

  /** Names are part of the state's identity: a change here loses state on an upgrade. */
  @Test
  void descriptionIsStable() {
    assertThat(topology().describe().toString())
        .isEqualTo(
"""
Topologies:
   Sub-topology: 0
    Source: telemetry (topics: [netnswatch.proc-snapshots, netnswatch.perf-samples, netnswatch.netns-latencies])
      --> decode
    Processor: decode (stores: [])
      --> detect, dead-letters
      <-- telemetry
    Processor: detect (stores: [hosts, incident-history, windows])
      --> dead-letters, incidents
      <-- decode
    Sink: dead-letters (topic: netnswatch.dead-letters)
      <-- decode, detect
    Sink: incidents (topic: netnswatch.incidents)
      <-- detect

""");
  }

  @Test
  void latestStepOfEachIncidentIsKeptForThoseWhoAsk() {
    send(node1.snapshot(11, TestEvents.spinningWorker()));
    send(node1.hotPerf(12));
    send(node1.hanging(6, 11.5));
    send(node1.snapshot(26));
    send(node2.snapshot(26));

    KeyValueStore<String, Incident> history =
        driver.getKeyValueStore(DetectorTopology.INCIDENT_HISTORY);

    assertThat(IncidentHistory.ofHost(history, "node-1"))
        .containsExactly(incidents().get(0).value());
    assertThat(IncidentHistory.ofHost(history, "node")).isEmpty();
    assertThat(IncidentHistory.ofHost(history, "node-2")).isEmpty();
  }

  @Test
  void newestRecordsAreKeptWithTheState() {
    send(node1.snapshot(11));
    send(node1.snapshot(16));
    send(node1.coldPerf(17));
    send(node2.snapshot(17));
    send(node1.succeeded(18, 10));

    KeyValueStore<String, StoredHost> hosts = driver.getKeyValueStore(DetectorTopology.HOSTS);

    assertThat(hosts.get("node-1"))
        .extracting(StoredHost::procSnapshot, StoredHost::perfSample)
        .containsExactly(1L, 0L);
    assertThat(hosts.get("node-2"))
        .extracting(StoredHost::procSnapshot, StoredHost::perfSample)
        .containsExactly(2L, StoredHost.NONE);
  }

  @Test
  void timeFarFromTheRecordsTimestampGoesToTheDeadLetters() {
    driver
        .createInputTopic(
            TOPICS.perfSamples(), new ByteArraySerializer(), new ByteArraySerializer())
        .pipeInput("node-1".getBytes(UTF_8), bytes(node1.hotPerf(12)), TestEvents.ms(-7_200));

    assertThat(deadLetters())
        .extracting(letter -> header(letter, DeadLetterHeaders.REASON))
        .containsExactly("WRONG_TIME");
  }

  @Test
  void metricsTellRecordsLatenessAndDelay() {
    send(node1.snapshot(11, TestEvents.spinningWorker()));
    send(node1.hotPerf(12));
    send(node1.hanging(6, 11.5));
    send(node1.snapshot(26));

    assertThat(
            meters.get("netnswatch.records").tag("topic", TOPICS.procSnapshots()).counter().count())
        .isEqualTo(2);
    assertThat(meters.get("netnswatch.lateness").summary().max()).isEqualTo(0.5);
    assertThat(meters.get("netnswatch.detection.delay").timer().count()).isEqualTo(1);
  }

  private Topology topology() {
    return new DetectorTopology(
            TOPICS,
            Signatures.shipped(),
            DetectionSettings.DEFAULT,
            new IncidentComposer("test", "runbooks/", null),
            registry,
            new Safeguards(new DetectorMetrics(meters, InstantSource.system())))
        .build();
  }

  private Properties config() {
    Properties config = new Properties();
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
    config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
    config.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
    return config;
  }

  private void send(SpecificRecord event) {
    driver
        .createInputTopic(topicOf(event), new ByteArraySerializer(), new ByteArraySerializer())
        .pipeInput(
            hostOf(event).getBytes(UTF_8),
            bytes(event),
            TelemetryEvent.from(event).eventTime().toEpochMilli());
  }

  private void sendRaw(@Nullable String key, byte @Nullable [] value) {
    driver
        .createInputTopic(
            TOPICS.perfSamples(), new ByteArraySerializer(), new ByteArraySerializer())
        .pipeInput(key == null ? null : key.getBytes(UTF_8), value, TestEvents.ms(12));
  }

  private byte[] bytes(SpecificRecord event) {
    return serializer.serialize(topicOf(event), event);
  }

  private static String hostOf(SpecificRecord event) {
    return (String) event.get(event.getSchema().getField("host").pos());
  }

  private static String topicOf(SpecificRecord event) {
    if (event instanceof PerfSample) {
      return TOPICS.perfSamples();
    }
    if (event instanceof NetnsLatency) {
      return TOPICS.netnsLatencies();
    }
    return event instanceof ProcSnapshot ? TOPICS.procSnapshots() : TOPICS.incidents();
  }

  private List<TestRecord<String, Incident>> incidents() {
    KafkaAvroDeserializer deserializer = AvroSerdes.deserializer(registry);
    return driver
        .createOutputTopic(
            TOPICS.incidents(),
            new StringDeserializer(),
            (topic, bytes) -> (Incident) deserializer.deserialize(topic, bytes))
        .readRecordsToList();
  }

  private List<TestRecord<byte[], byte[]>> deadLetters() {
    return driver
        .createOutputTopic(
            TOPICS.deadLetters(), new ByteArrayDeserializer(), new ByteArrayDeserializer())
        .readRecordsToList();
  }

  private static String header(TestRecord<byte[], byte[]> letter, String name) {
    return new String(letter.headers().lastHeader(name).value(), UTF_8);
  }

  private Map<DeadLetterReason, Double> counted() {
    return meters.find("netnswatch.dead.letters").counters().stream()
        .filter(counter -> counter.count() > 0)
        .collect(
            Collectors.toMap(
                counter ->
                    DeadLetterReason.valueOf(requireNonNull(counter.getId().getTag("reason"))),
                Counter::count));
  }
}
