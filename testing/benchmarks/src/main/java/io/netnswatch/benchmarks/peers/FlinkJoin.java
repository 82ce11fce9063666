package io.netnswatch.benchmarks.peers;

import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.netnswatch.command.records.AvroSerdes;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.co.ProcessJoinFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The join of {@link DslJoin} on reduced events, as interval joins of Flink's DataStream API: one
 * slot, a checkpoint each second, state on the heap (its cheapest place), objects reused.
 */
public final class FlinkJoin {

  /** Flink makes its functions from their serialized form, so counters can only be static. */
  private static final AtomicLong TAKEN_UP = new AtomicLong();

  private static final AtomicLong ALARMS = new AtomicLong();

  private static final Duration COINCIDE = Duration.ofSeconds(30);
  private static final Duration GRACE = Duration.ofSeconds(5);
  private static final long CHECKPOINT_MS = 1_000;

  private final String bootstrapServers;
  private final String registryUrl;
  private final Topics topics;
  private final Path checkpoints;

  /** What a join keeps of an event; a plain object, which Flink serializes without Kryo. */
  public static final class Event {
    public String host = "";
    public double hotCpus;
    public long blockedMs;

    public Event() {}

    Event(String host, Reduced reduced) {
      this.host = host;
      this.hotCpus = reduced.hotCpus();
      this.blockedMs = reduced.blockedMs();
    }

    Reduced reduced() {
      return new Reduced(hotCpus, blockedMs);
    }

    public String getHost() {
      return host;
    }
  }

  /**
   * Reads those topics.
   *
   * @param checkpoints directory for them
   */
  public FlinkJoin(String bootstrapServers, String registryUrl, Topics topics, Path checkpoints) {
    this.bootstrapServers = bootstrapServers;
    this.registryUrl = registryUrl;
    this.topics = topics;
    this.checkpoints = checkpoints;
  }

  /** Starts it in this process. */
  public JobClient start() throws Exception {
    Configuration settings = new Configuration();
    settings.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
    settings.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints.toUri().toString());
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    settings.set(RestOptions.BIND_PORT, "0");
    settings.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
    StreamExecutionEnvironment flink =
        StreamExecutionEnvironment.createLocalEnvironment(1, settings);
    flink.enableCheckpointing(CHECKPOINT_MS, CheckpointingMode.EXACTLY_ONCE);
    flink.getConfig().enableObjectReuse();
    KeyedStream<Event, String> perf = events(flink, topics.perfSamples());
    KeyedStream<Event, String> netns = events(flink, topics.netnsLatencies());
    KeyedStream<Event, String> proc = events(flink, topics.procSnapshots());
    perf.intervalJoin(netns)
        .between(COINCIDE.negated(), COINCIDE)
        .process(new Both())
        .filter(it -> it.reduced().isHot() && it.reduced().isBlocked())
        .keyBy(Event::getHost)
        .intervalJoin(proc)
        .between(COINCIDE.negated(), COINCIDE)
        .process(new Alarm())
        .sinkTo(new DiscardingSink<>());
    return flink.executeAsync("join");
  }

  /** How many events it has taken up. */
  public static long takenUp() {
    return TAKEN_UP.get();
  }

  /** How many pairs it has found. */
  public static long alarms() {
    return ALARMS.get();
  }

  private KeyedStream<Event, String> events(StreamExecutionEnvironment flink, String topic) {
    KafkaSource<Event> source =
        KafkaSource.<Event>builder()
            .setBootstrapServers(bootstrapServers)
            .setTopics(topic)
            .setGroupId("flink-join")
            .setStartingOffsets(OffsetsInitializer.earliest())
            .setDeserializer(new Decode(registryUrl))
            .build();
    return flink
        .fromSource(source, WatermarkStrategy.forBoundedOutOfOrderness(GRACE), topic)
        .keyBy(Event::getHost);
  }

  /** Confluent's deserializer, then the two numbers that matter. */
  private static final class Decode implements KafkaRecordDeserializationSchema<Event> {
    private static final long serialVersionUID = 1L;

    private final String registryUrl;
    private transient @Nullable KafkaAvroDeserializer deserializer;

    Decode(String registryUrl) {
      this.registryUrl = registryUrl;
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Event> out) {
      KafkaAvroDeserializer avro = deserializer;
      if (avro == null) {
        avro = AvroSerdes.deserializer(new CachedSchemaRegistryClient(registryUrl, 100));
        deserializer = avro;
      }
      Object event = avro.deserialize(record.topic(), record.value());
      TAKEN_UP.incrementAndGet();
      out.collect(new Event(new String(record.key(), StandardCharsets.UTF_8), reduced(event)));
    }

    private static Reduced reduced(Object event) {
      if (event instanceof PerfSample sample) {
        return Reduced.of(sample);
      }
      if (event instanceof NetnsLatency latency) {
        return Reduced.of(latency);
      }
      return new Reduced(0, ((ProcSnapshot) event).getTaskCounts().getUninterruptible());
    }

    @Override
    public TypeInformation<Event> getProducedType() {
      return TypeInformation.of(Event.class);
    }
  }

  private static final class Both extends ProcessJoinFunction<Event, Event, Event> {
    private static final long serialVersionUID = 1L;

    @Override
    public void processElement(Event left, Event right, Context context, Collector<Event> out) {
      out.collect(new Event(left.host, left.reduced().with(right.reduced())));
    }
  }

  private static final class Alarm extends ProcessJoinFunction<Event, Event, Event> {
    private static final long serialVersionUID = 1L;

    @Override
    public void processElement(Event left, Event right, Context context, Collector<Event> out) {
      ALARMS.incrementAndGet();
    }
  }
}
