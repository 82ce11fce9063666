package io.netnswatch.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** README.md describes the contract that the code holds: each record has a table row per field. */
class ReadmeTest {

  @ParameterizedTest
  @MethodSource("io.netnswatch.schema.KsqlDbSafetyTest#publishedSchemas")
  void everyFieldHasItsRow(Schema schema) throws IOException {
    String section = section(schema.getName());

    assertThat(paths(schema, "").toList())
        .allSatisfy(path -> assertThat(section).contains("\n| `" + path + "` |"));
  }

  @Test
  void everyTopicHeaderAndReasonIsNamed() throws IOException {
    String readme = readme();

    assertThat(readme).contains(Topics.withDefaultPrefix().all());
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

  private static Stream<String> paths(Schema schema, String prefix) {
    return switch (schema.getType()) {
      case RECORD ->
          schema.getFields().stream()
              .flatMap(
                  field ->
                      Stream.concat(
                          Stream.of(prefix + field.name()),
                          paths(field.schema(), prefix + field.name() + ".")));
      case ARRAY -> paths(schema.getElementType(), prefix);
      case MAP -> paths(schema.getValueType(), prefix);
      case UNION -> schema.getTypes().stream().flatMap(branch -> paths(branch, prefix));
      default -> Stream.empty();
    };
  }

  private static String section(String record) throws IOException {
    List<String> sections = List.of(readme().split("\n(?=## )"));
    return sections.stream()
        .filter(section -> section.startsWith("## " + record + "\n"))
        .findFirst()
        .orElseThrow(() -> new AssertionError("README.md has no section for " + record));
  }

  private static String readme() throws IOException {
    return Files.readString(Path.of("README.md"));
  }
}
