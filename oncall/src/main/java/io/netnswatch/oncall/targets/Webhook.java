package io.netnswatch.oncall.targets;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netnswatch.command.Json;
import io.netnswatch.oncall.alert.Alert;
import io.netnswatch.oncall.alert.Digest;
import io.netnswatch.oncall.alert.Step;
import io.netnswatch.schema.RecordJson;
import java.net.URI;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Any HTTP server: CloudEvents 1.0 in structured JSON, signed as Standard Webhooks prescribes, so
 * that ready libraries can verify it. The event's id is the same when a request is repeated.
 *
 * @param url where to post
 * @param authorization value of that header; null for none
 * @param signature signs each request; null for no signature
 */
public record Webhook(URI url, @Nullable Secret authorization, @Nullable WebhookSignature signature)
    implements Target {

  private static final int MAX_INCIDENTS_IN_FULL = 20;

  @Override
  public Map<String, String> names(Alert alert) {
    return Map.of();
  }

  @Override
  public Request request(List<Step> steps, Instant now) {
    Step step = steps.get(0);
    String id = id(step);
    String body = event(step, id).toString();
    Map<String, String> headers = new HashMap<>();
    headers.put("Content-Type", "application/cloudevents+json; charset=utf-8");
    if (authorization != null) {
      headers.put("Authorization", authorization.reveal());
    }
    if (signature != null) {
      headers.putAll(signature.headers(id, now, body));
    }
    return new Request(url, headers, body);
  }

  private static String id(Step step) {
    String said = step.alert().key() + "\n" + step.action() + "\n";
    return switch (step.action()) {
      case TRIGGER, RESOLVE -> Digest.sha256(said); // once each in the life of an alert
      case UPDATE, REPEAT -> Digest.sha256(said + step.alert().version());
    };
  }

  private static ObjectNode event(Step step, String id) {
    Alert alert = step.alert();
    ObjectNode event = Json.MAPPER.createObjectNode();
    event.put("specversion", "1.0");
    event.put("id", id);
    event.put("source", "/netnswatch/oncall");
    event.put("type", "io.netnswatch.alert." + step.action().name().toLowerCase(Locale.ROOT));
    event.put("subject", alert.key());
    event.put("time", alert.updatedAt().toString());
    event.put("datacontenttype", "application/json");
    ObjectNode data = event.putObject("data");
    data.put("alert_key", alert.key());
    data.put("incident_group", alert.group());
    data.put("grouped", alert.grouped());
    data.put("firing", alert.firing());
    data.put("severity", alert.severity().name());
    data.put("title", alert.title());
    Text.put(data, "note", alert.note());
    data.put("started_at", alert.startedAt().toString());
    Text.put(data, "ended_at", alert.endedAt());
    ArrayNode hosts = data.putArray("hosts");
    Text.hostNames(alert).forEach(hosts::add);
    ArrayNode incidents = data.putArray("incidents");
    alert.incidents().stream()
        .limit(MAX_INCIDENTS_IN_FULL)
        .map(RecordJson::of)
        .forEach(incidents::add);
    return event;
  }

  @Override
  public List<String> secrets() {
    return List.of(); // headers are not shown
  }

  /** Without what is secret: many services have it in the path. */
  @Override
  public String toString() {
    return "Webhook[" + url.getScheme() + "://" + url.getHost() + "]";
  }
}
