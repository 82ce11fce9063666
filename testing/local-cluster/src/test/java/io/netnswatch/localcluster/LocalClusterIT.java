package io.netnswatch.localcluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Its broker and registry leave their archives of classes to all that start them later. */
class LocalClusterIT {

  private static final String TOPIC = "greetings";

  @TempDir private Path directory;

  /** One cluster for all, since a start takes seconds. */
  @Test
  void carriesAvroKeepsTopicsOverARestartAndLeavesNoProcess() throws Exception {
    List<ChildJvm> children;
    try (LocalCluster cluster = LocalCluster.start(directory)) {
      children = cluster.children();
      createTopic(cluster);
      GenericRecord sent = greeting("hello");
      publish(cluster, sent);

      assertThat(readOne(cluster).value()).isEqualTo(sent);

      cluster.restartBroker();

      assertThat(readOne(cluster).value()).isEqualTo(sent);
      assertThatThrownBy(() -> registerIncompatible(cluster))
          .isInstanceOfSatisfying(
              RestClientException.class, e -> assertThat(e.getStatus()).isEqualTo(409));
    }
    assertThat(children).hasSize(2).noneMatch(child -> child.process().isAlive());
  }

  /** Both of its own: a stranger's broker must not even be asked. */
  @Test
  void aPortThatIsTakenIsRefusedAndWhoHasItHearsNothing() throws Exception {
    try (ServerSocket stranger = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = stranger.getLocalPort();

      assertThatThrownBy(() -> LocalCluster.start(directory, port, 0))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("port " + port + ", for the broker, is taken");
      assertThatThrownBy(() -> LocalCluster.start(directory, 0, port))
          .hasMessageContaining("port " + port + ", for the schema-registry, is taken");

      stranger.setSoTimeout(1);
      assertThatThrownBy(stranger::accept).isInstanceOf(SocketTimeoutException.class);
      assertThat(directory).isEmptyDirectory();
    }
  }

  @Test
  void aPortBelongsToTheProcessThatListens() throws Exception {
    try (ServerSocket own = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ChildJvm child = sleeper()) {
      assertThat(ListeningSockets.of(ProcessHandle.current().pid())).contains(own.getLocalPort());
      assertThat(child.listensOn(own.getLocalPort())).isFalse();
    }
  }

  @Test
  void childEndsWhenItsParentGoesAway() throws Exception {
    ChildJvm child = sleeper();

    child.process().getOutputStream().close();

    assertThat(child.process().waitFor()).isZero();
  }

  private ChildJvm sleeper() throws IOException {
    return ChildJvm.start(
        "sleeper",
        directory,
        CodeLocation.of(Sleeper.class).toString(),
        List.of(),
        Sleeper.class.getName(),
        List.of());
  }

  /** Never ends by itself. */
  public static final class Sleeper {
    private Sleeper() {}

    public static void main(String[] args) throws InterruptedException {
      new java.util.concurrent.CountDownLatch(1).await();
    }
  }

  private static void createTopic(LocalCluster cluster) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
      admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
    }
  }

  private static GenericRecord greeting(String text) {
    GenericRecord record =
        new GenericData.Record(
            SchemaBuilder.record("Greeting").fields().requiredString("text").endRecord());
    record.put("text", new org.apache.avro.util.Utf8(text));
    return record;
  }

  private static void registerIncompatible(LocalCluster cluster) throws Exception {
    new CachedSchemaRegistryClient(cluster.schemaRegistryUrl(), 10)
        .register(
            TOPIC + "-value",
            new AvroSchema(
                SchemaBuilder.record("Greeting").fields().requiredInt("text").endRecord()));
  }

  private static void publish(LocalCluster cluster, GenericRecord record) throws Exception {
    Map<String, Object> config =
        Map.of(
            "bootstrap.servers",
            cluster.bootstrapServers(),
            "schema.registry.url",
            cluster.schemaRegistryUrl(),
            "key.serializer",
            StringSerializer.class,
            "value.serializer",
            KafkaAvroSerializer.class);
    try (KafkaProducer<String, GenericRecord> producer = new KafkaProducer<>(config)) {
      producer.send(new ProducerRecord<>(TOPIC, "key", record)).get();
    }
  }

  private static ConsumerRecord<String, GenericRecord> readOne(LocalCluster cluster) {
    Map<String, Object> config =
        Map.of(
            "bootstrap.servers",
            cluster.bootstrapServers(),
            "schema.registry.url",
            cluster.schemaRegistryUrl(),
            "auto.offset.reset",
            "earliest",
            "key.deserializer",
            StringDeserializer.class,
            "value.deserializer",
            KafkaAvroDeserializer.class);
    try (KafkaConsumer<String, GenericRecord> consumer = new KafkaConsumer<>(config)) {
      consumer.assign(List.of(new TopicPartition(TOPIC, 0)));
      ConsumerRecords<String, GenericRecord> records;
      do {
        records = consumer.poll(Duration.ofSeconds(30));
      } while (records.isEmpty());
      return records.iterator().next();
    }
  }
}
