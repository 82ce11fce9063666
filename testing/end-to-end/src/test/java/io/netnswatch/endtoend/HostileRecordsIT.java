package io.netnswatch.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.netnswatch.command.cluster.Cluster;
import io.netnswatch.command.records.AvroSerdes;
import io.netnswatch.command.topics.TopicPlan;
import io.netnswatch.detection.TestEvents;
import io.netnswatch.localcluster.ChildJvm;
import io.netnswatch.localcluster.Children;
import io.netnswatch.localcluster.LocalCluster;
import io.netnswatch.schema.DeadLetterHeaders;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.SendTime;
import io.netnswatch.schema.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Single records that ended the detector once, each time it read them again. */
class HostileRecordsIT {

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Topics TOPICS = Topics.withDefaultPrefix();
  private static final String HOST = "hostile";

  @TempDir private static Path directory;
  private static LocalCluster cluster;
  private static SchemaRegistryClient registry;
  private static ChildJvm detector;
  private static KafkaProducer<byte[], byte[]> producer;

  @BeforeAll
  static void startDetector() throws Exception {
    cluster = LocalCluster.start(directory);
    registry = new CachedSchemaRegistryClient(cluster.schemaRegistryUrl(), 10);
    TopicPlan plan = new TopicPlan(TOPICS, 1, (short) 1).keepingTelemetry();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
      plan.create(admin);
    }
    plan.registerSchemas(registry);
    producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                cluster.bootstrapServers(),
                "compression.type",
                "lz4",
                "max.request.size",
                Integer.toString(8 << 20)),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    detector = Children.detector(cluster, directory, "--http=off");
  }

  @AfterAll
  static void stop() throws Exception {
    producer.close();
    detector.close();
    cluster.close();
  }

  @Test
  void valueThatIsSmallOnlyWhileCompressedIsCut() throws Exception {
    send(Instant.now(), new byte[2 << 20]);

    ConsumerRecord<byte[], byte[]> letter = awaitLetter("INVALID", Integer.toString(2 << 20));
    assertThat(letter.value()).hasSizeLessThan(100_000);
    assertThat(header(letter, DeadLetterHeaders.VALUE_SHA256)).hasSize(64);
    assertThat(header(letter, DeadLetterHeaders.SOURCE_OFFSET)).isNotEmpty();
    anotherHostIsHeard("after-compressed");
  }

  @Test
  void garbageThatLeavesNoRoomForHeadersIsCut() throws Exception {
    byte[] garbage = new byte[1_048_376];
    new Random(1).nextBytes(garbage);

    send(Instant.now(), garbage);

    awaitLetter("INVALID", Integer.toString(garbage.length));
    anotherHostIsHeard("after-garbage");
  }

  @Test
  void textOfUnboundedLengthIsRefused() throws Exception {
    for (int boot = 0; boot < 3; boot++) {
      ProcSnapshot snapshot =
          ProcSnapshot.newBuilder(TestEvents.ofHost(HOST).snapshot(boot))
              .setBootId("boot-" + boot)
              .setKernelRelease("4.4.0-" + "x".repeat(500_000))
              .build();
      send(snapshot.getCollectedAt(), encoded(snapshot));
    }

    awaitLetter("INVALID", "");
    anotherHostIsHeard("after-long-text");
  }

  @Test
  void manyBootsInAWindowDoNotFillTheState() throws Exception {
    for (int boot = 0; boot < 2_000; boot++) {
      ProcSnapshot snapshot =
          ProcSnapshot.newBuilder(TestEvents.ofHost("rebooting").snapshot(1))
              .setBootId(boot + "b".repeat(500))
              .build();
      send(snapshot.getCollectedAt(), "rebooting", encoded(snapshot), null);
    }

    anotherHostIsHeard("after-boots");
  }

  @Test
  void timeInTheValueFarAheadOfTheRecordsIsRefused() throws Exception {
    ProcSnapshot snapshot =
        ProcSnapshot.newBuilder(TestEvents.ofHost(HOST).snapshot(1))
            .setCollectedAt(Instant.now().plus(Duration.ofHours(2)))
            .build();

    send(Instant.now(), encoded(snapshot));

    awaitLetter("WRONG_TIME", "");
    anotherHostIsHeard("after-wrong-time");
  }

  @Test
  void sendTimesOfTheFutureDoNotReachTheChangelog() throws Exception {
    byte[] sentAt =
        Long.toString(Instant.now().plus(Duration.ofHours(3)).toEpochMilli()).getBytes(UTF_8);
    for (int i = 0; i < 60; i++) {
      ProcSnapshot snapshot = TestEvents.ofHost("ahead").snapshot(5 * i);
      send(snapshot.getCollectedAt(), "ahead", encoded(snapshot), sentAt);
    }

    anotherHostIsHeard("after-send-times");
  }

  /** Everything before it in its partition has been judged then, and committed. */
  private static void anotherHostIsHeard(String name) throws Exception {
    try (Sender sender =
        new Sender(Map.of("bootstrap.servers", cluster.bootstrapServers()), registry, TOPICS)) {
      sender.send(TestEvents.ofHost(name).livelock());
    }
    var deserializer = AvroSerdes.deserializer(registry);
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () ->
                assertThat(read(TOPICS.incidents()))
                    .extracting(
                        it ->
                            ((Incident) deserializer.deserialize(it.topic(), it.value())).getHost())
                    .contains(name));
    assertThat(detector.process().isAlive()).isTrue();
    assertThat(Files.readString(detector.log())).doesNotContain("a thread has failed");
  }

  private static ConsumerRecord<byte[], byte[]> awaitLetter(String reason, String valueBytes) {
    List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () -> {
              found.clear();
              read(TOPICS.deadLetters()).stream()
                  .filter(it -> header(it, DeadLetterHeaders.REASON).equals(reason))
                  .filter(it -> header(it, DeadLetterHeaders.VALUE_BYTES).equals(valueBytes))
                  .forEach(found::add);
              assertThat(found).isNotEmpty();
            });
    return found.get(0);
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    var header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), UTF_8);
  }

  private static byte[] encoded(ProcSnapshot snapshot) {
    return AvroSerdes.serializer(registry).serialize(TOPICS.procSnapshots(), snapshot);
  }

  private static void send(Instant timestamp, byte[] value) throws Exception {
    send(timestamp, HOST, value, null);
  }

  private static void send(Instant timestamp, String host, byte[] value, byte @Nullable [] sentAt)
      throws Exception {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(
            TOPICS.procSnapshots(), null, timestamp.toEpochMilli(), host.getBytes(UTF_8), value);
    if (sentAt != null) {
      record.headers().add(SendTime.HEADER, sentAt);
    }
    producer.send(record).get();
  }

  private static List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    TopicPartition partition = new TopicPartition(topic, 0);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new Cluster(cluster.bootstrapServers(), cluster.schemaRegistryUrl(), TOPICS, Map.of())
            .consumer()) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).values().iterator().next();
      while (consumer.position(partition) < end) {
        consumer.poll(Duration.ofMillis(200)).forEach(records::add);
      }
    }
    return records;
  }
}
