package io.netnswatch.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * README.md describes the contract that the code holds. The table of each record is made from its
 * schema, of a new one the whole section; {@code -Dnetnswatch.rewrite=true} writes it.
 */
class ReadmeTest {

  private static final Path README = Path.of("README.md");
  private static final String HEADER = "| field | type | unit | meaning |\n|---|---|---|---|\n";

  /** What comes behind the sections of the records. */
  private static final String BEHIND = "\n## Dead letters\n";

  /** By how a field's name ends. */
  private static final Map<String, String> UNITS =
      Map.of("_ms", "ms", "_bytes", "bytes", "_hz", "Hz", "cpus", "CPUs", "cpu_use", "CPUs");

  @ParameterizedTest
  @MethodSource("io.netnswatch.schema.KsqlDbSafetyTest#publishedSchemas")
  void tableIsMadeFromTheSchema(Schema schema) throws IOException {
    String page = withTable(readme(), schema);
    if (Boolean.getBoolean("netnswatch.rewrite")) {
      Files.writeString(README, page);
    }

    assertThat(README)
        .as("schemas/README.md, %s; -Dnetnswatch.rewrite=true writes it", schema.getName())
        .hasContent(page);
  }

  @Test
  void everyTopicHeaderAndReasonIsNamed() throws IOException {
    String readme = readme();

    assertThat(Topics.withDefaultPrefix().all().stream().filter(it -> !readme.contains("| `" + it)))
        .as("topics without a row in schemas/README.md")
        .isEmpty();
    assertThat(readme)
        .contains(
            DeadLetterHeaders.REASON,
            DeadLetterHeaders.ERROR,
            DeadLetterHeaders.SOURCE_TOPIC,
            DeadLetterHeaders.SOURCE_PARTITION,
            DeadLetterHeaders.SOURCE_OFFSET,
            DeadLetterHeaders.SOURCE_TIMESTAMP,
            DeadLetterHeaders.VALUE_BYTES,
            DeadLetterHeaders.VALUE_SHA256,
            DeadLetterHeaders.KEY_BYTES,
            DeadLetterHeaders.HEADERS_OMITTED);
    assertThat(readme).contains(Stream.of(DeadLetterReason.values()).map(Enum::name).toList());
  }

  private static String withTable(String page, Schema schema) {
    String section = "\n## " + schema.getName() + "\n";
    String with =
        page.contains(section)
            ? page
            : page.replace(
                BEHIND, section + "\n" + schema.getDoc() + "\n\n" + HEADER + "\n" + BEHIND);
    int from = with.indexOf(HEADER, with.indexOf(section)) + HEADER.length();
    int to = with.indexOf("\n\n", from);
    return with.substring(0, from)
        + rows(schema, "").collect(Collectors.joining("\n"))
        + with.substring(to);
  }

  /** A row for each field, and below it those of the records that it holds. */
  private static Stream<String> rows(Schema record, String prefix) {
    return record.getFields().stream()
        .flatMap(
            field -> {
              String path = prefix + field.name();
              Schema held = held(field.schema());
              String row =
                  "| `%s` | %s | %s | %s |"
                      .formatted(path, type(field.schema()), unit(field), meaning(field));
              return Stream.concat(
                  Stream.of(row),
                  held.getType() == Schema.Type.RECORD ? rows(held, path + ".") : Stream.empty());
            });
  }

  private static String type(Schema schema) {
    return switch (schema.getType()) {
      case UNION -> type(schema.getTypes().get(1)) + ", nullable";
      case ARRAY -> "array of " + type(schema.getElementType());
      case RECORD -> "record " + schema.getName();
      case ENUM -> "enum " + String.join(", ", schema.getEnumSymbols());
      default ->
          schema.getLogicalType() == null
              ? schema.getType().getName()
              : schema.getLogicalType().getName();
    };
  }

  private static String unit(Schema.Field field) {
    if (held(field.schema()).getLogicalType() != null) {
      return "UTC, ms";
    }
    return UNITS.entrySet().stream()
        .filter(unit -> field.name().endsWith(unit.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("");
  }

  /** Of an enum also what its symbols mean, where it says so. */
  private static String meaning(Schema.Field field) {
    Schema held = held(field.schema());
    boolean more = held.getType() == Schema.Type.ENUM && held.getDoc() != null;
    return field.doc() + (more ? " " + held.getDoc() : "");
  }

  /** What is in it, if it is an array or may be null. */
  private static Schema held(Schema schema) {
    return switch (schema.getType()) {
      case UNION -> held(schema.getTypes().get(1));
      case ARRAY -> held(schema.getElementType());
      default -> schema;
    };
  }

  private static String readme() throws IOException {
    return Files.readString(README);
  }
}
