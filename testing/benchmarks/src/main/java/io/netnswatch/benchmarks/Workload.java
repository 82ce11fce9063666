package io.netnswatch.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import io.netnswatch.command.records.AvroSerdes;
import io.netnswatch.command.topics.TopicPlan;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.SendTime;
import io.netnswatch.schema.SymbolSamples;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.schema.Topics;
import io.netnswatch.simulator.Condition;
import io.netnswatch.simulator.Fleet;
import io.netnswatch.simulator.HostSpec;
import io.netnswatch.simulator.Simulation;
import io.netnswatch.simulator.TimelineStep.ConditionBegins;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Telemetry of simulated hosts at the default cadence, the same events for the same settings. What
 * the events look like is from the recordings (simulator/README.md). It ends now, so that brokers
 * take its timestamps.
 *
 * @param hosts how many
 * @param minutes of event time
 * @param livelocked share of the hosts that livelock, one after the other, and stay so
 * @param symbolFactor how many times as many symbols a perf sample has
 */
record Workload(int hosts, int minutes, double livelocked, int symbolFactor) {

  private static final int SEED = 17;

  /** The recorded mix: a few hosts in trouble, the rest well. */
  static Workload of(int hosts, int minutes) {
    return new Workload(hosts, minutes, 0.01, 1);
  }

  Workload withLivelocked(double share) {
    return new Workload(hosts, minutes, share, symbolFactor);
  }

  Workload withSymbols(int factor) {
    return new Workload(hosts, minutes, livelocked, factor);
  }

  /** All events in the order in which they are sent. */
  Iterator<TelemetryEvent> events() {
    Iterator<TelemetryEvent> events = new Simulation(fleet()).events().iterator();
    return symbolFactor == 1 ? events : new Enlarged(events, symbolFactor);
  }

  /**
   * Makes topics and fills them.
   *
   * @return how many events
   */
  long publish(
      String bootstrapServers, SchemaRegistryClient registry, Topics topics, int partitions)
      throws Exception {
    TopicPlan plan = new TopicPlan(topics, partitions, (short) 1);
    Map<String, Object> address = Map.of("bootstrap.servers", bootstrapServers);
    try (Admin admin = Admin.create(address)) {
      plan.create(admin);
    }
    plan.registerSchemas(registry);
    Map<String, Object> settings = new HashMap<>(address);
    settings.put("linger.ms", "20");
    settings.put("batch.size", "262144");
    settings.put("compression.type", "lz4");
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      return send(producer, registry, topics);
    }
  }

  private long send(
      KafkaProducer<byte[], byte[]> producer, SchemaRegistryClient registry, Topics topics)
      throws ExecutionException, InterruptedException {
    KafkaAvroSerializer serializer = AvroSerdes.serializer(registry);
    Map<String, SendTime> sendTimes = new HashMap<>();
    List<Future<RecordMetadata>> latest = new ArrayList<>();
    long sent = 0;
    for (Iterator<TelemetryEvent> events = events(); events.hasNext(); ) {
      TelemetryEvent event = events.next();
      String topic = topics.topicOf(event.value());
      var record =
          new ProducerRecord<>(
              topic,
              null,
              event.eventTime().toEpochMilli(),
              event.host().getBytes(UTF_8),
              requireNonNull(serializer.serialize(topic, event.value())));
      SendTime sendTime =
          sendTimes.computeIfAbsent(event.host(), host -> new SendTime(InstantSource.system()));
      record.headers().add(SendTime.HEADER, sendTime.next());
      latest.add(producer.send(record));
      sent++;
      if (latest.size() == 10_000) {
        await(latest);
      }
    }
    await(latest);
    return sent;
  }

  private static void await(List<Future<RecordMetadata>> sent)
      throws ExecutionException, InterruptedException {
    for (Future<RecordMetadata> one : sent) {
      one.get();
    }
    sent.clear();
  }

  private Fleet fleet() {
    Duration length = Duration.ofMinutes(minutes);
    List<HostSpec> specs = new ArrayList<>();
    long livelocks = Math.round(livelocked * hosts);
    for (int i = 0; i < hosts; i++) {
      // Spread over the hosts and over the first half of the time.
      boolean ill = livelocks > 0 && i * livelocks / hosts != (i + 1) * livelocks / hosts;
      long beginMs = length.toMillis() / 2 * i / hosts;
      String name = String.format("compute-%05d.example.org", i);
      specs.add(
          ill
              ? HostSpec.of(name, new ConditionBegins(beginMs, Condition.CLEANUP_LIVELOCK))
              : HostSpec.of(name));
    }
    Instant start = Instant.now().minus(length).minusSeconds(60);
    return new Fleet(SEED, start, length, 0, 0, specs);
  }

  /** Perf samples with all symbols but the workers' several times over. */
  private record Enlarged(Iterator<TelemetryEvent> events, int factor)
      implements Iterator<TelemetryEvent> {

    @Override
    public boolean hasNext() {
      return events.hasNext();
    }

    @Override
    public TelemetryEvent next() {
      TelemetryEvent event = events.next();
      if (!(event.value() instanceof PerfSample sample)) {
        return event;
      }
      List<SymbolSamples> symbols = new ArrayList<>(sample.getSymbols());
      for (SymbolSamples symbol : sample.getSymbols()) {
        if (!symbol.getComm().startsWith("kworker")) { // or they would add up to too many samples
          symbols.addAll(Collections.nCopies(factor - 1, symbol));
        }
      }
      return TelemetryEvent.of(PerfSample.newBuilder(sample).setSymbols(symbols).build());
    }
  }
}
