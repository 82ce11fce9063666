package io.netnswatch.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every published schema can be queried with ksqlDB without a column list. */
class KsqlDbSafetyTest {

  static Stream<Schema> publishedSchemas() {
    Topics topics = Topics.withDefaultPrefix();
    return topics.avro().stream().map(topics::schemaOf);
  }

  @ParameterizedTest
  @MethodSource("publishedSchemas")
  void publishedSchemaIsSafe(Schema schema) {
    assertThat(KsqlDbRules.violationsOf(schema)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "hostName"     | "string"                                                | hostName: not snake_case
          "host__name"   | "string"                                                | host__name: not snake_case
          "group"        | "string"                                                | group: reserved word
          "at"           | "string"                                                | at: reserved word
          "properties"   | "string"                                                | properties: reserved word
          "seconds"      | "long"                                                  | seconds: reserved word
          "view"         | "string"                                                | view: reserved word
          "rowtime"      | "long"                                                  | rowtime: name of a pseudo column
          "windowstart"  | "long"                                                  | windowstart: name of a pseudo column
          "a"            | ["string", "null"]                                      | a: union other than [null, T]
          "a"            | ["null", "string", "int"]                               | a: union other than [null, T]
          "a"            | ["null"]                                                | a: union other than [null, T]
          "a"            | ["int", "string"]                                       | a: union other than [null, T]
          "a"            | "null"                                                  | a: type null
          "a"            | {"type": "fixed", "name": "F", "size": 4}               | a: type fixed
          "a"            | {"type": "long", "logicalType": "timestamp-micros"}     | a: logical type timestamp-micros
          "a"            | {"type": "string", "logicalType": "uuid"}               | a: logical type uuid
          "a"            | {"type": "long", "logicalType": "local-timestamp-millis"} | a: logical type local-timestamp-millis
          "a"            | {"type": "string", "logicalType": "date"}               | a: logical type date on string
          "a"            | ["null", {"type": "long", "logicalType": "time-micros"}] | a: logical type time-micros
          "a"            | {"type": "array", "items": ["int", "string"]}           | a[]: union other than [null, T]
          "a"            | {"type": "map", "values": "null"}                       | a{}: type null
          "a"            | ["null", {"type": "array", "items": "Bad"}]             | a[]: recursive
          """)
  void breachIsFound(String name, String type, String violation) {
    Schema schema = record("{\"name\": " + name + ", \"type\": " + type + ", \"doc\": \"Some.\"}");

    assertThat(KsqlDbRules.violationsOf(schema)).containsExactly(violation);
  }

  @Test
  void breachInsideNestedRecordIsFound() {
    Schema schema =
        record(
            """
            {"name": "items", "doc": "Some.", "type": {"type": "array", "items": {
              "type": "record", "name": "Item", "fields": [
                {"name": "size", "type": ["null", {"type": "record", "name": "Size", "doc": " ", "fields": [
                  {"name": "Bytes", "type": {"type": "bytes", "logicalType": "timestamp-millis"}}]}]}]}}}
            """);

    assertThat(KsqlDbRules.violationsOf(schema))
        .containsExactly(
            "items[] (Item): no doc",
            "items[].size: reserved word",
            "items[].size: no doc",
            "items[].size (Size): no doc",
            "items[].size.Bytes: not snake_case",
            "items[].size.Bytes: no doc",
            "items[].size.Bytes: logical type timestamp-millis on bytes");
  }

  @Test
  void pseudoColumnNameIsFreeBelowTheTopLevel() {
    Schema schema =
        record(
            """
            {"name": "item", "doc": "Some.", "type": {"type": "record", "name": "Item", "doc": "Some.", "fields": [
              {"name": "rowtime", "type": "long", "doc": "Some."}]}}
            """);

    assertThat(KsqlDbRules.violationsOf(schema)).isEmpty();
  }

  @Test
  void valueThatIsNoRecordIsFound() {
    assertThat(KsqlDbRules.violationsOf(Schema.create(Schema.Type.STRING)))
        .containsExactly("string: the value must be a record");
  }

  private static Schema record(String field) {
    return new Schema.Parser()
        .parse(
            "{\"type\": \"record\", \"name\": \"Bad\", \"doc\": \"Some.\", \"fields\": ["
                + field
                + "]}");
  }
}
