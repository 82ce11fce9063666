package io.netnswatch.collector;

import io.netnswatch.collector.publish.ClientSettings;
import io.netnswatch.collector.publish.DropCount;
import io.netnswatch.collector.publish.KafkaDelivery;
import io.netnswatch.collector.publish.TelemetryPublisher;
import io.netnswatch.collector.publish.TopicTail;
import io.netnswatch.collector.spool.Spool;
import io.netnswatch.collector.spool.SpoolSettings;
import io.netnswatch.command.KafkaConfigFile;
import io.netnswatch.schema.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where events go, and where they wait until they can. */
final class DeliveryOptions {

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT",
      defaultValue = "localhost:9092",
      description = "Kafka brokers.")
  private String bootstrapServers = "";

  @Option(
      names = "--schema-registry-url",
      paramLabel = "URL",
      defaultValue = "http://localhost:8081",
      description = "Schema Registry.")
  private String registryUrl = "";

  @Option(
      names = "--topic-prefix",
      paramLabel = "P",
      defaultValue = Topics.DEFAULT_PREFIX,
      description = "Begins every topic name.")
  private String topicPrefix = "";

  @Option(
      names = "--kafka-config",
      paramLabel = "FILE",
      description =
          "Properties for the Kafka clients, the Avro serializer and the registry client"
              + " (schema.registry.*). Values may hold $${env:NAME}, $${file:PROPERTIES:KEY} and"
              + " $${directory:PATH:FILE}.")
  private @Nullable Path kafkaConfig;

  @Option(
      names = "--spool-dir",
      paramLabel = "DIR",
      defaultValue = "/var/lib/netnswatch/spool",
      description =
          "Where events wait while Kafka or the registry takes none; mode 0700. If it can't be"
              + " used, the collector says so and goes on without.")
  private Path spoolDirectory = Path.of("");

  @Option(
      names = "--spool-size",
      paramLabel = "MIB",
      defaultValue = "256",
      description = "Limit of the spool in MiB; the oldest events go first.")
  private int spoolMebibytes;

  @Option(
      names = "--spool-age",
      paramLabel = "HOURS",
      defaultValue = "72",
      description = "Hours that events wait at most.")
  private int spoolHours;

  boolean areValid() {
    return spoolMebibytes >= 1 && spoolHours >= 1;
  }

  /**
   * Begins to publish.
   *
   * @throws IOException if the settings can't be read
   */
  TelemetryPublisher publisher(String host) throws IOException {
    Topics topics = new Topics(topicPrefix);
    Map<String, String> own = kafkaConfig == null ? Map.of() : KafkaConfigFile.read(kafkaConfig);
    KafkaDelivery delivery =
        new KafkaDelivery(
            () ->
                new KafkaProducer<>(ClientSettings.ofProducer(bootstrapServers, registryUrl, own)),
            new TopicTail(ClientSettings.ofTail(bootstrapServers, registryUrl, own), topics, host),
            topics);
    DropCount dropped = new DropCount();
    SpoolSettings settings =
        new SpoolSettings(
            spoolDirectory, (long) spoolMebibytes << 20, Duration.ofHours(spoolHours));
    return new TelemetryPublisher(
        delivery, new Spool(settings, Clock.systemUTC(), dropped), dropped);
  }
}
