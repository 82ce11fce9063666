package io.netnswatch.collector.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A record of a journal: a line of {@code journalctl -o json}, the fields of its forms of a field a
 * line, or a line of what ships logs: Docker's files ({@code log}), Google Cloud ({@code
 * jsonPayload}, {@code textPayload}), OpenTelemetry's {@code body}, Azure's {@code SyslogMessage},
 * {@code dmesg --json}, others ("message", {@code msg}, Splunk's {@code _raw}).
 *
 * @param stamp its times
 * @param messages its message, line by line
 * @param kernel whether the kernel wrote it
 * @param bootId the boot it is of; null if it does not say
 * @param host the host it is of; null if it does not say
 */
record JournalRecord(
    LogStamp stamp,
    List<String> messages,
    boolean kernel,
    @Nullable String bootId,
    @Nullable String host) {

  private static final int MAX_MESSAGE = 8_192;

  private static final List<String> HOSTS =
      List.of("host", "hostname", "node", "node_name", "nodename", "instance");

  private static final List<String> MESSAGES =
      List.of(
          "MESSAGE",
          "message",
          "msg",
          "log",
          "line",
          "textPayload",
          "@message",
          "_raw",
          "body",
          "SyslogMessage");

  /** Objects in a record whose fields are its own. */
  private static final List<String> GROUPS = List.of("jsonPayload", "fields", "_source", "result");

  private static final Pattern SAYS_SOMETHING =
      Pattern.compile("\"(?:" + String.join("|", MESSAGES) + ")\"\\s{0,2}:");

  /** Seconds, or smaller units, since 1970. */
  private static final Pattern SINCE_1970 = Pattern.compile("1\\d{9}(?:\\d{3}){0,3}");

  /** A smaller number of seconds is one since the boot, as {@code dmesg --json} has it. */
  private static final double LEAST_SINCE_1970 = 1e9;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(16).maxStringLength(1 << 20).build())
          .build();

  /** Null if the fields have no message. */
  static @Nullable JournalRecord of(Map<String, String> fields) {
    String message = fields.get("MESSAGE");
    return message == null
        ? null
        : new JournalRecord(
            new LogStamp(
                micros(fields.get("_SOURCE_MONOTONIC_TIMESTAMP")),
                micros(fields.get("__REALTIME_TIMESTAMP")),
                null),
            List.of(message),
            fields.getOrDefault("_TRANSPORT", "kernel").equals("kernel"),
            fields.get("_BOOT_ID"),
            fields.get("_HOSTNAME"));
  }

  /** Whether an object may be one by the names of its fields; a cheap look. */
  static boolean mayBe(JsonNode object) {
    return MESSAGES.stream().anyMatch(object::has)
        || GROUPS.stream()
            .map(object::path)
            .anyMatch(group -> MESSAGES.stream().anyMatch(group::has));
  }

  /** Null if the line is none. */
  static @Nullable JournalRecord parse(String line) {
    if (!line.startsWith("{") || !SAYS_SOMETHING.matcher(line).find()) {
      return null;
    }
    Long wallMs = null;
    Long uptimeMs = null;
    String message = null;
    String bootId = null;
    String host = null;
    Long shippedMs = null;
    Long firstMs = null;
    Long lastMs = null;
    String count = null;
    boolean kernel = true;
    try (JsonParser json = FACTORY.createParser(line)) {
      json.nextToken();
      for (String name = next(json); name != null; name = next(json)) {
        JsonToken token = json.nextToken();
        switch (name) {
          case "MESSAGE", "message", "msg", "log", "line", "textPayload", "@message", "_raw" ->
              message = token == JsonToken.START_ARRAY ? bytes(json) : json.getText();
          case "body", "SyslogMessage" ->
              message =
                  token == JsonToken.START_OBJECT ? text(json, "stringValue") : json.getText();
          case "__REALTIME_TIMESTAMP" -> wallMs = micros(json.getText());
          case "_SOURCE_MONOTONIC_TIMESTAMP" -> uptimeMs = micros(json.getText());
          case "_BOOT_ID" -> bootId = json.getText();
          case "_HOSTNAME", "host", "hostname", "node", "node_name", "nodename", "Computer" ->
              host =
                  token == JsonToken.VALUE_STRING && host == null
                      ? json.getText()
                      : token == JsonToken.START_OBJECT ? name(json, host) : host;
          case "timestamp", "@timestamp", "time", "_time", "timeUnixNano", "TimeGenerated" -> {
            boolean sinceBoot =
                token == JsonToken.VALUE_NUMBER_FLOAT && json.getDoubleValue() < LEAST_SINCE_1970;
            uptimeMs = sinceBoot ? Long.valueOf((long) (json.getDoubleValue() * 1000)) : uptimeMs;
            shippedMs = sinceBoot ? shippedMs : instant(json.getText());
          }
          case "_TRANSPORT" -> kernel = "kernel".equals(json.getText());
          case "firstTimestamp" -> firstMs = instant(json.getText());
          case "lastTimestamp" -> lastMs = instant(json.getText());
          case "count" -> count = token == JsonToken.VALUE_NUMBER_INT ? json.getText() : null;
          case "jsonPayload", "fields", "_source", "result" -> {} // its fields are looked at, too
          default -> json.skipChildren();
        }
      }
    } catch (IOException e) {
      return null; // cut off, or no JSON
    }
    if (message != null && count != null && firstMs != null && lastMs != null) {
      shippedMs = lastMs;
      message += asKubectlSays(count, lastMs - firstMs);
    }
    return message == null
        ? null
        : new JournalRecord(
            new LogStamp(uptimeMs, wallMs != null ? wallMs : shippedMs, null),
            message.lines().toList(),
            kernel,
            bootId,
            host);
  }

  /** What kubectl describe makes of an event that came again, as it is when it came last. */
  private static String asKubectlSays(String count, long overMs) {
    return " 0s (x" + count + " over " + overMs / 60_000 + "m)";
  }

  /** The fields of a record as CloudWatch's queries answer: an object with name and value each. */
  static @Nullable JournalRecord ofFields(JsonNode fields) {
    String message = null;
    Long atMs = null;
    for (JsonNode field : fields) {
      String value = field.path("value").asText();
      switch (field.path("field").asText()) {
        case "@message" -> message = value;
        case "@timestamp" -> atMs = instant(value.replace(' ', 'T') + "Z");
        default -> {}
      }
    }
    return message == null || !fields.isArray()
        ? null
        : new JournalRecord(
            new LogStamp(null, atMs, null), message.lines().toList(), true, null, null);
  }

  /**
   * An entry of one of Loki's streams: {@code ["1709802467170000000", "the line"]}; null if it is
   * none.
   */
  static @Nullable JournalRecord ofPair(JsonNode pair) {
    Long atMs =
        pair.isArray() && pair.size() >= 2 && pair.get(0).isTextual() && pair.get(1).isTextual()
            ? instant(pair.get(0).asText())
            : null;
    return atMs == null
        ? null
        : new JournalRecord(
            new LogStamp(null, atMs, null),
            pair.get(1).asText().lines().toList(),
            true,
            null,
            null);
  }

  /** The same of that host, if it does not say of which it is itself. */
  JournalRecord orOfHost(@Nullable String name) {
    return new JournalRecord(stamp, messages, kernel, bootId, host != null ? host : name);
  }

  /** A row of a table, by the names of its columns. */
  static @Nullable JournalRecord ofRow(JsonNode columns, JsonNode row) {
    ObjectNode fields = JsonNodeFactory.instance.objectNode();
    for (int i = 0; i < Math.min(row.size(), columns.size()); i++) {
      fields.set(columns.get(i).path("name").asText(), row.get(i));
    }
    return parse(fields.toString());
  }

  /** The host of what OpenTelemetry calls a resource; null if it does not say. */
  static @Nullable String hostOf(JsonNode resource) {
    for (JsonNode attribute : resource.path("attributes")) {
      String key = attribute.path("key").asText();
      if (key.equals("host.name") || key.equals("k8s.node.name")) {
        return attribute.path("value").path("stringValue").asText(null);
      }
    }
    return null;
  }

  /** The host that labels name; null if they name none. */
  static @Nullable String hostIn(JsonNode labels) {
    for (String label : HOSTS) {
      if (labels.path(label).isTextual()) {
        return labels.path(label).asText();
      }
    }
    return null;
  }

  /** The next field, of whatever object; null at the end. */
  private static @Nullable String next(JsonParser json) throws IOException {
    for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
      if (token == JsonToken.FIELD_NAME) {
        return json.currentName();
      }
    }
    return null;
  }

  /** Of an object that tells of a host: its name. */
  private static @Nullable String name(JsonParser json, @Nullable String known) throws IOException {
    String name = known;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      boolean isName = json.currentName().equals("name") || json.currentName().equals("hostname");
      if (json.nextToken() == JsonToken.VALUE_STRING && isName && name == null) {
        name = json.getText();
      }
      json.skipChildren();
    }
    return name;
  }

  /** Of an object: a text in it by its name; null if it has none. */
  private static @Nullable String text(JsonParser json, String wanted) throws IOException {
    String text = null;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      boolean isIt = json.currentName().equals(wanted);
      if (json.nextToken() == JsonToken.VALUE_STRING && isIt) {
        text = json.getText();
      }
      json.skipChildren();
    }
    return text;
  }

  /** Of ISO 8601, as those write it who ship logs, or a number; null if it is another form. */
  private static @Nullable Long instant(@Nullable String text) {
    if (text != null && SINCE_1970.matcher(text).matches()) {
      return Long.parseLong((text + "000").substring(0, 13));
    }
    try {
      return text == null ? null : OffsetDateTime.parse(text).toInstant().toEpochMilli();
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  private static @Nullable Long micros(@Nullable String number) {
    return number == null || !number.matches("\\d{4,18}") ? null : Long.parseLong(number) / 1000;
  }

  /** What is no UTF-8 stands as an array of bytes. */
  private static String bytes(JsonParser json) throws IOException {
    List<Character> characters = new ArrayList<>();
    for (JsonToken token = json.nextToken();
        token != null && token != JsonToken.END_ARRAY;
        token = json.nextToken()) {
      if (token == JsonToken.VALUE_NUMBER_INT && characters.size() < MAX_MESSAGE) {
        characters.add((char) (json.getIntValue() & 0xff));
      }
    }
    StringBuilder text = new StringBuilder();
    characters.forEach(text::append);
    return text.toString();
  }
}
