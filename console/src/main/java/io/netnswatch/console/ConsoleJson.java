package io.netnswatch.console;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.netnswatch.schema.RecordJson;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * JSON as the pages read it, of a live detector and in a report: names in snake case, times in ISO
 * 8601, records of the topics as their schema, null where nothing was measured.
 */
public final class ConsoleJson {

  private ConsoleJson() {}

  /** Writes any answer to a page. */
  public static JsonMapper mapper() {
    SimpleModule types = new SimpleModule();
    types.addSerializer(
        Instant.class, serializer((value, out) -> out.writeString(value.toString())));
    types.addSerializer(
        SpecificRecord.class, serializer((value, out) -> out.writeTree(RecordJson.of(value))));
    types.addSerializer(HostTimeline.class, serializer(ConsoleJson::write));
    types.addSerializer(IncidentSteps.class, serializer(ConsoleJson::write));
    return JsonMapper.builder()
        .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
        .addModule(types)
        .build();
  }

  /** The same without any {@code <}, so that it can stand in a script element. */
  static JsonMapper mapperForMarkup() {
    JsonMapper mapper = mapper();
    mapper.getFactory().setCharacterEscapes(new NoMarkup());
    return mapper;
  }

  private static void write(HostTimeline timeline, JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeStringField("host", timeline.host());
    out.writeStringField("kernel_release", timeline.kernelRelease());
    out.writeStringField("start", timeline.start().toString());
    out.writeNumberField("bucket_ms", timeline.bucket().toMillis());
    write("hot_cpus", timeline.hotCpus(), 1_000, out);
    write("worker_cpus", timeline.workerCpus(), 1_000, out);
    write("creation_ms", timeline.creationMs(), 10, out);
    out.writeEndObject();
  }

  /** Rounded to a fraction; null where nothing was measured. */
  private static void write(String name, Series values, int fraction, JsonGenerator out)
      throws IOException {
    out.writeArrayFieldStart(name);
    for (int i = 0; i < values.length(); i++) {
      double value = values.at(i);
      double rounded = Math.rint(value * fraction) / fraction;
      if (Double.isNaN(value)) {
        out.writeNull();
      } else if (rounded == Math.rint(rounded)) {
        out.writeNumber((long) rounded);
      } else {
        out.writeNumber(rounded);
      }
    }
    out.writeEndArray();
  }

  /** Of a step only what tells it from the others: whole steps would make a file of megabytes. */
  private static void write(IncidentSteps history, JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeFieldName("latest");
    out.writeTree(RecordJson.of(history.latest()));
    out.writeStringField("runbook", RunbookPage.nameFor(history.latest()).orElse(null));
    out.writeArrayFieldStart("steps");
    for (SpecificRecord step : history.steps()) {
      out.writeTree(
          RecordJson.of(step)
              .retain(
                  "updated_at",
                  "event_action",
                  "status",
                  "severity",
                  "confidence",
                  "resolution",
                  "no_data",
                  "title"));
    }
    out.writeEndArray();
    out.writeEndObject();
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

  /** JSON's own escapes, and {@code <}, {@code >} and {@code &} too. */
  private static final class NoMarkup extends CharacterEscapes {

    private static final Map<Character, SerializedString> MARKUP =
        Map.of(
            '<', new SerializedString("\\u003c"),
            '>', new SerializedString("\\u003e"),
            '&', new SerializedString("\\u0026"));

    @Override
    public int[] getEscapeCodesForAscii() {
      int[] codes = standardAsciiEscapesForJSON();
      MARKUP.keySet().forEach(character -> codes[character] = ESCAPE_CUSTOM);
      return codes;
    }

    @Override
    public @Nullable SerializableString getEscapeSequence(int character) {
      return MARKUP.get((char) character);
    }
  }
}
