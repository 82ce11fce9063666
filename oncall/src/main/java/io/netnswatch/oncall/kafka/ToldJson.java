package io.netnswatch.oncall.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netnswatch.oncall.alert.Phase;
import io.netnswatch.oncall.alert.Told;
import io.netnswatch.schema.Severity;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a target has been told, as the topic has it. */
final class ToldJson {

  private static final ObjectMapper JSON = new ObjectMapper();

  private ToldJson() {}

  static byte[] write(Told told) {
    ObjectNode json = JSON.createObjectNode();
    json.put("key", told.key());
    json.put("group", told.group());
    json.put("grouped", told.grouped());
    json.put("phase", told.phase().name());
    json.put("at", told.at().toString());
    json.put("version", told.version());
    json.put("severity", told.severity().name());
    json.put("title", told.title());
    json.put("started_at", told.startedAt().toString());
    ArrayNode incidents = json.putArray("incidents");
    told.incidents().forEach(incidents::add);
    ObjectNode names = json.putObject("names");
    told.names().forEach(names::put);
    return json.toString().getBytes(UTF_8);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IOException if it is something else
   */
  static Told read(byte[] value) throws IOException {
    try {
      JsonNode json = JSON.readTree(value);
      List<String> incidents = new ArrayList<>();
      json.required("incidents").forEach(key -> incidents.add(key.asText()));
      Map<String, String> names = new HashMap<>();
      json.required("names")
          .properties()
          .forEach(name -> names.put(name.getKey(), name.getValue().asText()));
      return new Told(
          json.required("key").asText(),
          json.required("group").asText(),
          json.required("grouped").booleanValue(),
          Phase.valueOf(json.required("phase").asText()),
          Instant.parse(json.required("at").asText()),
          json.required("version").asText(),
          Severity.valueOf(json.required("severity").asText()),
          json.required("title").asText(),
          Instant.parse(json.required("started_at").asText()),
          incidents,
          names);
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new IOException("not what a target has been told", e);
    }
  }
}
