package io.netnswatch.detection.evidence;

import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;

/**
 * The way through the encoding of a record, from one field that is read to the next, laid out from
 * its schema: what lies between is passed over. Avro encodes fields in the order of the schema and
 * without their names.
 *
 * <p>Laid out once, when a class is loaded: a field that is not there, has another type or has
 * moved before one that is read earlier ends the program then, and not with numbers read from the
 * wrong place.
 */
final class SkipPlan {

  /**
   * From the end of the field read before to the begin of a field, or to the end of the record.
   *
   * @param passed what lies between, as {@link EncodedEvent} passes over it
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Step(int[] passed) {}

  /** What may be passed over; operands follow. */
  static final int INT = 0;

  static final int LONG = 1;
  static final int STRING = 2;

  /** Number of bytes. */
  static final int FIXED = 3;

  /** Number of symbols. */
  static final int ENUM = 4;

  /** Null or what comes then: length of its plan, its plan. */
  static final int OPTIONAL = 5;

  /** Length of an item's plan, its plan. */
  static final int ARRAY = 6;

  private final Schema record;
  private int next;

  private SkipPlan(Schema record) {
    this.record = record;
  }

  /** The way through records of a schema. */
  static SkipPlan through(Schema record) {
    return new SkipPlan(record);
  }

  /** To a field of a type, which is read before those that come after it. */
  Step to(String name, Schema.Type type) {
    Field field = field(name);
    return step(field, field.schema(), type);
  }

  /** To a field that holds null or a value of a type. */
  Step toOptional(String name, Schema.Type type) {
    Field field = field(name);
    return step(field, optional(field.schema()), type);
  }

  /** To the end of the record. */
  Step toEnd() {
    Step step = new Step(plan(next, record.getFields().size()));
    next = record.getFields().size();
    return step;
  }

  /** Schema of the items of an array, which may be missing. */
  Schema itemsOf(String name) {
    Schema schema = field(name).schema();
    return (schema.getType() == Schema.Type.UNION ? optional(schema) : schema).getElementType();
  }

  private Field field(String name) {
    Field field = record.getField(name);
    if (field == null) {
      throw new IllegalStateException(record.getFullName() + " has no field " + name);
    }
    return field;
  }

  private Step step(Field field, Schema schema, Schema.Type type) {
    if (schema.getType() != type) {
      throw new IllegalStateException(
          record.getFullName() + "." + field.name() + " is of type " + field.schema());
    }
    if (field.pos() < next) {
      throw new IllegalStateException(
          record.getFullName()
              + "."
              + field.name()
              + " stands before "
              + record.getFields().get(next - 1).name());
    }
    Step step = new Step(plan(next, field.pos()));
    next = field.pos() + 1;
    return step;
  }

  private int[] plan(int from, int until) {
    List<Integer> plan = new ArrayList<>();
    for (Field field : record.getFields().subList(from, until)) {
      pass(field.schema(), plan);
    }
    return plan.stream().mapToInt(Integer::intValue).toArray();
  }

  private void pass(Schema schema, List<Integer> plan) {
    switch (schema.getType()) {
      case INT -> plan.add(INT);
      case LONG -> plan.add(LONG);
      case STRING, BYTES -> plan.add(STRING);
      case BOOLEAN -> plan.addAll(List.of(FIXED, 1));
      case FLOAT -> plan.addAll(List.of(FIXED, Float.BYTES));
      case DOUBLE -> plan.addAll(List.of(FIXED, Double.BYTES));
      case FIXED -> plan.addAll(List.of(FIXED, schema.getFixedSize()));
      case ENUM -> plan.addAll(List.of(ENUM, schema.getEnumSymbols().size()));
      case RECORD -> schema.getFields().forEach(field -> pass(field.schema(), plan));
      case UNION -> passNested(OPTIONAL, optional(schema), plan);
      case ARRAY -> passNested(ARRAY, schema.getElementType(), plan);
      default -> throw new IllegalStateException(record.getFullName() + ": " + schema);
    }
  }

  private void passNested(int kind, Schema schema, List<Integer> plan) {
    List<Integer> nested = new ArrayList<>();
    pass(schema, nested);
    plan.add(kind);
    plan.add(nested.size());
    plan.addAll(nested);
  }

  /** What stands in a union besides null, which comes first. */
  private Schema optional(Schema union) {
    if (union.getType() != Schema.Type.UNION
        || union.getTypes().size() != 2
        || union.getTypes().get(0).getType() != Schema.Type.NULL) {
      throw new IllegalStateException(record.getFullName() + ": not null or another: " + union);
    }
    return union.getTypes().get(1);
  }
}
