package io.netnswatch.schema;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What a schema must keep to so that {@code CREATE STREAM … WITH (VALUE_FORMAT='AVRO')} needs no
 * column list, and each column is what its field is. A server (Confluent Platform 7.9.5) drops none
 * of Avro's types, but reads fixed as BYTES, microseconds and local timestamps as BIGINT, a UUID as
 * STRING and a union of several as STRUCT, and refuses a stream with a field that is always null.
 */
final class KsqlDbRules {

  /** Names that would need back-ticks in a statement. */
  private static final Set<String> RESERVED = reservedWords();

  /** Names of ksqlDB's own columns: as a top-level field they make the statement fail. */
  private static final Set<String> PSEUDO_COLUMNS =
      Set.of("WINDOWSTART", "WINDOWEND", "ROWTIME", "ROWPARTITION", "ROWOFFSET");

  private static final Set<String> LOGICAL_TYPES = Set.of("timestamp-millis", "date", "decimal");

  private final List<String> violations = new ArrayList<>();
  private final Set<String> enclosingRecords = new HashSet<>();

  private KsqlDbRules() {}

  private static Set<String> reservedWords() {
    try (InputStream words = KsqlDbRules.class.getResourceAsStream("/ksqldb-reserved-words.txt")) {
      return new String(requireNonNull(words).readAllBytes(), UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .collect(Collectors.toUnmodifiableSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Each breach as {@code path: what is wrong}; empty for a safe schema. */
  static List<String> violationsOf(Schema schema) {
    KsqlDbRules rules = new KsqlDbRules();
    if (schema.getType() == Schema.Type.RECORD) {
      rules.checkRecord(schema, "");
    } else {
      rules.violations.add(schema.getType().getName() + ": the value must be a record");
    }
    return List.copyOf(rules.violations);
  }

  private void checkRecord(Schema schema, String path) {
    if (!enclosingRecords.add(schema.getFullName())) {
      violations.add(path + ": recursive");
      return;
    }
    boolean topLevel = path.isEmpty();
    checkDoc(schema.getDoc(), topLevel ? schema.getName() : path + " (" + schema.getName() + ")");
    for (Schema.Field field : schema.getFields()) {
      String fieldPath = topLevel ? field.name() : path + "." + field.name();
      checkName(field.name(), fieldPath, topLevel);
      checkDoc(field.doc(), fieldPath);
      checkType(field.schema(), fieldPath);
    }
    enclosingRecords.remove(schema.getFullName());
  }

  private void checkName(String name, String path, boolean topLevel) {
    String column = name.toUpperCase(Locale.ROOT);
    if (!name.matches("[a-z][a-z0-9]*(_[a-z0-9]+)*")) {
      violations.add(path + ": not snake_case");
    }
    if (RESERVED.contains(column)) {
      violations.add(path + ": reserved word");
    }
    if (topLevel && PSEUDO_COLUMNS.contains(column)) {
      violations.add(path + ": name of a pseudo column");
    }
  }

  private void checkDoc(@Nullable String doc, String path) {
    if (doc == null || doc.isBlank()) {
      violations.add(path + ": no doc");
    }
  }

  private void checkType(Schema schema, String path) {
    String logicalType = schema.getProp("logicalType");
    if (logicalType != null && !LOGICAL_TYPES.contains(logicalType)) {
      violations.add(path + ": logical type " + logicalType);
    } else if (logicalType != null && LogicalTypes.fromSchemaIgnoreInvalid(schema) == null) {
      violations.add(path + ": logical type " + logicalType + " on " + schema.getType().getName());
    }
    switch (schema.getType()) {
      case RECORD -> checkRecord(schema, path);
      case ARRAY -> checkType(schema.getElementType(), path + "[]");
      case MAP -> checkType(schema.getValueType(), path + "{}");
      case UNION -> checkUnion(schema.getTypes(), path);
      case ENUM, INT, LONG, FLOAT, DOUBLE, BOOLEAN, STRING, BYTES -> {}
      case FIXED, NULL -> violations.add(path + ": type " + schema.getType().getName());
    }
  }

  private void checkUnion(List<Schema> branches, String path) {
    if (branches.size() != 2
        || branches.get(0).getType() != Schema.Type.NULL
        || branches.get(1).getType() == Schema.Type.NULL) {
      violations.add(path + ": union other than [null, T]");
      return;
    }
    checkType(branches.get(1), path);
  }
}
