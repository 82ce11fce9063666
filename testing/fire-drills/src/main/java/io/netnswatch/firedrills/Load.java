package io.netnswatch.firedrills;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import io.netnswatch.command.records.AvroSerdes;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.SendTime;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.schema.Topics;
import io.netnswatch.simulator.Cadence;
import io.netnswatch.simulator.Condition;
import io.netnswatch.simulator.Fleet;
import io.netnswatch.simulator.HostSpec;
import io.netnswatch.simulator.SimulatedKernel;
import io.netnswatch.simulator.Simulation;
import io.netnswatch.simulator.TelemetrySource;
import io.netnswatch.simulator.TimelineStep;
import io.netnswatch.simulator.TimelineStep.ConditionBegins;
import io.netnswatch.simulator.TimelineStep.Reboot;
import io.netnswatch.simulator.Visibility;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Telemetry of simulated hosts, some of which livelock and are rebooted; the same for the same
 * settings. It ends now, by its own clock, so that brokers take it.
 *
 * @param hosts how many
 * @param minutes of event time
 * @param lasts how long sending takes, with event time as fast as that takes
 * @param clockOffsetMs how far the clock of every tenth host is off, milliseconds
 * @param repeated how often each event is sent
 * @param huge whether the perf samples of {@link #HUGE_HOST} have nearly a megabyte
 * @param ofTwins whether they are others of the same names, and healthy
 */
record Load(
    int hosts,
    int minutes,
    Duration lasts,
    long clockOffsetMs,
    int repeated,
    boolean huge,
    boolean ofTwins) {

  private static final int SEED = 11;
  private static final int SEED_OF_TWINS = 12;
  private static final long MINUTE_MS = 60_000;
  private static final int HUGE_BYTES = 900_000;
  private static final String HUGE_HOST = "host-1";

  /**
   * So many events may be on their way. More would wait for the largest, and the topic of perf
   * samples come to be minutes of event time behind the others, as no collector's does.
   */
  private static final int IN_FLIGHT = 1_000;

  /** Every so manyth host livelocks. */
  private static final int LIVELOCKED = 5;

  /** Every so manyth host's clock is off. */
  private static final int SKEWED = 10;

  Load {
    if (hosts < 1 || minutes < 4 || lasts.isNegative()) {
      throw new IllegalArgumentException("no load");
    }
  }

  /** So many healthy hosts and livelocked ones, each event once, all clocks right. */
  static Load of(int hosts, int minutes, Duration lasts) {
    return new Load(hosts, minutes, lasts, 0, 1, false, false);
  }

  Load lasting(Duration other) {
    return new Load(hosts, minutes, other, clockOffsetMs, repeated, huge, ofTwins);
  }

  Load withClockOffset(Duration offset) {
    return new Load(hosts, minutes, lasts, offset.toMillis(), repeated, huge, ofTwins);
  }

  Load withHugeEvents() {
    return new Load(hosts, minutes, lasts, clockOffsetMs, repeated, true, ofTwins);
  }

  /** One more host, livelocked too, that says everything so many times in the same while. */
  Load ofOneHost(int times) {
    return new Load(1, minutes, lasts, 0, times, false, false);
  }

  /** As many other hosts of the same names, in the same while. */
  Load twins() {
    return new Load(hosts, minutes, lasts, clockOffsetMs, repeated, huge, true);
  }

  /**
   * Sends all of it and waits until the broker has it.
   *
   * @return how many events
   */
  long send(KafkaProducer<byte[], byte[]> producer, Topics topics, SchemaRegistryClient registry)
      throws Exception {
    KafkaAvroSerializer serializer = AvroSerdes.serializer(registry);
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    Fleet fleet = fleet();
    Map<String, SendTime> sendTimes = new HashMap<>();
    Map<String, Long> clockOffsetsMs = new HashMap<>();
    for (HostSpec host : fleet.hosts()) {
      Duration offset = Duration.ofMillis(host.clockOffsetMs());
      clockOffsetsMs.put(host.name(), host.clockOffsetMs());
      sendTimes.put(host.name(), new SendTime(() -> Instant.now().plus(offset)));
    }
    Semaphore inFlight = new Semaphore(IN_FLIGHT);
    long begin = System.nanoTime();
    Iterator<TelemetryEvent> events = new Simulation(fleet).events().iterator();
    while (events.hasNext()) {
      TelemetryEvent event = events.next();
      String topic = topics.topicOf(event.value());
      byte[] key = event.host().getBytes(UTF_8);
      byte[] value = serializer.serialize(topic, event.value());
      if (huge && event.host().equals(HUGE_HOST) && event.value() instanceof PerfSample sample) {
        value = serializer.serialize(topic, enlarged(sample, value.length));
      }
      long timestamp = event.eventTime().toEpochMilli();
      pace(begin, timestamp - requireNonNull(clockOffsetsMs.get(event.host())), fleet);
      for (int i = 0; i < repeated; i++) {
        var record = new ProducerRecord<>(topic, null, timestamp, key, value);
        record.headers().add(SendTime.HEADER, requireNonNull(sendTimes.get(event.host())).next());
        inFlight.acquire();
        sent.add(producer.send(record, (written, refused) -> inFlight.release()));
      }
    }
    for (Future<RecordMetadata> record : sent) {
      record.get();
    }
    return sent.size();
  }

  /** The same sample with so many symbols that brokers just take it by default. */
  private static PerfSample enlarged(PerfSample sample, int size) {
    return PerfSample.newBuilder(sample)
        .setSymbols(
            Collections.nCopies(HUGE_BYTES / size, sample.getSymbols()).stream()
                .flatMap(List::stream)
                .toList())
        .build();
  }

  /** Sleeps until it is time for an event: that is what a pace is. */
  private void pace(long begin, long madeAtMs, Fleet fleet) {
    double share = (madeAtMs - fleet.start().toEpochMilli()) / (double) (minutes * MINUTE_MS);
    long due = begin + (long) (share * lasts.toNanos());
    for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private Fleet fleet() {
    Instant start = Instant.now().minus(Duration.ofMinutes(minutes + 1L));
    List<HostSpec> specs = new ArrayList<>();
    for (int i = 0; i < hosts; i++) {
      specs.add(host(i));
    }
    return new Fleet(
        ofTwins ? SEED_OF_TWINS : SEED, start, Duration.ofMinutes(minutes), 0, 0, specs);
  }

  private HostSpec host(int number) {
    long offset = number % SKEWED == 1 ? clockOffsetMs : 0;
    return new HostSpec(
        (repeated > 1 ? "loud-host-" : "host-") + number,
        4,
        SimulatedKernel.RECORDED,
        Set.of(TelemetrySource.values()),
        Visibility.FULL,
        Cadence.DEFAULT,
        number % 2 == 0,
        offset,
        timeline(number));
  }

  private List<TimelineStep> timeline(int number) {
    if (ofTwins || number % LIVELOCKED != 0) {
      return List.of();
    }
    long beginMs = MINUTE_MS + number * 500L % MINUTE_MS;
    long endMs = beginMs + (minutes - 2) * MINUTE_MS / 2;
    return List.of(
        new ConditionBegins(beginMs, Condition.CLEANUP_LIVELOCK), new Reboot(endMs, 20_000, null));
  }
}
