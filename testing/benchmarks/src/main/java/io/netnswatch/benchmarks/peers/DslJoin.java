package io.netnswatch.benchmarks.peers;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.netnswatch.command.records.AvroSerdes;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.Topics;
import java.time.Duration;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.JoinWindows;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.StreamJoined;

/**
 * The join in plain Kafka Streams DSL: hot code and a blocked creation of the same host within 30 s
 * of each other, and the snapshots beside them. It raises an alarm for each pair it finds; it knows
 * no recovery, no look-alikes and no lifecycle.
 */
public final class DslJoin {

  /** What is put into the join's stores. */
  public enum Events {
    /** Events as they are. */
    WHOLE,
    /** Of each event the two numbers that matter, in 16 bytes. */
    REDUCED,
    /** Of those only the ones that speak for a livelock: the least that can be done. */
    FILTERED
  }

  private static final JoinWindows WINDOWS =
      JoinWindows.ofTimeDifferenceAndGrace(Duration.ofSeconds(30), Duration.ofSeconds(5));

  private final Topics topics;
  private final SchemaRegistryClient registry;
  private final Events joined;
  private final Runnable onAlarm;

  public DslJoin(Topics topics, SchemaRegistryClient registry, Events joined, Runnable onAlarm) {
    this.topics = topics;
    this.registry = registry;
    this.joined = joined;
    this.onAlarm = onAlarm;
  }

  public Topology build() {
    StreamsBuilder builder = new StreamsBuilder();
    KStream<String, PerfSample> perf = stream(builder, topics.perfSamples());
    KStream<String, NetnsLatency> netns = stream(builder, topics.netnsLatencies());
    KStream<String, ProcSnapshot> proc = stream(builder, topics.procSnapshots());
    KStream<String, Reduced> both =
        joined == Events.WHOLE
            ? perf.join(
                netns,
                (sample, latency) -> Reduced.of(sample).with(Reduced.of(latency)),
                WINDOWS,
                StreamJoined.with(
                        Serdes.String(),
                        this.<PerfSample>serde(topics.perfSamples()),
                        this.<NetnsLatency>serde(topics.netnsLatencies()))
                    .withName("hot-and-blocked")
                    .withStoreName("hot-and-blocked"))
            : reduced(perf.mapValues(it -> Reduced.of(it)))
                .join(
                    reduced(netns.mapValues(it -> Reduced.of(it))),
                    Reduced::with,
                    WINDOWS,
                    StreamJoined.with(Serdes.String(), Reduced.serde(), Reduced.serde())
                        .withName("hot-and-blocked")
                        .withStoreName("hot-and-blocked"));
    both.filter((host, it) -> it.isHot() && it.isBlocked())
        .join(
            proc.mapValues(it -> it.getTaskCounts().getUninterruptible()),
            (it, uninterruptible) -> it,
            WINDOWS,
            StreamJoined.with(Serdes.String(), Reduced.serde(), Serdes.Integer())
                .withName("and-snapshot")
                .withStoreName("and-snapshot"))
        .foreach((host, it) -> onAlarm.run());
    return builder.build();
  }

  private KStream<String, Reduced> reduced(KStream<String, Reduced> events) {
    return joined == Events.FILTERED
        ? events.filter((host, it) -> it.isHot() || it.isBlocked())
        : events;
  }

  private <T> KStream<String, T> stream(StreamsBuilder builder, String topic) {
    return builder.stream(topic, Consumed.with(Serdes.String(), this.<T>serde(topic)));
  }

  /** Under the topic's subject also where it is a store's. */
  @SuppressWarnings("unchecked")
  private <T> Serde<T> serde(String topic) {
    var serializer = AvroSerdes.serializer(registry);
    var deserializer = AvroSerdes.deserializer(registry);
    return Serdes.serdeFrom(
        (store, value) -> serializer.serialize(topic, value),
        (store, bytes) -> (T) deserializer.deserialize(topic, bytes));
  }
}
