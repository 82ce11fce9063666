package io.netnswatch.oncall;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.Headers;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What PagerDuty's documentation of the Events API v2 demands of an event, and what it makes of the
 * accepted ones.
 */
final class PagerDutyRules {

  private static final Set<String> FIELDS =
      Set.of(
          "routing_key",
          "event_action",
          "dedup_key",
          "payload",
          "client",
          "client_url",
          "links",
          "images");
  private static final Set<String> PAYLOAD_FIELDS =
      Set.of(
          "summary",
          "source",
          "severity",
          "timestamp",
          "component",
          "group",
          "class",
          "custom_details");
  private static final int MAX_BYTES = 512 * 1024;

  private PagerDutyRules() {}

  static @Nullable String complaint(String path, Headers headers, byte[] body, JsonNode event) {
    if (!path.equals("/v2/enqueue")) {
      return "path";
    }
    if (!String.valueOf(headers.getFirst("Content-Type")).startsWith("application/json")) {
      return "content type";
    }
    if (body.length > MAX_BYTES) {
      return "size";
    }
    if (!event.path("routing_key").asText().matches("[A-Za-z0-9]{32}")) {
      return "routing_key";
    }
    if (!names(event, FIELDS)) {
      return "unknown field";
    }
    String key = event.path("dedup_key").asText();
    if (key.isEmpty() || key.length() > 255) {
      return "dedup_key";
    }
    return switch (event.path("event_action").asText()) {
      case "trigger" -> complaintOfPayload(event);
      case "acknowledge", "resolve" -> null;
      default -> "event_action";
    };
  }

  private static @Nullable String complaintOfPayload(JsonNode event) {
    JsonNode payload = event.path("payload");
    String summary = payload.path("summary").asText();
    if (summary.isEmpty() || summary.length() > 1024) {
      return "summary";
    }
    if (payload.path("source").asText().isEmpty()) {
      return "source";
    }
    if (!Set.of("critical", "error", "warning", "info")
        .contains(payload.path("severity").asText())) {
      return "severity";
    }
    if (!names(payload, PAYLOAD_FIELDS)) {
      return "unknown field in payload";
    }
    try {
      Instant.parse(payload.path("timestamp").asText());
    } catch (DateTimeException e) {
      return "timestamp";
    }
    for (JsonNode link : event.path("links")) {
      if (!URI.create(link.path("href").asText()).isAbsolute()) {
        return "links";
      }
    }
    return null;
  }

  private static boolean names(JsonNode object, Set<String> known) {
    Set<String> names = new HashSet<>();
    object.fieldNames().forEachRemaining(names::add);
    return known.containsAll(names);
  }

  /** Keys of the alerts that opened, in order: each is somebody's telephone that rings. */
  static List<String> pages(List<JsonNode> events) {
    List<String> pages = new ArrayList<>();
    Set<String> open = new HashSet<>();
    for (JsonNode event : events) {
      String key = event.path("dedup_key").asText();
      if (event.path("event_action").asText().equals("resolve")) {
        open.remove(key);
      } else if (open.add(key)) {
        pages.add(key);
      }
    }
    return pages;
  }

  /** Keys of the alerts that are open. */
  static Set<String> open(List<JsonNode> events) {
    Set<String> open = new HashSet<>();
    for (JsonNode event : events) {
      String key = event.path("dedup_key").asText();
      if (event.path("event_action").asText().equals("resolve")) {
        open.remove(key);
      } else {
        open.add(key);
      }
    }
    return open;
  }

  /** Resolves of alerts that were not known: PagerDuty drops them. */
  static List<String> dropped(List<JsonNode> events) {
    List<String> dropped = new ArrayList<>();
    Set<String> known = new HashSet<>();
    for (JsonNode event : events) {
      String key = event.path("dedup_key").asText();
      if (!event.path("event_action").asText().equals("resolve")) {
        known.add(key);
      } else if (!known.contains(key)) {
        dropped.add(key);
      }
    }
    return dropped;
  }
}
