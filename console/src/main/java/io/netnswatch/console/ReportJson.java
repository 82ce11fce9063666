package io.netnswatch.console;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.RecordJson;
import java.io.IOException;
import java.io.Writer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A report as the JSON that the page reads. Incidents have the field names of their schema, all
 * else lower camel case; times are ISO 8601, but the begin of a timeline is epoch milliseconds.
 */
final class ReportJson {

  private static final JsonMapper JSON = new JsonMapper();

  private ReportJson() {}

  /** Writes it so that it can stand in a script element: without any {@code <}. */
  static void write(Report report, Writer out) throws IOException {
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      json.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
      json.setCharacterEscapes(new NoMarkup());
      json.writeStartObject();
      json.writeStringField("title", report.title());
      json.writeStringField("source", report.source());
      json.writeStringField("from", report.from().toString());
      json.writeStringField("to", report.to().toString());
      json.writeStringField("generatedAt", report.generatedAt().toString());
      json.writeNumberField("events", report.events());
      json.writeNumberField("hosts", report.hosts());
      json.writePOJOField("unusable", report.unusable());
      json.writeStringField("detectorVersion", report.detectorVersion());
      json.writePOJOField("rules", report.rules());
      json.writeNumberField("incidentsOmitted", report.incidentsOmitted());
      json.writeArrayFieldStart("incidents");
      for (IncidentSteps history : report.incidents()) {
        write(history, json);
      }
      json.writeEndArray();
      json.writeArrayFieldStart("timelines");
      for (HostTimeline timeline : report.timelines()) {
        write(timeline, json);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
  }

  private static void write(IncidentSteps history, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeFieldName("latest");
    json.writeTree(RecordJson.of(history.latest()));
    json.writeStringField("runbook", RunbookPage.nameFor(history.latest()).orElse(null));
    json.writeArrayFieldStart("steps");
    for (Incident step : history.steps()) {
      json.writeTree(whatChanges(step));
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  /** Of a step only what tells it from the others: whole steps would make a file of megabytes. */
  private static ObjectNode whatChanges(Incident step) {
    return RecordJson.of(step)
        .retain(
            "updated_at",
            "event_action",
            "status",
            "severity",
            "confidence",
            "resolution",
            "no_data",
            "title");
  }

  private static void write(HostTimeline timeline, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("host", timeline.host());
    json.writeStringField("kernelRelease", timeline.kernelRelease());
    json.writeNumberField("startMs", timeline.start().toEpochMilli());
    json.writeNumberField("bucketMs", timeline.bucket().toMillis());
    write("hotCpus", timeline.hotCpus(), 100, json);
    write("workerCpus", timeline.workerCpus(), 100, json);
    write("creationMs", timeline.creationMs(), 10, json);
    json.writeEndObject();
  }

  /** Rounded to a fraction; null where nothing was measured. */
  private static void write(String name, Series values, int fraction, JsonGenerator json)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (int i = 0; i < values.length(); i++) {
      double value = values.at(i);
      double rounded = Math.rint(value * fraction) / fraction;
      if (Double.isNaN(value)) {
        json.writeNull();
      } else if (rounded == Math.rint(rounded)) {
        json.writeNumber((long) rounded);
      } else {
        json.writeNumber(rounded);
      }
    }
    json.writeEndArray();
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
