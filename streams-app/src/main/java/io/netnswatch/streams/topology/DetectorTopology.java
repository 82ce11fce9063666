package io.netnswatch.streams.topology;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import io.netnswatch.command.records.AvroSerdes;
import io.netnswatch.detection.DetectionSettings;
import io.netnswatch.detection.HostDetector;
import io.netnswatch.detection.HostWindow;
import io.netnswatch.detection.IncidentComposer;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.Topics;
import io.netnswatch.streams.records.Telemetry;
import io.netnswatch.streams.records.TelemetryDecoder;
import io.netnswatch.streams.state.IncidentHistory;
import io.netnswatch.streams.state.StateSerdes;
import io.netnswatch.streams.state.StoredHost;
import io.netnswatch.streams.state.WindowHistory;
import io.netnswatch.streams.state.WriteBehindStore;
import java.util.List;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * The whole application in one picture.
 *
 * <pre>
 * proc-snapshots  ─┐
 * perf-samples    ─┼─► telemetry ─► decode ─► detect ─► incidents
 * netns-latencies ─┘                   │        │├── hosts     what is remembered of a host
 *                                      │        │└── windows   closed windows of the last hour
 *                                      └────────┴─► dead-letters
 * </pre>
 *
 * <p>All telemetry of a host has its name as key and so comes to one task. Event time is kept per
 * host inside {@code hosts}; the stream time of a task decides nothing (see RATIONALE.md).
 */
public final class DetectorTopology {

  static final String TELEMETRY = "telemetry";
  static final String DECODE = "decode";
  static final String DETECT = "detect";
  static final String INCIDENTS = "incidents";
  static final String DEAD_LETTERS = "dead-letters";

  /** Store of {@link StoredHost} by host. */
  public static final String HOSTS = "hosts";

  /** Store of lists of {@link HostWindow} by host and half a minute: see {@link WindowHistory}. */
  public static final String WINDOWS = "windows";

  /** Store of {@link Incident} by host and incident key: see {@link IncidentHistory}. */
  public static final String INCIDENT_HISTORY = "incident-history";

  /** Of hosts, and of windows not yet written, in a partition; about two kilobytes each. */
  private static final int DECODED = 4_096;

  private final Topics topics;
  private final List<Signature> signatures;
  private final DetectionSettings settings;
  private final IncidentComposer composer;
  private final SchemaRegistryClient registry;
  private final Safeguards safeguards;
  private final HostRequests requests;

  /** A topology that nobody asks for anything. */
  public DetectorTopology(
      Topics topics,
      List<Signature> signatures,
      DetectionSettings settings,
      IncidentComposer composer,
      SchemaRegistryClient registry,
      Safeguards safeguards) {
    this(topics, signatures, settings, composer, registry, safeguards, new HostRequests());
  }

  /**
   * A topology.
   *
   * @param requests what people ask to be done to hosts
   */
  public DetectorTopology(
      Topics topics,
      List<Signature> signatures,
      DetectionSettings settings,
      IncidentComposer composer,
      SchemaRegistryClient registry,
      Safeguards safeguards,
      HostRequests requests) {
    this.topics = topics;
    this.signatures = List.copyOf(signatures);
    this.settings = settings;
    this.composer = composer;
    this.registry = registry;
    this.safeguards = safeguards;
    this.requests = requests;
  }

  /** Puts the picture together. */
  public Topology build() {
    return new Topology()
        .addSource(
            AutoOffsetReset.earliest(),
            TELEMETRY,
            new MergeOrder(),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer(),
            topics.telemetry().toArray(String[]::new))
        .addProcessor(DECODE, decode(), TELEMETRY)
        .addProcessor(DETECT, detect(), DECODE)
        .addStateStore(hosts(), DETECT)
        .addStateStore(windows(), DETECT)
        .addStateStore(incidentHistory(), DETECT)
        .addSink(
            INCIDENTS,
            topics.incidents(),
            new ByteArraySerializer(),
            AvroSerdes.serializer(registry),
            DETECT)
        .addSink(
            DEAD_LETTERS,
            topics.deadLetters(),
            new ByteArraySerializer(),
            new ByteArraySerializer(),
            DECODE,
            DETECT);
  }

  private ProcessorSupplier<byte[], byte[], byte[], Object> decode() {
    return () -> new DecodeProcessor(new TelemetryDecoder(signatures, registry), safeguards);
  }

  private ProcessorSupplier<byte[], Telemetry, byte[], Object> detect() {
    HostDetector detector = new HostDetector(signatures, settings, composer);
    return () -> new DetectProcessor(detector, settings, topics, safeguards.metrics(), requests);
  }

  private static StoreBuilder<KeyValueStore<String, StoredHost>> hosts() {
    return WriteBehindStore.builder(HOSTS, StoredHost.serde(), DECODED, DECODED);
  }

  private static StoreBuilder<KeyValueStore<String, List<HostWindow>>> windows() {
    return WriteBehindStore.builder(WINDOWS, StateSerdes.hostWindows(), DECODED, 0);
  }

  /** In the form they have on their topic, whose subject in the registry they share. */
  private StoreBuilder<KeyValueStore<String, Incident>> incidentHistory() {
    KafkaAvroSerializer serializer = AvroSerdes.serializer(registry);
    KafkaAvroDeserializer deserializer = AvroSerdes.deserializer(registry);
    Serde<Incident> serde =
        Serdes.serdeFrom(
            (changelog, incident) -> serializer.serialize(topics.incidents(), incident),
            (changelog, bytes) -> (Incident) deserializer.deserialize(topics.incidents(), bytes));
    return Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(INCIDENT_HISTORY), Serdes.String(), serde)
        .withCachingEnabled();
  }
}
