package io.netnswatch.interop.ksqldb;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/**
 * A type of ksqlDB.
 *
 * @param name e.g. BIGINT, ARRAY, STRUCT
 * @param arguments of ARRAY its element, of MAP key and value
 * @param fields of STRUCT
 */
record Type(String name, List<Type> arguments, Map<String, Type> fields) {

  static final Type STRING = of("STRING");
  static final Type INTEGER = of("INTEGER");
  static final Type BIGINT = of("BIGINT");
  static final Type DOUBLE = of("DOUBLE");
  static final Type BOOLEAN = of("BOOLEAN");
  static final Type TIMESTAMP = of("TIMESTAMP");
  static final Type BYTES = of("BYTES");

  /** Of the literal NULL. */
  static final Type NULL = of("NULL");

  /** Of a word such as DAYS among the arguments of a function. */
  static final Type UNIT = of("UNIT");

  private static final List<String> NUMBERS = List.of("INTEGER", "BIGINT", "DECIMAL", "DOUBLE");
  private static final Set<String> DAYS = Set.of("TIMESTAMP", "DATE");
  private static final Set<String> TIMES = Set.of("TIMESTAMP", "DATE", "TIME");

  static Type of(String name) {
    return new Type(name, List.of(), Map.of());
  }

  static Type array(Type element) {
    return new Type("ARRAY", List.of(element), Map.of());
  }

  static Type struct(Map<String, Type> fields) {
    return new Type("STRUCT", List.of(), fields);
  }

  /** As ksqlDB reads a field of an Avro record. */
  static Type of(Schema schema) {
    return switch (schema.getType()) {
      case UNION -> of(schema.getTypes().get(1));
      case RECORD -> {
        Map<String, Type> fields = new LinkedHashMap<>();
        for (Schema.Field field : schema.getFields()) {
          fields.put(field.name().toUpperCase(Locale.ROOT), of(field.schema()));
        }
        yield struct(fields);
      }
      case ARRAY -> array(of(schema.getElementType()));
      case MAP -> new Type("MAP", List.of(STRING, of(schema.getValueType())), Map.of());
      case STRING, ENUM -> STRING;
      case BYTES, FIXED -> BYTES;
      case INT -> INTEGER;
      case LONG ->
          schema.getLogicalType() instanceof LogicalTypes.TimestampMillis ? TIMESTAMP : BIGINT;
      case FLOAT, DOUBLE -> DOUBLE;
      case BOOLEAN -> BOOLEAN;
      case NULL -> throw new RefusedException("a field that is always null");
    };
  }

  boolean isNumber() {
    return NUMBERS.contains(name);
  }

  boolean isPrimitive() {
    return !Set.of("ARRAY", "MAP", "STRUCT").contains(name);
  }

  /** Whether a function that wants the other type takes this one. */
  boolean widensTo(Type other) {
    return equals(other)
        || equals(NULL)
        || (isNumber() && other.isNumber() && NUMBERS.indexOf(name) <= NUMBERS.indexOf(other.name));
  }

  /** The type of a sum of both. */
  Type wider(Type other) {
    return NUMBERS.indexOf(name) >= NUMBERS.indexOf(other.name) ? this : other;
  }

  /** Whether ksqlDB compares the two with this operator. */
  boolean comparesWith(Type other, String operator) {
    boolean equality = Set.of("=", "!=", "<>", "IS DISTINCT FROM").contains(operator);
    if (isNumber() && other.isNumber()) {
      return true;
    }
    if (TIMES.contains(name) || TIMES.contains(other.name)) {
      return equals(other)
          || equals(STRING)
          || other.equals(STRING)
          || (DAYS.contains(name) && DAYS.contains(other.name));
    }
    return equals(other) && (equality || equals(STRING) || equals(BYTES));
  }

  @Override
  public String toString() {
    return arguments.isEmpty() ? name : name + arguments;
  }
}
