package io.netnswatch.interop;

import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Records made after their schema alone: one with each field set, and to a value of its own; one
 * with each field null or empty that may be.
 */
final class Specimen {

  /**
   * As far from 0 as the Avro of JavaScript (avsc) reads right: it holds 53 bits, sign included.
   */
  private static final long GREATEST = (1L << 52) - 1;

  private final boolean full;
  private final Instant latest;
  private int made;

  private Specimen(boolean full, Instant latest) {
    this.full = full;
    this.latest = latest;
  }

  /**
   * A record with nothing left out: lists have two elements, text is not ASCII.
   *
   * @param latest no time is later
   */
  static SpecificRecord full(Schema schema, Instant latest) {
    return new Specimen(true, latest).of(schema);
  }

  /**
   * A record with everything left out that may be.
   *
   * @param latest no time is later
   */
  static SpecificRecord empty(Schema schema, Instant latest) {
    return new Specimen(false, latest).of(schema);
  }

  private SpecificRecord of(Schema schema) {
    return (SpecificRecord) SpecificData.get().deepCopy(schema, record(schema, ""));
  }

  private GenericRecord record(Schema schema, String path) {
    GenericData.Record record = new GenericData.Record(schema);
    for (Schema.Field field : schema.getFields()) {
      record.put(field.pos(), value(field.schema(), path + "/" + field.name()));
    }
    return record;
  }

  private @Nullable Object value(Schema schema, String path) {
    made++;
    return switch (schema.getType()) {
      case RECORD -> record(schema, path);
      case UNION -> full ? value(schema.getTypes().get(1), path) : null;
      case ARRAY -> full ? list(schema.getElementType(), path) : List.of();
      case ENUM ->
          new GenericData.EnumSymbol(
              schema, schema.getEnumSymbols().get(made % schema.getEnumSymbols().size()));
      case STRING -> "é – 漢字 \"'\\\n🐧 " + path + made;
      case BOOLEAN -> full;
      case INT -> full ? Integer.MAX_VALUE - made : made;
      case LONG -> number(schema);
      case DOUBLE -> full ? 0.1 + made : made / 3.0;
      default -> throw new IllegalArgumentException(path + ": " + schema);
    };
  }

  private Object number(Schema schema) {
    if (schema.getLogicalType() instanceof LogicalTypes.TimestampMillis) {
      return latest.minusMillis(made);
    }
    return full ? GREATEST - made : -GREATEST + made;
  }

  private List<@Nullable Object> list(Schema element, String path) {
    return IntStream.range(0, 2).mapToObj(i -> value(element, path + "/" + i)).toList();
  }
}
