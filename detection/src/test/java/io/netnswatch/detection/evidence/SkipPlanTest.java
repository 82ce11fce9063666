package io.netnswatch.detection.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netnswatch.detection.evidence.EncodedEvent.UnexpectedException;
import io.netnswatch.detection.evidence.SkipPlan.Step;
import io.netnswatch.detection.evidence.TelemetryFields.OfNetnsLatency;
import io.netnswatch.detection.evidence.TelemetryFields.OfPerfSample;
import io.netnswatch.detection.evidence.TelemetryFields.OfProcSnapshot;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.ProcSnapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SkipPlanTest {

  private static final Schema INNER =
      SchemaBuilder.record("Inner").fields().requiredInt("a").optionalLong("b").endRecord();

  /** Something of each kind, and behind it a field that is read. */
  private static final Schema OUTER =
      SchemaBuilder.record("Outer")
          .fields()
          .requiredString("first")
          .requiredInt("int")
          .requiredLong("long")
          .requiredBoolean("boolean")
          .requiredFloat("float")
          .requiredDouble("double")
          .requiredBytes("bytes")
          .name("fixed")
          .type(SchemaBuilder.fixed("Four").size(4))
          .noDefault()
          .name("enum")
          .type(SchemaBuilder.enumeration("Letter").symbols("A", "B"))
          .noDefault()
          .optionalString("absent")
          .optionalString("present")
          .name("inner")
          .type(INNER)
          .noDefault()
          .name("list")
          .type(SchemaBuilder.array().items(INNER))
          .noDefault()
          .name("optional_list")
          .type(SchemaBuilder.unionOf().nullType().and().array().items().stringType().endUnion())
          .noDefault()
          .requiredLong("last")
          .requiredInt("end")
          .endRecord();

  @Test
  void passesOverWhateverLiesBetween() throws IOException, UnexpectedException {
    SkipPlan route = SkipPlan.through(OUTER);
    Step first = route.to("first", Schema.Type.STRING);
    Step last = route.to("last", Schema.Type.LONG);
    Step end = route.toEnd();
    byte[] bytes = encoded();

    EncodedEvent event = new EncodedEvent(bytes, 0, bytes.length);
    assertThat(event.to(first).readString()).isEqualTo("one");
    assertThat(event.to(last).readLong()).isEqualTo(Long.MIN_VALUE);
    event.to(end);
    assertThat(event.position()).isEqualTo(bytes.length);
    assertThatThrownBy(event::readLong).isInstanceOf(UnexpectedException.class);
  }

  @Test
  void whatIsCutOffIsUnexpected() throws IOException {
    byte[] whole = encoded();
    Step end = SkipPlan.through(OUTER).toEnd();

    for (int length = 0; length < whole.length; length++) {
      EncodedEvent event = new EncodedEvent(whole, 0, length);
      assertThatThrownBy(() -> event.to(end)).isInstanceOf(UnexpectedException.class);
    }
  }

  /** Each kind of event with the way that is read in it, and two fields of that way. */
  static Stream<Arguments> ways() {
    return Stream.of(
        Arguments.of(
            PerfSample.getClassSchema(), way(OfPerfSample::new), "sample_count", "lost_count"),
        Arguments.of(
            NetnsLatency.getClassSchema(), way(OfNetnsLatency::new), "started_at", "observed_at"),
        Arguments.of(
            ProcSnapshot.getClassSchema(),
            way(OfProcSnapshot::new),
            "kernel_version",
            "kernel_log"));
  }

  private static Function<Schema, Object> way(Function<Schema, Object> way) {
    return way;
  }

  @ParameterizedTest
  @MethodSource("ways")
  void aFieldThatIsNotThereIsFoundAtOnce(Schema schema, Function<Schema, Object> way, String one) {
    Schema without =
        edited(
            schema, fields -> fields.stream().filter(field -> !field.name().equals(one)).toList());

    assertThatThrownBy(() -> way.apply(without))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageEndingWith("has no field " + one);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void aFieldThatHasMovedIsFoundAtOnce(
      Schema schema, Function<Schema, Object> way, String one, String other) {
    Schema swapped =
        edited(
            schema,
            fields -> {
              List<Field> moved = new ArrayList<>(fields);
              moved.set(schema.getField(one).pos(), schema.getField(other));
              moved.set(schema.getField(other).pos(), schema.getField(one));
              return moved;
            });

    assertThatThrownBy(() -> way.apply(swapped))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(" stands before ");
  }

  @ParameterizedTest
  @MethodSource("ways")
  void aFieldOfAnotherTypeIsFoundAtOnce(Schema schema, Function<Schema, Object> way, String one) {
    Schema retyped =
        edited(
            schema,
            fields ->
                fields.stream()
                    .map(
                        field ->
                            field.name().equals(one)
                                ? new Field(one, Schema.create(Schema.Type.BOOLEAN))
                                : field)
                    .toList());

    assertThatThrownBy(() -> way.apply(retyped))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("." + one + " is of type");
  }

  /** One that nobody reads may come, go and move. */
  @ParameterizedTest
  @MethodSource("ways")
  void aFieldThatIsPassedOverMayBeAnywhere(Schema schema, Function<Schema, Object> way) {
    Schema with =
        edited(
            schema,
            fields ->
                fields.stream()
                    .flatMap(
                        field ->
                            Stream.of(
                                field,
                                new Field("new_" + field.name(), Schema.create(Schema.Type.INT))))
                    .toList());

    assertThat(way.apply(with)).isNotNull();
  }

  private static Schema edited(Schema schema, UnaryOperator<List<Field>> edit) {
    List<Field> fields =
        edit.apply(schema.getFields()).stream()
            .map(field -> new Field(field.name(), field.schema()))
            .toList();
    return Schema.createRecord(schema.getName(), null, schema.getNamespace(), false, fields);
  }

  private static byte[] encoded() throws IOException {
    GenericRecord inner = new GenericData.Record(INNER);
    inner.put("a", -70_000);
    inner.put("b", 1L << 40);
    GenericRecord outer = new GenericData.Record(OUTER);
    outer.put("first", "one");
    outer.put("int", Integer.MIN_VALUE);
    outer.put("long", -1L);
    outer.put("boolean", true);
    outer.put("float", 1.5f);
    outer.put("double", 2.5);
    outer.put("bytes", ByteBuffer.wrap(new byte[3]));
    outer.put("fixed", new GenericData.Fixed(OUTER.getField("fixed").schema(), new byte[4]));
    outer.put("enum", new GenericData.EnumSymbol(OUTER.getField("enum").schema(), "B"));
    outer.put("present", "here");
    outer.put("inner", inner);
    outer.put("list", List.of(inner, inner, inner));
    outer.put("optional_list", List.of("x", "", "z"));
    outer.put("last", Long.MIN_VALUE);
    outer.put("end", 1);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new GenericDatumWriter<GenericRecord>(OUTER).write(outer, encoder);
    encoder.flush();
    return bytes.toByteArray();
  }
}
