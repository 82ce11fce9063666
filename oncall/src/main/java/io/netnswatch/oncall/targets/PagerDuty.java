package io.netnswatch.oncall.targets;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netnswatch.command.Json;
import io.netnswatch.oncall.alert.Action;
import io.netnswatch.oncall.alert.Alert;
import io.netnswatch.oncall.alert.Step;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.RecordJson;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * PagerDuty, Events API v2: {@code POST /v2/enqueue}. The key of the alert is the {@code
 * dedup_key}, so a trigger that is repeated pages nobody twice.
 *
 * @param url of the service, without {@code /v2}
 * @param routingKey integration key, 32 characters
 */
public record PagerDuty(URI url, Secret routingKey) implements Target {

  /** Where events of everybody go who has no other region. */
  public static final URI DEFAULT_URL = URI.create("https://events.pagerduty.com");

  /** A routing key has so many characters. */
  public static final int ROUTING_KEY_LENGTH = 32;

  private static final int MAX_SUMMARY = 1024;
  private static final int MAX_DEDUP_KEY = 255;

  /** The documented limit is 512 KB of the whole body. */
  private static final int MAX_BYTES = 500_000;

  private static final int MAX_INCIDENTS_IN_FULL = 5;

  @Override
  public Map<String, String> names(Alert alert) {
    return Map.of();
  }

  @Override
  public Request request(List<Step> steps, Instant now) {
    Step step = steps.get(0);
    String body = body(step, MAX_INCIDENTS_IN_FULL);
    if (body.getBytes(UTF_8).length > MAX_BYTES) {
      body = body(step, 0);
    }
    return new Request(
        Uris.under(url, "/v2/enqueue"), Map.of("Content-Type", "application/json"), body);
  }

  private String body(Step step, int inFull) {
    Alert alert = step.alert();
    ObjectNode event = Json.MAPPER.createObjectNode();
    event.put("routing_key", routingKey.reveal());
    event.put("event_action", step.action() == Action.RESOLVE ? "resolve" : "trigger");
    event.put("dedup_key", Text.atMost(MAX_DEDUP_KEY, alert.key()));
    if (step.action() != Action.RESOLVE) {
      event.put("client", "netnswatch");
      event.set("payload", payload(alert, inFull));
      Text.speaker(alert).ifPresent(incident -> links(incident, event.putArray("links")));
    }
    return event.toString();
  }

  private static ObjectNode payload(Alert alert, int inFull) {
    ObjectNode payload = Json.MAPPER.createObjectNode();
    payload.put("summary", Text.atMost(MAX_SUMMARY, alert.title()));
    payload.put("severity", alert.severity().name().toLowerCase(Locale.ROOT));
    payload.put("timestamp", alert.updatedAt().toString());
    payload.put("group", alert.group());
    List<String> hosts = Text.hostNames(alert);
    payload.put("source", hosts.size() == 1 ? hosts.get(0) : alert.group());
    Text.speaker(alert)
        .ifPresent(
            incident -> {
              payload.put("component", incident.getComponent());
              payload.put("class", incident.getIncidentClass());
            });
    ObjectNode details = payload.putObject("custom_details");
    details.put("hosts", Text.hosts(alert));
    details.put("host_count", hosts.size());
    details.put("started_at", alert.startedAt().toString());
    details.put("description", Text.atMost(20_000, Text.description(alert)));
    Text.speaker(alert)
        .ifPresent(
            incident -> {
              Text.cause(incident)
                  .forEach((name, text) -> details.put(name, Text.atMost(4_000, text)));
              details.put("runbook", incident.getRunbookUrl());
              Text.put(details, "kernel_cure", incident.getKernelCure());
            });
    ArrayNode incidents = details.putArray("incidents");
    alert.incidents().stream().limit(inFull).map(RecordJson::of).forEach(incidents::add);
    return payload;
  }

  private static void links(Incident incident, ArrayNode links) {
    link(links, incident.getRunbookUrl(), "Runbook");
    link(links, incident.getDashboardUrl(), "Dashboard");
  }

  private static void link(ArrayNode links, @Nullable String url, String text) {
    if (Text.isLink(url)) {
      links.addObject().put("href", url).put("text", text);
    }
  }

  @Override
  public List<String> secrets() {
    return List.of(routingKey.reveal());
  }
}
