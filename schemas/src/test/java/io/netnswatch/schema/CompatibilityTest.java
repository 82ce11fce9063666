package io.netnswatch.schema;

import static org.apache.avro.SchemaCompatibility.SchemaCompatibilityType.COMPATIBLE;
import static org.apache.avro.SchemaCompatibility.SchemaCompatibilityType.INCOMPATIBLE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Today's schemas read what every released version wrote ({@code src/released/RELEASE}). */
class CompatibilityTest {

  private static final Path RELEASED = Path.of("src", "released");

  static Stream<Path> releasedSchemas() throws IOException {
    try (Stream<Path> files = Files.walk(RELEASED)) {
      return files.filter(file -> file.toString().endsWith(".avsc")).sorted().toList().stream();
    }
  }

  static Stream<Path> releases() throws IOException {
    try (Stream<Path> directories = Files.list(RELEASED)) {
      return directories.sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("releasedSchemas")
  void todaysSchemaReadsReleasedOne(Path released) throws IOException {
    Schema writer = parse(Files.readString(released));

    Schema reader = todays(writer.getFullName());

    assertThat(compatibility(reader, writer)).isEqualTo(COMPATIBLE);
  }

  @ParameterizedTest
  @MethodSource("releases")
  void releaseHoldsAllFourSchemas(Path release) {
    assertThat(release)
        .isDirectoryContaining("glob:**/ProcSnapshot.avsc")
        .isDirectoryContaining("glob:**/PerfSample.avsc")
        .isDirectoryContaining("glob:**/NetnsLatency.avsc")
        .isDirectoryContaining("glob:**/Incident.avsc");
  }

  @Test
  void thereIsARelease() throws IOException {
    assertThat(releases()).isNotEmpty();
  }

  @Test
  void newFieldWithoutDefaultIsCaught() {
    Schema writer = NetnsLatency.getClassSchema();

    Schema reader = withFirst(writer, new Schema.Field("added", string(), "New."));

    assertThat(compatibility(reader, writer)).isEqualTo(INCOMPATIBLE);
  }

  @Test
  void newFieldWithDefaultIsAllowed() {
    Schema writer = NetnsLatency.getClassSchema();

    Schema reader = withFirst(writer, new Schema.Field("added", string(), "New.", "none"));

    assertThat(compatibility(reader, writer)).isEqualTo(COMPATIBLE);
  }

  @Test
  void narrowedTypeAndRemovedSymbolAreCaught() {
    String writer = NetnsLatency.getClassSchema().toString();

    Schema narrowed =
        parse(
            writer.replace(
                "\"latency_ms\",\"type\":\"double\"", "\"latency_ms\",\"type\":\"int\""));
    Schema withoutSymbol = parse(writer.replace("\"ADD\",\"DELETE\",\"LIST\"", "\"ADD\",\"LIST\""));

    assertThat(compatibility(narrowed, parse(writer))).isEqualTo(INCOMPATIBLE);
    assertThat(compatibility(withoutSymbol, parse(writer))).isEqualTo(INCOMPATIBLE);
  }

  @ParameterizedTest
  @MethodSource("io.netnswatch.schema.KsqlDbSafetyTest#publishedSchemas")
  void defaultsAreValid(Schema schema) {
    Schema.Parser strict = new Schema.Parser().setValidateDefaults(true);

    assertThat(strict.parse(schema.toString())).isEqualTo(schema);
  }

  private static Schema string() {
    return Schema.create(Schema.Type.STRING);
  }

  private static Schema withFirst(Schema record, Schema.Field first) {
    List<Schema.Field> fields = new ArrayList<>(List.of(first));
    record.getFields().forEach(field -> fields.add(new Schema.Field(field, field.schema())));
    return Schema.createRecord(
        record.getName(), record.getDoc(), record.getNamespace(), false, fields);
  }

  private static Schema todays(String fullName) {
    return KsqlDbSafetyTest.publishedSchemas()
        .filter(schema -> schema.getFullName().equals(fullName))
        .findFirst()
        .orElseThrow(
            () -> new AssertionError(fullName + " was released and is no longer published"));
  }

  private static SchemaCompatibilityType compatibility(Schema reader, Schema writer) {
    return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getType();
  }

  private static Schema parse(String json) {
    return new Schema.Parser().parse(json);
  }
}
