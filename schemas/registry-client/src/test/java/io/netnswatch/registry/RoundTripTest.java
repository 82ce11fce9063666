package io.netnswatch.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.testutil.MockSchemaRegistry;
import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import io.netnswatch.schema.CommandOrigin;
import io.netnswatch.schema.CommandOutcome;
import io.netnswatch.schema.NetnsCommand;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.Topics;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RoundTripTest {

  private static final String SCOPE = "round-trip";
  private static final String TOPIC = Topics.withDefaultPrefix().netnsLatencies();

  private static final NetnsLatency LATENCY =
      NetnsLatency.newBuilder()
          .setHost("h1")
          .setBootId("b1")
          .setCollectorStartedAt(Instant.ofEpochMilli(1_795_363_071_298L))
          .setSequence(0L)
          .setKernelRelease("4.15.1")
          .setCommand(NetnsCommand.ADD)
          .setOrigin(CommandOrigin.PROBE)
          .setCommandId("7-1795363134416")
          .setStartedAt(Instant.ofEpochMilli(1_795_363_134_416L))
          .setObservedAt(Instant.ofEpochMilli(1_795_363_164_416L))
          .setLatencyMs(30_000.5)
          .setOutcome(CommandOutcome.TIMED_OUT)
          .build();

  @AfterEach
  void dropRegistry() {
    MockSchemaRegistry.dropScope(SCOPE);
  }

  @Test
  void specificRecordComesBackEqual() {
    byte[] bytes = serialize(LATENCY);

    Object read = deserialize(bytes, true);

    assertThat(read).isInstanceOf(NetnsLatency.class).isEqualTo(LATENCY);
  }

  @Test
  void genericRecordComesBackEqual() {
    GenericRecord generic = (GenericRecord) deserialize(serialize(LATENCY), false);

    Object read = deserialize(serialize(generic), false);

    assertThat(read).isInstanceOf(GenericData.Record.class).isEqualTo(generic);
    assertThat(generic.get("host")).hasToString("h1");
    assertThat(generic.get("started_at")).isEqualTo(1_795_363_134_416L);
  }

  @Test
  void genericReaderAndSpecificWriterAgreeOnTheBytes() {
    byte[] specific = serialize(LATENCY);

    byte[] generic = serialize((GenericRecord) deserialize(specific, false));

    assertThat(generic).isEqualTo(specific);
  }

  @Test
  void valueBeginsWithZeroByteAndSchemaId() throws Exception {
    ByteBuffer value = ByteBuffer.wrap(serialize(LATENCY));

    SchemaRegistryClient registry = MockSchemaRegistry.getClientForScope(SCOPE);
    assertThat(value.get()).isZero();
    assertThat(value.getInt())
        .isEqualTo(registry.getLatestSchemaMetadata(Topics.subject(TOPIC)).getId());
  }

  private static byte[] serialize(Object value) {
    try (KafkaAvroSerializer serializer = new KafkaAvroSerializer()) {
      serializer.configure(
          Map.of("schema.registry.url", "mock://" + SCOPE, "avro.remove.java.properties", true),
          false);
      return serializer.serialize(TOPIC, value);
    }
  }

  private static Object deserialize(byte[] bytes, boolean specific) {
    try (KafkaAvroDeserializer deserializer = new KafkaAvroDeserializer()) {
      deserializer.configure(
          Map.of("schema.registry.url", "mock://" + SCOPE, "specific.avro.reader", specific),
          false);
      return deserializer.deserialize(TOPIC, bytes);
    }
  }
}
