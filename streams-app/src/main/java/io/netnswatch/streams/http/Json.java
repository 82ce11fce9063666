package io.netnswatch.streams.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.netnswatch.console.HostTimeline;
import io.netnswatch.console.Series;
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
    types.addSerializer(HostTimeline.class, serializer(Json::write));
    return JsonMapper.builder()
        .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
        .addModule(types)
        .build();
  }

  /** Null where nothing was measured. */
  private static void write(HostTimeline timeline, JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeStringField("host", timeline.host());
    out.writeStringField("kernel_release", timeline.kernelRelease());
    out.writeStringField("start", timeline.start().toString());
    out.writeNumberField("bucket_ms", timeline.bucket().toMillis());
    write("hot_cpus", timeline.hotCpus(), out);
    write("worker_cpus", timeline.workerCpus(), out);
    write("creation_ms", timeline.creationMs(), out);
    out.writeEndObject();
  }

  private static void write(String name, Series values, JsonGenerator out) throws IOException {
    out.writeArrayFieldStart(name);
    for (int i = 0; i < values.length(); i++) {
      if (Double.isNaN(values.at(i))) {
        out.writeNull();
      } else {
        out.writeNumber(Math.rint(values.at(i) * 1_000) / 1_000);
      }
    }
    out.writeEndArray();
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
