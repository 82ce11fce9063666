package io.netnswatch.interop;

import io.netnswatch.schema.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/** {@code docs/queries/tables.flink.sql}, made after the schemas. */
final class FlinkTables {

  private static final Topics TOPICS = Topics.withDefaultPrefix();

  private static final String HEADER =
      """
      -- All topics as Flink SQL sees them: run this first, with the addresses of your broker and registry in place of
      -- localhost.
      --
      -- Columns are the fields of schemas/README.md; host_key, incident_id and record_key are the record keys, record_time
      -- is the record timestamp: the event time. Other timestamps are UTC. A field inside a record is reached with a dot.
      -- Each read begins at the topic's begin and ends where it ended when the query started. Flink reads no Avro enum
      -- unless it is told the schema, and refuses a table whose columns differ from it: so this file is made after
      -- schemas/src/main/avro, and a test compares them (it writes the file with -Dnetnswatch.rewrite=true).
      --
      --   proc_snapshots   what /proc said, one row per host and 5 s
      --   perf_samples     where the CPUs spent a slice of some seconds
      --   netns_latencies  namespace commands: how long they took, or have been running
      --   incident_steps   the life of each incident, step by step
      --   incidents        each incident as it stands now
      --   hosts_now        the newest snapshot of each host
      --   host_actions     what oncall did to hosts because of incidents, step by step
      --   dead_letters     records that could not be used: the original bytes, and why in the headers

      SET 'execution.runtime-mode' = 'batch';

      SET 'table.local-time-zone' = 'UTC';
      """;

  private static final String METADATA =
      """
        record_partition INT METADATA FROM 'partition' VIRTUAL,
        record_offset BIGINT METADATA FROM 'offset' VIRTUAL,
        record_time TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL\
      """;

  /** An Avro topic as a table. */
  record AvroTable(String name, String topic, String keyColumn) {}

  /** One for each Avro topic. */
  static final List<AvroTable> AVRO_TABLES =
      List.of(
          new AvroTable("proc_snapshots", TOPICS.procSnapshots(), "host_key"),
          new AvroTable("perf_samples", TOPICS.perfSamples(), "host_key"),
          new AvroTable("netns_latencies", TOPICS.netnsLatencies(), "host_key"),
          new AvroTable("incident_steps", TOPICS.incidents(), "incident_id"),
          new AvroTable("host_actions", TOPICS.actions(), "host_key"));

  private FlinkTables() {}

  /** The whole file. */
  static String script() {
    List<String> parts = new ArrayList<>(List.of(HEADER));
    AVRO_TABLES.stream().map(FlinkTables::script).forEach(parts::add);
    parts.add(latest("incidents", "incident_steps", "incident_id"));
    parts.add(latest("hosts_now", "proc_snapshots", "host_key"));
    parts.add(deadLetters());
    return String.join("\n", parts);
  }

  private static String script(AvroTable it) {
    Schema schema = TOPICS.schemaOf(it.topic());
    List<String> columns = new ArrayList<>();
    columns.add("  " + it.keyColumn() + " STRING");
    for (Schema.Field field : schema.getFields()) {
      columns.add("  `" + field.name() + "` " + type(field.schema()));
    }
    String format =
        """
          'value.format' = 'avro-confluent',
          'value.avro-confluent.url' = 'http://localhost:8081',
          'value.avro-confluent.schema' = %s\
        """
            .formatted(literal(Docless.of(schema).toString()));
    return table(it.name(), it.topic(), it.keyColumn(), String.join(",\n", columns), format);
  }

  private static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  /** A view of the latest row of each key. */
  private static String latest(String view, String table, String keyColumn) {
    return """
        CREATE VIEW %s AS
        SELECT *
        FROM (
          SELECT *, ROW_NUMBER() OVER (PARTITION BY %s ORDER BY record_offset DESC) AS nth_latest
          FROM %s
        )
        WHERE nth_latest = 1;
        """
        .formatted(view, keyColumn, table);
  }

  private static String deadLetters() {
    String columns =
        "  record_key STRING,\n  payload BYTES,\n  headers MAP<STRING, BYTES> METADATA VIRTUAL";
    return table(
        "dead_letters", TOPICS.deadLetters(), "record_key", columns, "  'value.format' = 'raw'");
  }

  private static String table(
      String table, String topic, String keyColumn, String columns, String format) {
    return """
        CREATE TABLE %s (
        %s,
        %s
        ) WITH (
          'connector' = 'kafka',
          'topic' = '%s',
          'properties.bootstrap.servers' = 'localhost:9092',
          'properties.isolation.level' = 'read_committed',
          'scan.startup.mode' = 'earliest-offset',
          'scan.bounded.mode' = 'latest-offset',
          'key.format' = 'raw',
          'key.fields' = '%s',
          'value.fields-include' = 'EXCEPT_KEY',
        %s
        );
        """
        .formatted(table, columns, METADATA, topic, keyColumn, format);
  }

  /** As Flink itself maps Avro. */
  private static String type(Schema schema) {
    if (schema.getType() == Schema.Type.UNION) {
      return nullable(schema.getTypes().get(1));
    }
    return nullable(schema) + " NOT NULL";
  }

  private static String nullable(Schema schema) {
    return switch (schema.getType()) {
      case RECORD ->
          schema.getFields().stream()
              .map(field -> "`" + field.name() + "` " + type(field.schema()))
              .collect(Collectors.joining(", ", "ROW<", ">"));
      case ARRAY -> "ARRAY<" + type(schema.getElementType()) + ">";
      case STRING, ENUM -> "STRING";
      case INT -> "INT";
      case DOUBLE -> "DOUBLE";
      case BOOLEAN -> "BOOLEAN";
      case LONG ->
          schema.getLogicalType() instanceof LogicalTypes.TimestampMillis
              ? "TIMESTAMP(3)"
              : "BIGINT";
      default -> throw new IllegalArgumentException("no column type for " + schema);
    };
  }
}
