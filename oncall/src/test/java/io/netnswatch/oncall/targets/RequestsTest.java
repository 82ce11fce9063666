package io.netnswatch.oncall.targets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netnswatch.oncall.TestIncidents;
import io.netnswatch.oncall.alert.Action;
import io.netnswatch.oncall.alert.Alert;
import io.netnswatch.oncall.alert.Step;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.Severity;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RequestsTest {

  private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");
  private static final URI SERVER = URI.create("http://127.0.0.1:1/");
  private static final String KEY = "0123456789abcdef0123456789abcdef";
  private static final Target ALERTMANAGER =
      new Alertmanager(
          SERVER, new Secret("Basic abc"), Map.of("team", "net"), Duration.ofMinutes(10));
  private static final Target PAGER = new PagerDuty(SERVER, new Secret(KEY));
  private static final Target WEBHOOK = new Webhook(SERVER, null, null);

  @Test
  void alertmanagersLabelsStayWhileWhatChangesIsInAnnotations() throws Exception {
    Incident incident = TestIncidents.opened("a", T0);
    Alert alert = alert(List.of(incident), null);
    JsonNode fires = body(ALERTMANAGER, new Step(Action.TRIGGER, alert, T0, Map.of())).get(0);
    assertThat(fires.path("labels").toString())
        .contains(
            "\"alertname\":\"netns-cleanup-livelock\"",
            "\"instance\":\"a\"",
            "\"severity\":\"critical\"",
            "\"team\":\"net\"",
            "\"incident_key\":\"key\"");
    assertThat(fires.path("endsAt").asText()).isEqualTo("2026-01-01T00:10:00Z");
    assertThat(fires.path("annotations").path("kernel_cure").asText()).isEqualTo("5.10.70");

    // When: it is over, and the bridge knows nothing else of it
    Map<String, String> names = ALERTMANAGER.names(alert);
    Step resolve =
        new Step(Action.RESOLVE, alert(List.of(), T0.plusSeconds(90)), T0.plusSeconds(90), names);
    JsonNode ends = body(ALERTMANAGER, resolve).get(0);

    // Then
    assertThat(ends.path("labels")).isEqualTo(fires.path("labels"));
    assertThat(ends.path("endsAt").asText()).isEqualTo("2026-01-01T00:01:30Z");
  }

  @Test
  void pagerDutysLimitsHoldForFiveThousandHostsOfManyWords() throws Exception {
    Incident wordy =
        Incident.newBuilder(TestIncidents.opened("a", T0))
            .setDescription("ä\"\n".repeat(50_000))
            .setTitle("t".repeat(5_000))
            .build();
    List<Incident> many =
        IntStream.range(0, 5_000)
            .mapToObj(i -> Incident.newBuilder(wordy).setHost("host-" + i).build())
            .toList();
    Request request =
        PAGER.request(List.of(new Step(Action.TRIGGER, alert(many, null), T0, Map.of())), T0);
    assertThat(request.body().getBytes(UTF_8).length).isLessThan(512 * 1024);
    JsonNode payload = new ObjectMapper().readTree(request.body()).path("payload");
    assertThat(payload.path("summary").asText()).hasSize(1024).endsWith("…");
    assertThat(payload.path("custom_details").path("host_count").asInt()).isEqualTo(5_000);
    assertThat(payload.path("custom_details").path("hosts").asText()).endsWith("and 4800 more");
  }

  @Test
  void pagerDutysResolveNamesTheSameAlert() throws Exception {
    JsonNode event = body(PAGER, new Step(Action.RESOLVE, alert(List.of(), T0), T0, Map.of()));
    assertThat(event.toString())
        .isEqualTo(
            "{\"routing_key\":\"%s\",\"event_action\":\"resolve\",\"dedup_key\":\"key\"}"
                .formatted(KEY));
    assertThat(PAGER.secrets()).containsExactly(KEY);
  }

  @Test
  void aWebhooksEventKeepsItsIdWhenItIsRepeated() throws Exception {
    Alert alert = alert(List.of(TestIncidents.opened("a", T0)), null);
    JsonNode event = body(WEBHOOK, new Step(Action.TRIGGER, alert, T0, Map.of()));
    JsonNode again = body(WEBHOOK, new Step(Action.TRIGGER, alert, T0.plusSeconds(60), Map.of()));
    JsonNode update = body(WEBHOOK, new Step(Action.UPDATE, alert, T0, Map.of()));
    assertThat(again).isEqualTo(event);
    assertThat(update.path("id")).isNotEqualTo(event.path("id"));
    assertThat(event.path("type").asText()).isEqualTo("io.netnswatch.alert.trigger");
    assertThat(event.path("data").path("incidents").get(0).path("host").asText()).isEqualTo("a");
  }

  private static Alert alert(List<Incident> incidents, @Nullable Instant endedAt) {
    return new Alert(
        "key",
        "group",
        false,
        "version",
        Severity.CRITICAL,
        incidents.isEmpty() ? "title" : incidents.get(0).getTitle(),
        T0,
        T0,
        endedAt,
        incidents,
        null);
  }

  private static JsonNode body(Target target, Step step) throws Exception {
    return new ObjectMapper().readTree(target.request(List.of(step), T0).body());
  }
}
