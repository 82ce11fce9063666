package io.netnswatch.interop;

import org.apache.avro.Schema;

/** Schemas without their documentation, and without what is for Java alone. */
final class Docless {

  private Docless() {}

  static Schema of(Schema schema) {
    return switch (schema.getType()) {
      case RECORD ->
          Schema.createRecord(
              schema.getName(),
              null,
              schema.getNamespace(),
              false,
              schema.getFields().stream().map(Docless::of).toList());
      case ARRAY -> Schema.createArray(of(schema.getElementType()));
      case UNION -> Schema.createUnion(schema.getTypes().stream().map(Docless::of).toList());
      case ENUM ->
          Schema.createEnum(
              schema.getName(),
              null,
              schema.getNamespace(),
              schema.getEnumSymbols(),
              schema.getEnumDefault());
      case MAP -> Schema.createMap(of(schema.getValueType()));
      case STRING -> Schema.create(Schema.Type.STRING);
      default -> schema;
    };
  }

  private static Schema.Field of(Schema.Field field) {
    return new Schema.Field(field.name(), of(field.schema()), null, field.defaultVal());
  }
}
