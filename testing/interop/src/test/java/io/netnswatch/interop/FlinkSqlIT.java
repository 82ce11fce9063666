package io.netnswatch.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netnswatch.interop.FlinkSql.Answer;
import io.netnswatch.schema.RecordJson;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.flink.types.Row;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The Flink files of {@code docs/queries}, run by Flink as they are but for addresses and what to
 * put a name in place of.
 */
@ExtendWith(PublishedFleetExtension.class)
class FlinkSqlIT {

  private static PublishedFleet fleet;
  private static FlinkSql flink;

  @BeforeAll
  static void createTables(PublishedFleet published) throws Exception {
    fleet = published;
    flink = new FlinkSql();
    String script = Queries.text(Queries.TABLES, Queries.FLINK);
    assertThat(script).contains("'localhost:9092'", "'http://localhost:8081'");
    flink.run(
        script
            .replace("'localhost:9092'", "'" + fleet.bootstrapServers() + "'")
            .replace("'http://localhost:8081'", "'" + fleet.schemaRegistryUrl() + "'"));
  }

  @AfterAll
  static void stop() {
    flink.close();
  }

  static Stream<String> queries() {
    return Queries.names(Queries.FLINK).stream().filter(name -> !name.equals(Queries.TABLES));
  }

  @ParameterizedTest
  @MethodSource("queries")
  void queryAnswersWhatTheEventsSay(String name) throws Exception {
    String script = Queries.text(name, Queries.FLINK);
    List<String> statements = Queries.statements(script);
    assertThat(statements).hasSize(1);
    Answers answers = new Answers(fleet);

    List<List<@Nullable Object>> before = answers.to(name, Instant.now());
    Answer answer =
        flink.query(
            statements
                .get(0)
                .replace("'node-1'", "'" + PublishedFleet.LIVELOCKED + "'")
                .replace("'4.4.0-21-generic'", "'" + answers.kernel() + "'")
                .replaceAll("'netns-cleanup-livelock/.*'", "'" + answers.incident() + "'"));
    List<List<@Nullable Object>> after = answers.to(name, Instant.now());

    assertThat(before).as("something to answer").isNotEmpty();
    List<List<@Nullable Object>> rows = rows(answer);
    // What was recent may have become too old meanwhile.
    assertThat(rows).isEqualTo(rows.equals(before) ? before : after);
    assertThat(Queries.header(script)).contains(answer.columns());
    assertThat(answer.columns().stream().map(column -> column.toUpperCase(Locale.ROOT)))
        .as("as on ksqlDB")
        .containsExactlyElementsOf(QueriesTest.columnsOnKsqlDb(name));
  }

  static Stream<FlinkTables.AvroTable> avroTables() {
    return FlinkTables.AVRO_TABLES.stream();
  }

  @ParameterizedTest
  @MethodSource("avroTables")
  void everyFieldOfEveryRecordIsRead(FlinkTables.AvroTable table) throws Exception {
    Map<List<Object>, Publication> expected = new HashMap<>();
    fleet
        .publications(table.topic())
        .forEach(it -> expected.put(List.of(it.partition(), it.offset()), it));

    List<Row> rows = flink.query("SELECT * FROM " + table.name()).rows();

    assertThat(rows).hasSameSizeAs(expected.keySet());
    for (Row row : rows) {
      int last = row.getArity() - 1;
      Publication it = expected.remove(List.of(field(row, last - 2), field(row, last - 1)));
      assertThat(it).as("%s", row).isNotNull();
      assertThat(row.getField(0)).isEqualTo(it.key());
      assertThat(row.getField(last)).isEqualTo(Instant.ofEpochMilli(it.timestampMs()));
      Schema schema = it.value().getSchema();
      List<Object> fields = new ArrayList<>();
      for (int i = 1; i <= schema.getFields().size(); i++) {
        fields.add(row.getField(i));
      }
      assertThat(record(schema, fields)).isEqualTo(RecordJson.of(it.value()));
    }
  }

  @Test
  void deadLettersAreReadWithTheirHeaders() throws Exception {
    List<Row> rows =
        flink.query("SELECT * FROM dead_letters ORDER BY record_partition, record_offset").rows();

    List<ConsumerRecord<byte[], byte[]>> letters =
        fleet.records(PublishedFleet.TOPICS.deadLetters());
    assertThat(rows).hasSameSizeAs(letters).isNotEmpty();
    for (int i = 0; i < rows.size(); i++) {
      ConsumerRecord<byte[], byte[]> letter = letters.get(i);
      assertThat((byte[]) rows.get(i).getField("payload")).isEqualTo(letter.value());
      Map<String, byte[]> headers = rows.get(i).getFieldAs("headers");
      for (Header header : letter.headers()) {
        assertThat(headers.get(header.key())).as(header.key()).isEqualTo(header.value());
      }
    }
  }

  private static List<List<@Nullable Object>> rows(Answer answer) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (Row row : answer.rows()) {
      List<@Nullable Object> values = new ArrayList<>();
      for (int i = 0; i < row.getArity(); i++) {
        Object value = row.getField(i);
        values.add(
            value instanceof LocalDateTime time
                ? time.toInstant(ZoneOffset.UTC)
                : value instanceof Object[] array ? Arrays.asList(array) : value);
      }
      rows.add(values);
    }
    return rows;
  }

  private static Object field(Row row, int index) {
    Object value = row.getField(index);
    assertThat(value).isNotNull();
    return value;
  }

  /** As {@link RecordJson} renders it. */
  private static ObjectNode record(Schema schema, List<@Nullable Object> fields) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    for (Schema.Field field : schema.getFields()) {
      object.set(field.name(), json(field.schema(), fields.get(field.pos())));
    }
    return object;
  }

  private static JsonNode json(Schema schema, @Nullable Object value) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    if (value == null) {
      return json.nullNode();
    }
    return switch (schema.getType()) {
      case UNION -> json(schema.getTypes().get(1), value);
      case RECORD -> {
        List<@Nullable Object> fields = new ArrayList<>();
        for (int i = 0; i < schema.getFields().size(); i++) {
          fields.add(((Row) value).getField(i));
        }
        yield record(schema, fields);
      }
      case ARRAY -> {
        ArrayNode array = json.arrayNode();
        for (Object element : (Object[]) value) {
          array.add(json(schema.getElementType(), element));
        }
        yield array;
      }
      case INT -> json.numberNode((Integer) value);
      case DOUBLE -> json.numberNode((Double) value);
      case BOOLEAN -> json.booleanNode((Boolean) value);
      case LONG ->
          value instanceof LocalDateTime time
              ? json.textNode(time.toInstant(ZoneOffset.UTC).toString())
              : json.numberNode((Long) value);
      default -> json.textNode((String) value);
    };
  }
}
