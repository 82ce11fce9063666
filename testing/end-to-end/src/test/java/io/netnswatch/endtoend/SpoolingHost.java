package io.netnswatch.endtoend;

import io.netnswatch.collector.Envelope;
import io.netnswatch.collector.publish.ClientSettings;
import io.netnswatch.collector.publish.DropCount;
import io.netnswatch.collector.publish.KafkaDelivery;
import io.netnswatch.collector.publish.TelemetryPublisher;
import io.netnswatch.collector.publish.TopicTail;
import io.netnswatch.collector.spool.Spool;
import io.netnswatch.collector.spool.SpoolSettings;
import io.netnswatch.command.cluster.Cluster;
import io.netnswatch.schema.CommandOrigin;
import io.netnswatch.schema.CommandOutcome;
import io.netnswatch.schema.NetnsCommand;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.schema.Topics;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;

/**
 * A collector's way to Kafka with a source that emits 100 events a second at most, of two kinds in
 * turn: BOOTSTRAP REGISTRY SPOOL JOURNAL. The journal gets a line {@code RUN ACCEPTED DROPPED}
 * every 10 ms: of the run's events the first ACCEPTED have been acknowledged or written to the
 * spool, or are among the DROPPED.
 */
public final class SpoolingHost {

  static final String NAME = "spooling-host";
  static final Topics TOPICS = Topics.withDefaultPrefix();
  private static final int EVERY_MS = 10;
  private static final int MAX_WAITING = 48; // of the 64 that the queue holds

  private SpoolingHost() {}

  public static void main(String[] arguments) throws Exception {
    Instant started = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    Envelope envelope = new Envelope(NAME, "boot", "4.15.1", started);
    CountDownLatch stopping = new CountDownLatch(1);
    TelemetryPublisher publisher = publisher(arguments[0], arguments[1], Path.of(arguments[2]));
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  stopping.countDown();
                  publisher.close();
                }));
    try (FileChannel journal =
        FileChannel.open(
            Path.of(arguments[3]), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      long emitted = 0;
      while (!stopping.await(EVERY_MS, TimeUnit.MILLISECONDS)) {
        if (publisher.waiting() < MAX_WAITING) {
          publisher.publish(event(envelope, ++emitted));
        }
        long accepted = emitted - publisher.waiting();
        long dropped = publisher.dropped().values().stream().mapToLong(it -> it).sum();
        String line = started.toEpochMilli() + " " + accepted + " " + dropped + "\n";
        journal.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
      }
    }
  }

  private static TelemetryPublisher publisher(String bootstrap, String registry, Path spool) {
    Cluster kafka = new Cluster(bootstrap, registry, TOPICS, Map.of());
    DropCount dropped = new DropCount();
    SpoolSettings settings = new SpoolSettings(spool, 64 << 20, Duration.ofHours(1));
    return new TelemetryPublisher(
        new KafkaDelivery(
            () -> new KafkaProducer<>(ClientSettings.ofProducer(kafka)),
            new TopicTail(ClientSettings.ofTail(kafka), TOPICS, NAME),
            TOPICS),
        new Spool(settings, Clock.systemUTC(), dropped),
        dropped);
  }

  private static TelemetryEvent event(Envelope envelope, long number) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    if (number % 2 == 0) {
      return envelope.seal(
          PerfSample.newBuilder()
              .setStartedAt(now)
              .setDurationMs(0)
              .setEvent("cpu-clock:k")
              .setFrequencyHz(99)
              .setCpuCount(2)
              .setSampleCount(0)
              .setIdleCount(0)
              .setCallPathsRecorded(true)
              .setSymbols(List.of()));
    }
    return envelope.seal(
        NetnsLatency.newBuilder()
            .setCommand(NetnsCommand.LIST)
            .setOrigin(CommandOrigin.PROBE)
            .setCommandId("1-" + number)
            .setStartedAt(now)
            .setObservedAt(now)
            .setLatencyMs(1)
            .setOutcome(CommandOutcome.SUCCEEDED));
  }
}
