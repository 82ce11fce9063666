package io.netnswatch.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netnswatch.benchmarks.peers.DslJoin;
import io.netnswatch.command.Commands;
import io.netnswatch.command.cluster.Cluster;
import io.netnswatch.command.records.UnusableRecordException;
import io.netnswatch.detection.DetectionSettings;
import io.netnswatch.detection.IncidentComposer;
import io.netnswatch.detection.evidence.SourceRef;
import io.netnswatch.streams.StreamsOptions;
import io.netnswatch.streams.metrics.DetectorMetrics;
import io.netnswatch.streams.records.TelemetryDecoder;
import io.netnswatch.streams.topology.DetectorTopology;
import io.netnswatch.streams.topology.Safeguards;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka Streams application with the detector's own settings: one thread, commits each second.
 */
final class Streaming implements Contender {

  /** About what is remembered of a healthy host. */
  private static final int STATE_BYTES = 200;

  private static final String STORE = "store";

  private final KafkaStreams streams;
  private final AtomicLong alarms;
  private final SimpleMeterRegistry meters;
  private @Nullable Metric processed;

  private Streaming(
      Topology topology,
      Cluster cluster,
      Path stateDir,
      String guarantee,
      AtomicLong alarms,
      SimpleMeterRegistry meters) {
    StreamsOptions options = new StreamsOptions();
    Commands.line(options)
        .parseArgs(
            "--state-dir=" + stateDir,
            "--application-id=" + stateDir.getFileName(),
            "--commit-interval=1s");
    Properties settings = options.settings(cluster);
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, guarantee);
    settings.put(Safeguards.CONFIG, safeguards(meters));
    this.streams = new KafkaStreams(topology, settings);
    this.alarms = alarms;
    this.meters = meters;
  }

  private static Safeguards safeguards(SimpleMeterRegistry meters) {
    return new Safeguards(new DetectorMetrics(meters, InstantSource.system()));
  }

  /** The detector. */
  static Streaming detector(Cluster cluster, Path stateDir, String guarantee) {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    Topology topology =
        new DetectorTopology(
                cluster.topics(),
                Shipped.SIGNATURES,
                DetectionSettings.DEFAULT,
                new IncidentComposer("benchmark", "runbooks/", null),
                cluster.registry(),
                safeguards(meters))
            .build();
    return new Streaming(topology, cluster, stateDir, guarantee, new AtomicLong(), meters);
  }

  /** Decodes and does nothing with it. */
  static Streaming decodeOnly(Cluster cluster, Path stateDir) {
    Topology topology = source(cluster);
    topology.addProcessor("decode", () -> new Decode(cluster), "source");
    return plain(topology, cluster, stateDir);
  }

  /** Reads and writes the host's state, the same bytes each time, and decodes nothing. */
  static Streaming storeOnly(Cluster cluster, Path stateDir) {
    Topology topology = source(cluster);
    topology.addProcessor(
        "store", (ProcessorSupplier<byte[], byte[], Void, Void>) Store::new, "source");
    topology.addStateStore(
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(STORE), Serdes.String(), Serdes.ByteArray())
            .withCachingEnabled(),
        "store");
    return plain(topology, cluster, stateDir);
  }

  /** The join in Kafka Streams' DSL. */
  static Streaming dsl(Cluster cluster, Path stateDir, DslJoin.Events joined) {
    AtomicLong alarms = new AtomicLong();
    Topology topology =
        new DslJoin(cluster.topics(), cluster.registry(), joined, alarms::incrementAndGet).build();
    return new Streaming(
        topology,
        cluster,
        stateDir,
        StreamsConfig.EXACTLY_ONCE_V2,
        alarms,
        new SimpleMeterRegistry());
  }

  private static Topology source(Cluster cluster) {
    return new Topology()
        .addSource(
            AutoOffsetReset.earliest(),
            "source",
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer(),
            cluster.topics().telemetry().toArray(String[]::new));
  }

  private static Streaming plain(Topology topology, Cluster cluster, Path stateDir) {
    return new Streaming(
        topology,
        cluster,
        stateDir,
        StreamsConfig.EXACTLY_ONCE_V2,
        new AtomicLong(),
        new SimpleMeterRegistry());
  }

  @Override
  public void start() {
    streams.start();
  }

  @Override
  public long processed() {
    if (processed == null) {
      processed =
          streams.metrics().values().stream()
              .filter(it -> it.metricName().name().equals("process-total"))
              .filter(it -> it.metricName().group().equals("stream-thread-metrics"))
              .findFirst()
              .orElse(null);
    }
    return processed == null ? 0 : ((Number) processed.metricValue()).longValue();
  }

  @Override
  public long alarms() {
    return alarms.get()
        + meters.find("netnswatch.incident.steps").tag("action", "TRIGGER").counters().stream()
            .mapToLong(it -> (long) it.count())
            .sum();
  }

  @Override
  public void stop() {
    streams.close();
  }

  private static final class Decode implements Processor<byte[], byte[], Void, Void> {
    private final TelemetryDecoder decoder;
    private ProcessorContext<Void, Void> context;

    Decode(Cluster cluster) {
      this.decoder = new TelemetryDecoder(Shipped.SIGNATURES, cluster.registry());
    }

    @Override
    public void init(ProcessorContext<Void, Void> context) {
      this.context = context;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
      RecordMetadata origin = context.recordMetadata().orElseThrow();
      SourceRef source = new SourceRef(origin.topic(), origin.partition(), origin.offset());
      try {
        decoder.decode(record.key(), record.value(), source);
      } catch (UnusableRecordException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static final class Store implements Processor<byte[], byte[], Void, Void> {
    private KeyValueStore<String, byte[]> store;

    @Override
    public void init(ProcessorContext<Void, Void> context) {
      this.store = context.getStateStore(STORE);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
      String host = new String(record.key(), UTF_8);
      byte[] state = store.get(host);
      byte[] next = state == null ? new byte[STATE_BYTES] : state.clone();
      next[0]++;
      store.put(host, next);
    }
  }
}
