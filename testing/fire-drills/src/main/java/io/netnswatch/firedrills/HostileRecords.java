package io.netnswatch.firedrills;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.netnswatch.schema.DeadLetterHeaders;
import io.netnswatch.schema.SendTime;
import io.netnswatch.schema.Topics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Records that somebody who may write to the topics could write, and no collector would; the same
 * for the same seed. Values are made from the schemas, so that a field that is new is among them.
 */
final class HostileRecords {

  /** Begins the names of all hosts that these records are of. */
  static final String HOSTS = "hostile-";

  private static final long SECOND_MS = 1_000;
  private static final long HOUR_MS = 3_600 * SECOND_MS;
  private static final long YEAR_MS = 365 * 24 * HOUR_MS;
  private static final int MAGIC_AND_ID = 5;

  /** Under a broker's default limit with the least of headers. */
  private static final int JUST_TAKEN_BYTES = 1_048_376;

  private final Random random;
  private final Topics topics;
  private final Map<String, Integer> schemaIds = new TreeMap<>();
  private boolean nullsAlone;

  /** What is not valid but everywhere equally probable. */
  private enum Kind {
    EXTREME,
    PLAUSIBLE,
    GARBAGE,
    TRUNCATED,
    LARGE,
    BOMB,
    NULL,
    ALL_NULL,
    HEADERS,
    FOREIGN_SCHEMA,
    FOREIGN_KEY,
    TIME
  }

  HostileRecords(long seed, Topics topics, SchemaRegistryClient registry) throws Exception {
    this.random = new Random(seed);
    this.topics = topics;
    List<String> avro = new ArrayList<>(topics.telemetry());
    avro.add(topics.incidents());
    for (String topic : avro) {
      schemaIds.put(
          topic, registry.getId(Topics.subject(topic), new AvroSchema(topics.schemaOf(topic))));
    }
  }

  /** The next one. */
  ProducerRecord<byte[], byte[]> next() {
    String topic = topics.telemetry().get(random.nextInt(3));
    String host = host();
    long now = System.currentTimeMillis();
    return switch (Kind.values()[random.nextInt(Kind.values().length)]) {
      case EXTREME -> record(topic, now, host, valid(topic, host, now, 0.5));
      case PLAUSIBLE -> record(topic, now, host, valid(topic, host, now, 0.05));
      case GARBAGE -> record(topic, now, host, garbage());
      case TRUNCATED -> {
        byte[] value = valid(topic, host, now, 0.1);
        yield record(topic, now, host, Arrays.copyOf(value, random.nextInt(value.length)));
      }
      case LARGE -> record(topic, now, host, large(topic, host, now));
      case BOMB -> record(topic, now, host, bomb(topic));
      case NULL ->
          random.nextBoolean()
              ? record(topic, now, host, null)
              : new ProducerRecord<>(topic, null, now, null, valid(topic, host, now, 0.05));
      case ALL_NULL -> record(topic, now, host, allNull(topic, host, now));
      case HEADERS -> withHeaders(record(topic, now, host, valid(topic, host, now, 0.05)), now);
      case FOREIGN_SCHEMA -> record(topic, now, host, foreign(topic, host, now));
      case FOREIGN_KEY -> record(topic, now, host(), valid(topic, host, now, 0.05));
      case TIME -> record(topic, timestamp(now), host, valid(topic, host, timestamp(now), 0.05));
    };
  }

  private static ProducerRecord<byte[], byte[]> record(
      String topic, long timestampMs, String host, byte @Nullable [] value) {
    return new ProducerRecord<>(topic, null, Math.max(0, timestampMs), host.getBytes(UTF_8), value);
  }

  private String host() {
    String name = HOSTS + random.nextInt(40);
    return switch (random.nextInt(16)) {
      case 7 -> name + "-\u0445\u043e\u0441\u0442";
      case 8 -> name + "-\u4e3b\u673a-\u0661";
      case 9 -> name + " ";
      case 10 -> name.toUpperCase(Locale.ROOT) + "\u0130\u00df";
      case 0 -> name + "\0" + name;
      case 1 -> name + "\nhost-1";
      case 2 -> name + "x".repeat(4_096);
      case 3 -> name + "/../é\u202e\ud83d\udca5";
      case 4 -> name + "y".repeat(190 - name.length());
      case 5 -> "";
      case 6 -> HOSTS + random.nextInt(1_000_000);
      default -> name;
    };
  }

  private long timestamp(long now) {
    return switch (random.nextInt(10)) {
      case 6 -> 0;
      case 7 -> Long.MAX_VALUE;
      case 0 -> now + HOUR_MS - 60 * SECOND_MS;
      case 1 -> now + 2 * HOUR_MS;
      case 2 -> now - 3 * HOUR_MS;
      case 3 -> now - 10 * YEAR_MS;
      case 4 -> now + 10 * YEAR_MS;
      case 5 -> 1;
      default -> now + random.nextInt(600_000) - 300_000;
    };
  }

  private byte[] garbage() {
    int size =
        switch (random.nextInt(20)) {
          case 0 -> JUST_TAKEN_BYTES;
          case 1 -> 1 << random.nextInt(20);
          default -> random.nextInt(2_000);
        };
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return bytes;
  }

  /** As brokers take them compressed: up to many megabytes. */
  private byte[] large(String topic, String host, long now) {
    byte[] value = valid(topic, host, now, 0.05);
    int size =
        switch (random.nextInt(20)) {
          case 0 -> 16 << 20;
          case 1, 2, 3 -> 2 << 20;
          case 4, 5 -> 1 << 20;
          default -> 100_000 + random.nextInt(600_000);
        };
    return Arrays.copyOf(value, size);
  }

