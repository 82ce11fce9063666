package io.netnswatch.collector.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
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
 * jsonPayload}, {@code textPayload}), others ("message", {@code msg}).
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

  private static final Pattern SAYS_SOMETHING =
      Pattern.compile("\"(?:MESSAGE|message|msg|log|line|textPayload|@message)\"\\s{0,2}:");

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
    boolean kernel = true;
    try (JsonParser json = FACTORY.createParser(line)) {
      json.nextToken();
      for (String name = next(json); name != null; name = next(json)) {
        JsonToken token = json.nextToken();
        switch (name) {
          case "MESSAGE", "message", "msg", "log", "line", "textPayload", "@message" ->
              message = token == JsonToken.START_ARRAY ? bytes(json) : json.getText();
          case "__REALTIME_TIMESTAMP" -> wallMs = micros(json.getText());
          case "_SOURCE_MONOTONIC_TIMESTAMP" -> uptimeMs = micros(json.getText());
          case "_BOOT_ID" -> bootId = json.getText();
          case "_HOSTNAME", "host", "hostname", "node", "node_name", "nodename" ->
              host =
                  token == JsonToken.VALUE_STRING && host == null
                      ? json.getText()
                      : skip(json, host);
          case "timestamp", "@timestamp", "time" -> shippedMs = instant(json.getText());
          case "_TRANSPORT" -> kernel = "kernel".equals(json.getText());
          case "jsonPayload", "fields", "_source" -> {} // its fields are looked at, too
          default -> json.skipChildren();
        }
      }
    } catch (IOException e) {
      return null; // cut off, or no JSON
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

  /** The next field, of whatever object; null at the end. */
  private static @Nullable String next(JsonParser json) throws IOException {
    for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
      if (token == JsonToken.FIELD_NAME) {
        return json.currentName();
      }
    }
    return null;
  }

  private static @Nullable String skip(JsonParser json, @Nullable String known) throws IOException {
    json.skipChildren();
    return known;
  }

  /** Of ISO 8601, as those write it who ship logs; null if it is another form. */
  private static @Nullable Long instant(@Nullable String text) {
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
