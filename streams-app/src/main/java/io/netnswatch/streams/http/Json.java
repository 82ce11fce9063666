package io.netnswatch.streams.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.netnswatch.schema.RecordJson;
import java.io.IOException;
import java.time.Instant;
import org.apache.avro.specific.SpecificRecord;

/**
 * JSON as all answers have it: names in snake case, times in ISO 8601, incidents as their schema.
 */
final class Json {

  private Json() {}

  static ObjectMapper mapper() {
    SimpleModule types = new SimpleModule();
    types.addSerializer(
        Instant.class, serializer((value, out) -> out.writeString(value.toString())));
    types.addSerializer(
        SpecificRecord.class, serializer((value, out) -> out.writeTree(RecordJson.of(value))));
    return JsonMapper.builder()
        .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
        .addModule(types)
        .build();
  }

  private interface Write<T> {
    void write(T value, JsonGenerator out) throws IOException;
  }

  private static <T> JsonSerializer<T> serializer(Write<T> write) {
    return new JsonSerializer<>() {
      @Override
      public void serialize(T value, JsonGenerator out, SerializerProvider provider)
          throws IOException {
        write.write(value, out);
      }
    };
  }
}
