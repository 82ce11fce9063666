package io.netnswatch.replay;

import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.netnswatch.command.Commands;
import io.netnswatch.command.InputPath;
import io.netnswatch.command.Range;
import io.netnswatch.command.Version;
import io.netnswatch.command.cluster.Cluster;
import io.netnswatch.command.cluster.ClusterOptions;
import io.netnswatch.command.records.AvroSerdes;
import io.netnswatch.command.topics.TopicPlan;
import io.netnswatch.replay.history.ArchiveHistory;
import io.netnswatch.replay.history.EventStream;
import io.netnswatch.replay.history.RecordedEvent;
import io.netnswatch.schema.SendTime;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code netnswatch import}: an archive back into the topics of a test cluster. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    showDefaultValues = true,
    sortOptions = false,
    description =
        "Writes the events of an archive to the telemetry topics of a test cluster, with their own"
            + " times; the topics are created if they do not exist, and keep records for ever.")
public final class ImportCommand implements Callable<Integer> {

  private static final int SAY_EVERY_EVENTS = 100_000;

  @InputPath(InputPath.Kind.DIRECTORY)
  @Option(
      names = "--archive",
      paramLabel = "DIR",
      required = true,
      description = "What netnswatch export wrote, or spools of collectors, one a folder.")
  private Path archive = Path.of("");

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Mixin private RangeOptions range = new RangeOptions();

  @Range(min = "1", max = "10000")
  @Option(
      names = "--partitions",
      paramLabel = "N",
      defaultValue = "12",
      description = "Of topics that are created.")
  private int partitions = 12;

  @Range(min = "-1", max = "100")
  @Option(
      names = "--replication-factor",
      paramLabel = "N",
      defaultValue = "-1",
      description = "Of topics that are created; -1 is the broker's default.")
  private short replicationFactor = -1;

  @Spec private CommandSpec spec = CommandSpec.create();

  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private final SendTime sendTime = new SendTime(InstantSource.system());
  private long events;

  public static void main(String[] arguments) {
    System.exit(Commands.run(new ImportCommand(), arguments));
  }

  @Override
  public Integer call()
      throws IOException, InterruptedException, ExecutionException, RestClientException {
    Cluster to = cluster.cluster();
    ArchiveHistory history = new ArchiveHistory(archive);
    Instant oldest = oldest(history); // what is no archive is found before anything is made
    try (Admin admin = Admin.create(to.clientSettings())) {
      TopicPlan plan = new TopicPlan(to.topics(), partitions, replicationFactor).keepingTelemetry();
      plan.create(admin);
      plan.registerSchemas(to.registry());
      checkRetention(admin, to, oldest);
    }
    Map<String, Object> settings = to.clientSettings();
    settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "gzip");
    try (KafkaProducer<String, Object> producer =
        new KafkaProducer<>(
            settings, new StringSerializer(), AvroSerdes.serializer(to.registry()))) {
      for (EventStream stream : history.streams(range.range())) {
        try (stream) {
          send(stream, producer, to);
        }
      }
      producer.flush();
      check();
    }
    spec.commandLine().getOut().printf("%d events to %s%n", events, to.bootstrapServers());
    return 0;
  }

  private Instant oldest(ArchiveHistory history) throws IOException {
    Instant oldest = Instant.now();
    for (EventStream stream : history.streams(range.range())) {
      try (stream) {
        RecordedEvent first = stream.peek();
        if (first != null && first.event().eventTime().isBefore(oldest)) {
          oldest = first.event().eventTime();
        }
      }
    }
    return oldest;
  }

  /** A broker deletes what is older than its topic's retention, and says nothing. */
  private static void checkRetention(Admin admin, Cluster to, Instant oldest)
      throws IOException, InterruptedException, ExecutionException {
    List<ConfigResource> topics =
        to.topics().telemetry().stream()
            .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
            .toList();
    for (Map.Entry<ConfigResource, Config> it :
        admin.describeConfigs(topics).all().get().entrySet()) {
      long keptMs = Long.parseLong(it.getValue().get(TopicConfig.RETENTION_MS_CONFIG).value());
      if (keptMs >= 0 && oldest.isBefore(Instant.now().minusMillis(keptMs))) {
        throw new IOException(
            "topic "
                + it.getKey().name()
                + " keeps records for "
                + Duration.ofMillis(keptMs).toHours()
                + " h and would lose those of "
                + oldest
                + "; set its retention.ms to -1, or name another --topic-prefix");
      }
    }
  }

  private void send(EventStream stream, KafkaProducer<String, Object> producer, Cluster to)
      throws IOException {
    for (RecordedEvent next = stream.peek(); next != null; next = stream.peek()) {
      ProducerRecord<String, Object> record =
          new ProducerRecord<>(
              to.topics().topicOf(next.event().value()),
              null,
              next.timeMs(),
              next.event().host(),
              next.event().value());
      record.headers().add(SendTime.HEADER, sendTime.next());
      var unused =
          producer.send(
              record,
              (sent, e) -> {
                if (e != null) {
                  failure.compareAndSet(null, e);
                }
              });
      check();
      if (++events % SAY_EVERY_EVENTS == 0) {
        spec.commandLine().getErr().printf("import: %,d events%n", events);
        spec.commandLine().getErr().flush();
      }
      stream.advance();
    }
  }

  private void check() throws IOException {
    Exception e = failure.get();
    if (e != null) {
      throw new IOException("can't write: " + e.getMessage(), e);
    }
  }
}
