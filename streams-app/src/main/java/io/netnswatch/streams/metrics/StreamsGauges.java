package io.netnswatch.streams.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.Predicate;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.streams.KafkaStreams;

/**
 * The few of Kafka Streams' thousand metrics that a dashboard of the detector needs, summed up over
 * its tasks and stores.
 */
public final class StreamsGauges implements MeterBinder {

  private final KafkaStreams streams;
  private final List<String> topics;
  private final RestoreProgress restore;

  /** Gauges of this application, which reads these topics. */
  public StreamsGauges(KafkaStreams streams, List<String> topics, RestoreProgress restore) {
    this.streams = streams;
    this.topics = List.copyOf(topics);
    this.restore = restore;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (KafkaStreams.State state : KafkaStreams.State.values()) {
      Gauge.builder("netnswatch.state", streams, it -> it.state() == state ? 1 : 0)
          .description("1 for the state that Kafka Streams is in")
          .tag("state", state.name())
          .register(registry);
    }
    for (String topic : topics) {
      Gauge.builder("netnswatch.lag.records", streams, it -> lag(topic))
          .description("Records of the topic that this instance has not fetched yet")
          .tag("topic", topic)
          .register(registry);
    }
    Gauge.builder(
            "netnswatch.restore.remaining.records", restore, RestoreProgress::remainingRecords)
        .description("Records of changelogs to read before state is whole again")
        .register(registry);
    rocksDb(registry, "block-cache-usage", "block_cache", Math::max);
    rocksDb(registry, "size-all-mem-tables", "mem_tables", Double::sum);
    rocksDb(registry, "total-sst-files-size", "files", Double::sum);
    Gauge.builder(
            "netnswatch.failed.stream.threads",
            streams,
            it -> reduced(name -> name.name().equals("failed-stream-threads"), Double::sum))
        .description("Stream threads that have died since the start")
        .register(registry);
  }

  /** The cache is one for all stores, so each says the same of it. */
  private void rocksDb(
      MeterRegistry registry, String metric, String part, DoubleBinaryOperator reduce) {
    Gauge.builder(
            "netnswatch.rocksdb.bytes",
            streams,
            it -> reduced(name -> name.name().equals(metric), reduce))
        .description("What RocksDB uses, of all stores together")
        .tag("part", part)
        .register(registry);
  }

  private double lag(String topic) {
    return reduced(
        name -> name.name().equals("records-lag") && topic.equals(name.tags().get("topic")),
        Double::sum);
  }

  private double reduced(Predicate<MetricName> which, DoubleBinaryOperator reduce) {
    return streams.metrics().entrySet().stream()
        .filter(metric -> which.test(metric.getKey()))
        .map(metric -> metric.getValue().metricValue())
        .filter(Number.class::isInstance)
        .mapToDouble(value -> ((Number) value).doubleValue())
        .filter(Double::isFinite)
        .reduce(0, reduce);
  }
}
