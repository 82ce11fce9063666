package io.netnswatch.collector;

import io.netnswatch.collector.publish.ClientSettings;
import io.netnswatch.collector.publish.DropCount;
import io.netnswatch.collector.publish.KafkaDelivery;
import io.netnswatch.collector.publish.TelemetryPublisher;
import io.netnswatch.collector.publish.TopicTail;
import io.netnswatch.collector.spool.Spool;
import io.netnswatch.collector.spool.SpoolSettings;
import io.netnswatch.command.DataSize;
import io.netnswatch.command.Range;
import io.netnswatch.command.cluster.Cluster;
import io.netnswatch.command.cluster.ClusterOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.apache.kafka.clients.producer.KafkaProducer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where events go, and where they wait until they can. */
final class DeliveryOptions {

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Option(
      names = "--spool-dir",
      paramLabel = "DIR",
      defaultValue = "/var/lib/netnswatch/spool",
      description =
          "Where events wait while Kafka or the registry takes none; mode 0700. If it can't be"
              + " used, the collector says so and goes on without.")
  private Path spoolDirectory = Path.of("");

  @Range(min = "1MiB", max = "1024GiB")
  @Option(
      names = "--spool-size",
      paramLabel = "SIZE",
      defaultValue = "256MiB",
      description = "Limit of the spool; the oldest events go first.")
  private DataSize spoolSize = DataSize.ofMebibytes(256);

  @Range(min = "1h", max = "365d")
  @Option(
      names = "--spool-age",
      paramLabel = "TIME",
      defaultValue = "3d",
      description = "How long events wait at most.")
  private Duration spoolAge = Duration.ofDays(3);

  /**
   * Begins to publish.
   *
   * @throws IOException if the settings can't be read
   */
  TelemetryPublisher publisher(String host) throws IOException {
    Cluster kafka = cluster.cluster();
    KafkaDelivery delivery =
        new KafkaDelivery(
            () -> new KafkaProducer<>(ClientSettings.ofProducer(kafka)),
            new TopicTail(ClientSettings.ofTail(kafka), kafka.topics(), host),
            kafka.topics());
    DropCount dropped = new DropCount();
    return new TelemetryPublisher(
        delivery,
        new Spool(
            new SpoolSettings(spoolDirectory, spoolSize.bytes(), spoolAge),
            Clock.systemUTC(),
            dropped),
        dropped);
  }
}