  /** A few bytes that say that two gigabytes follow. */
  private byte[] bomb(String topic) {
    ByteArrayOutputStream bytes = prefixed(schemaIds.get(topic));
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    try {
      for (int i = 0; i < 1 + random.nextInt(4); i++) {
        encoder.writeLong(Integer.MAX_VALUE - random.nextInt(100));
      }
      encoder.flush();
    } catch (IOException e) {
      throw new IllegalStateException("in memory", e);
    }
    return bytes.toByteArray();
  }

  private byte[] foreign(String topic, String host, long now) {
    byte[] value = valid(topic, host, now, 0.05);
    List<Integer> ids = new ArrayList<>(schemaIds.values());
    ids.addAll(List.of(-1, 0, Integer.MAX_VALUE, random.nextInt()));
    ByteBuffer.wrap(value).putInt(1, ids.get(random.nextInt(ids.size())));
    return value;
  }

  private ProducerRecord<byte[], byte[]> withHeaders(
      ProducerRecord<byte[], byte[]> record, long now) {
    switch (random.nextInt(6)) {
      case 0 -> record.headers().add("large", new byte[900_000]);
      case 1 -> {
        for (int i = 0; i < 5_000; i++) {
          record.headers().add("", new byte[0]);
        }
      }
      case 2 -> record.headers().add(SendTime.HEADER, bytes(now + 3 * HOUR_MS));
      case 3 -> record.headers().add(SendTime.HEADER, bytes(now - YEAR_MS));
      case 4 -> record.headers().add("netnswatch.own.timestamp", null);
      default -> record.headers().add(DeadLetterHeaders.VALUE_BYTES, bytes(-1));
    }
    return record;
  }

  private static byte[] bytes(long number) {
    return Long.toString(number).getBytes(UTF_8);
  }

  private static ByteArrayOutputStream prefixed(@Nullable Integer id) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(
        ByteBuffer.allocate(MAGIC_AND_ID).put((byte) 0).putInt(id == null ? 0 : id).array());
    return bytes;
  }

  /** A record of the topic's schema in which a share of the values is extreme. */
  private byte[] valid(String topic, String host, long now, double extreme) {
    Schema schema = topics.schemaOf(topic);
    ByteArrayOutputStream bytes = prefixed(schemaIds.get(topic));
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    GenericData.Record datum = (GenericData.Record) datum(schema, now, extreme);
    datum.put("host", host);
    try {
      new GenericDatumWriter<>(schema).write(datum, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new IllegalStateException("in memory", e);
    }
    return bytes.toByteArray();
  }

  /** Whatever need not be there is not there. */
  private byte[] allNull(String topic, String host, long now) {
    nullsAlone = true;
    try {
      return valid(topic, host, now, 0);
    } finally {
      nullsAlone = false;
    }
  }

  private Object datum(Schema schema, long now, double extreme) {
    if (nullsAlone && schema.isNullable()) {
      return NOTHING;
    }
    boolean wild = random.nextDouble() < extreme;
    return switch (schema.getType()) {
      case RECORD -> {
        GenericData.Record record = new GenericData.Record(schema);
        for (Schema.Field field : schema.getFields()) {
          record.put(field.pos(), datum(field.schema(), now, extreme));
        }
        yield record;
      }
      case ARRAY -> {
        List<Object> items = new ArrayList<>();
        int size = wild ? 1 << random.nextInt(8) : random.nextInt(4);
        for (int i = 0; i < size; i++) {
          items.add(datum(schema.getElementType(), now, extreme / 4));
        }
        yield items;
      }
      case UNION ->
          datum(schema.getTypes().get(random.nextInt(schema.getTypes().size())), now, extreme);
      case ENUM ->
          new GenericData.EnumSymbol(
              schema, schema.getEnumSymbols().get(random.nextInt(schema.getEnumSymbols().size())));
      case STRING -> wild ? text() : word();
      case LONG -> wild ? number() : schema.getLogicalType() != null ? near(now) : small();
      case INT -> wild ? (int) number() : (int) small();
      case DOUBLE -> wild ? real() : random.nextDouble();
      case BOOLEAN -> random.nextBoolean();
      case NULL -> NOTHING;
      default -> throw new IllegalStateException("no value of " + schema);
    };
  }

  @SuppressWarnings("NullAway") // a union's null is null
  private static final Object NOTHING = null;

  private long near(long now) {
    return now - random.nextInt(30_000);
  }

  private long small() {
    return random.nextInt(10_000);
  }

  private long number() {
    long[] numbers = {
      Long.MIN_VALUE, Long.MAX_VALUE, -1, 0, 1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1L << 50
    };
    return numbers[random.nextInt(numbers.length)];
  }

  private double real() {
    double[] numbers = {
      Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.MAX_VALUE, -1, 1e9
    };
    return numbers[random.nextInt(numbers.length)];
  }

  /** What the detection looks for, so that it is met in combinations that no kernel makes. */
  private String word() {
    String[] words = {
      "inet_evict_bucket",
      "cleanup_net",
      "copy_net_ns",
      "kworker/u8:1",
      "[kernel.kallsyms]",
      "D",
      "R",
      "4.4.0-31-generic",
      "boot",
      "net_mutex",
      "register_pernet_operations"
    };
    return words[random.nextInt(words.length)];
  }

  private String text() {
    return switch (random.nextInt(7)) {
      case 0 -> "";
      case 1 -> "\0\n\r\u001b[2J";
      case 2 -> "z".repeat(4_097);
      case 3 -> "w".repeat(70_000);
      case 4 -> "\ud83d\udca5\u202e".repeat(200);
      case 5 -> Long.toString(random.nextLong());
      default -> "%s${jndi:ldap://127.0.0.1/x}<script>alert(1)</script>";
    };
  }
}
