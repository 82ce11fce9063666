package io.netnswatch.interop;

import com.fasterxml.jackson.databind.JsonNode;
import io.netnswatch.schema.RecordJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;

/**
 * Compares a record with what another program made of it, field by field. JavaScript has one kind
 * of number and prints times as epoch milliseconds; all else has to be the same.
 */
final class FieldComparison {

  private final List<String> differences = new ArrayList<>();
  private final Set<String> seen = new TreeSet<>();

  /**
   * Compares one record.
   *
   * @param place where it was read
   */
  void add(String place, IndexedRecord record, JsonNode theirs) {
    compare(record.getSchema(), RecordJson.of(record), theirs, "", place);
  }

  /** Each as place, path, and the two values. */
  List<String> differences() {
    return differences;
  }

  /** Paths of the fields that had a value in some record, beginning with the schema's name. */
  Set<String> seen() {
    return seen;
  }

  /** All paths there are in a schema. */
  static Set<String> paths(Schema schema) {
    Set<String> paths = new TreeSet<>();
    addPaths(schema, schema.getName(), paths);
    return paths;
  }

  private static void addPaths(Schema schema, String path, Set<String> paths) {
    switch (schema.getType()) {
      case RECORD ->
          schema.getFields().forEach(it -> addPaths(it.schema(), path + "." + it.name(), paths));
      case UNION -> addPaths(schema.getTypes().get(1), path, paths);
      case ARRAY -> addPaths(schema.getElementType(), path + "[]", paths);
      default -> paths.add(path);
    }
  }

  private void compare(Schema schema, JsonNode ours, JsonNode theirs, String path, String place) {
    switch (schema.getType()) {
      case RECORD -> compareFields(schema, ours, theirs, path, place);
      case UNION -> {
        if (ours.isNull() || theirs.isNull()) {
          same(ours.isNull() && theirs.isNull(), ours, theirs, path, place);
        } else {
          compare(schema.getTypes().get(1), ours, theirs, path, place);
        }
      }
      case ARRAY -> {
        same(theirs.isArray() && ours.size() == theirs.size(), ours, theirs, path, place);
        for (int i = 0; i < Math.min(ours.size(), theirs.size()); i++) {
          compare(schema.getElementType(), ours.get(i), theirs.get(i), path + "[]", place);
        }
      }
      case LONG, INT -> {
        long number =
            schema.getLogicalType() instanceof LogicalTypes.TimestampMillis
                ? Instant.parse(ours.textValue()).toEpochMilli()
                : ours.longValue();
        leaf(theirs.isIntegralNumber() && number == theirs.longValue(), ours, theirs, path, place);
      }
      case DOUBLE ->
          leaf(
              theirs.isNumber() && ours.doubleValue() == theirs.doubleValue(),
              ours,
              theirs,
              path,
              place);
      default -> leaf(ours.equals(theirs), ours, theirs, path, place);
    }
  }

  private void compareFields(
      Schema schema, JsonNode ours, JsonNode theirs, String path, String place) {
    String prefix = path.isEmpty() ? schema.getName() : path;
    for (Schema.Field field : schema.getFields()) {
      JsonNode value = theirs.path(field.name());
      compare(field.schema(), ours.get(field.name()), value, prefix + "." + field.name(), place);
    }
    same(theirs.size() == ours.size(), ours, theirs, prefix, place);
  }

  private void leaf(boolean equal, JsonNode ours, JsonNode theirs, String path, String place) {
    seen.add(path);
    same(equal, ours, theirs, path, place);
  }

  private void same(boolean equal, JsonNode ours, JsonNode theirs, String path, String place) {
    if (!equal) {
      differences.add(place + " " + path + ": " + ours + " is read as " + theirs);
    }
  }
}
