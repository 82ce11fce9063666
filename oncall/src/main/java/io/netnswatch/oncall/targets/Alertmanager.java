package io.netnswatch.oncall.targets;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netnswatch.command.Json;
import io.netnswatch.oncall.alert.Alert;
import io.netnswatch.oncall.alert.Step;
import io.netnswatch.schema.Incident;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Prometheus' Alertmanager, API v2: {@code POST /api/v2/alerts}. Its identity of an alert is the
 * label set, so labels hold nothing that changes. It forgets a firing alert at {@code endsAt}, and
 * all of them when it restarts, so they are told again and again.
 *
 * @param url base of the server, without {@code /api}
 * @param authorization value of that header; null for none
 * @param labels added to each alert
 * @param firingFor a firing alert that is not told again for so long is over to it
 */
public record Alertmanager(
    URI url, @Nullable Secret authorization, Map<String, String> labels, Duration firingFor)
    implements Target {

  private static final int MAX_DESCRIPTION = 4_000;

  /** Name of the alerts that say that hosts were not acted on. */
  private static final String HELD_BACK = "netns-actions-held-back";

  public Alertmanager {
    labels = Map.copyOf(labels);
  }

  @Override
  public Map<String, String> names(Alert alert) {
    Map<String, String> names = new HashMap<>(labels);
    names.put("incident_key", alert.key());
    names.put("incident_group", alert.group());
    names.put("severity", alert.severity().name().toLowerCase(Locale.ROOT));
    Text.speaker(alert)
        .ifPresent(
            incident -> {
              names.put("alertname", alert.note() == null ? incident.getRuleId() : HELD_BACK);
              names.put("kind", incident.getKind());
              names.put("component", incident.getComponent());
              names.put("class", incident.getIncidentClass());
              if (!alert.grouped() && alert.note() == null) {
                names.put("instance", incident.getHost());
              }
            });
    return names;
  }

  @Override
  public Request request(List<Step> steps, Instant now) {
    ArrayNode alerts = Json.MAPPER.createArrayNode();
    steps.forEach(step -> alerts.add(alert(step, now)));
    Map<String, String> headers = new HashMap<>();
    headers.put("Content-Type", "application/json");
    if (authorization != null) {
      headers.put("Authorization", authorization.reveal());
    }
    return new Request(Uris.under(url, "/api/v2/alerts"), headers, alerts.toString());
  }

  private ObjectNode alert(Step step, Instant now) {
    Alert alert = step.alert();
    ObjectNode json = Json.MAPPER.createObjectNode();
    ObjectNode labelSet = json.putObject("labels");
    (step.names().isEmpty() ? names(alert) : step.names())
        .forEach((name, value) -> Text.put(labelSet, name, value));
    ObjectNode annotations = json.putObject("annotations");
    annotations.put("summary", alert.title());
    if (alert.grouped()) {
      Text.put(annotations, "hosts", Text.hosts(alert));
    }
    Text.put(annotations, "description", Text.atMost(MAX_DESCRIPTION, Text.description(alert)));
    Text.speaker(alert).ifPresent(incident -> describe(incident, json, annotations));
    json.put("startsAt", alert.startedAt().toString());
    json.put("endsAt", Objects.requireNonNullElse(alert.endedAt(), now.plus(firingFor)).toString());
    return json;
  }

  private static void describe(Incident incident, ObjectNode json, ObjectNode annotations) {
    Text.cause(incident)
        .forEach((name, text) -> annotations.put(name, Text.atMost(MAX_DESCRIPTION, text)));
    Text.put(annotations, "status", incident.getStatus());
    Text.put(annotations, "confidence", incident.getConfidence());
    Text.put(annotations, "no_data", incident.getNoData() ? "true" : "");
    Text.put(annotations, "kernel_release", incident.getKernelRelease());
    Text.put(annotations, "kernel_cure", incident.getKernelCure());
    Text.put(annotations, "rule_version", incident.getRuleVersion());
    Text.put(annotations, "detector_version", incident.getDetectorVersion());
    Text.put(annotations, "runbook_url", incident.getRunbookUrl());
    Text.put(annotations, "dashboard_url", incident.getDashboardUrl());
    if (Text.isLink(incident.getDashboardUrl())) {
      json.put("generatorURL", incident.getDashboardUrl());
    } else if (Text.isLink(incident.getRunbookUrl())) {
      json.put("generatorURL", incident.getRunbookUrl());
    }
  }

  @Override
  public List<String> secrets() {
    return List.of(); // headers are not shown
  }
}
