package io.netnswatch.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.RecordJson;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReportPageTest {

  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern DATA =
      Pattern.compile(
          "<script type=\"application/json\" id=\"data\">(.*?)</script>", Pattern.DOTALL);

  @Test
  void carriesTheReportAsJson() throws Exception {
    Report report = Replays.livelock();

    JsonNode data = data(Replays.page(report));

    assertThat(data.get("source").asText()).isEqualTo("archive /var/lib/netnswatch/archive");
    assertThat(data.get("events").asLong()).isEqualTo(report.events());
    assertThat(data.get("rules")).hasSize(report.rules().size());
    IncidentSteps livelock = report.incidents().get(0);
    assertThat(data.at("/incidents/0/latest")).isEqualTo(reread(livelock.latest()));
    assertThat(data.at("/incidents/0/runbook").asText()).isEqualTo("netns-cleanup-livelock");
    assertThat(data.at("/incidents/0/steps")).hasSize(livelock.steps().size());
  }

  @Test
  void saysNullWhereNothingWasMeasuredAndRoundsTheRest() throws Exception {
    HostTimeline line =
        new HostTimeline(
            "db-1",
            null,
            Instant.EPOCH,
            Duration.ofSeconds(10),
            Series.of(1.00049, Double.NaN, 0),
            Series.of(0.5, 2, Double.NaN),
            Series.of(1234.56, Double.NaN, 0.04));

    JsonNode data = data(Replays.page(reportOf(line)));

    assertThat(data.at("/timelines/0/hot_cpus").toString()).isEqualTo("[1,null,0]");
    assertThat(data.at("/timelines/0/worker_cpus").toString()).isEqualTo("[0.5,2,null]");
    assertThat(data.at("/timelines/0/creation_ms").toString()).isEqualTo("[1234.6,null,0]");
    assertThat(data.at("/timelines/0/kernel_release").isNull()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "</script><script>alert(1)</script>",
        "<!--<script>",
        "\"' & ]]> \\u003c \\\\",
        "two\nlines\r\n\u2028\u2029",
        "\u202egnp.exe\u2069",
        "{{script}}"
      })
  void hostileTextsStandInTheDataAndNowhereElse(String text) throws Exception {
    String page = Replays.page(Replays.hostile(text));

    JsonNode data = data(page);
    String withoutData = DATA.matcher(page).replaceFirst("");

    assertThat(data.at("/incidents/0/latest/host").asText()).isEqualTo(text);
    assertThat(data.at("/timelines/0/host").asText()).isEqualTo(text);
    assertThat(withoutData.replaceFirst("<title>[^<]*</title>", "")).doesNotContain(text);
    assertThat(scripts(page)).hasSize(2);
  }

  @Test
  void policyAllowsExactlyTheScriptsAndTheStyleOfThePage() throws Exception {
    String page = Replays.page(Replays.livelock());

    List<String> parts = scripts(page);
    parts.addAll(all(page, "<style>(.*?)</style>"));
    String policy = all(page, "Content-Security-Policy\" content=\"([^\"]*)\"").get(0);

    assertThat(policy)
        .isEqualTo(
            "default-src 'none'; script-src %s %s; style-src %s; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
                .formatted(parts.stream().map(ReportPageTest::hash).toArray()));
    assertThat(page).doesNotContainPattern("(?i)\\s(src|srcset|style|on[a-z]+)=\"");
  }

  @Test
  void hasOneRunbookForAllIncidentsOfAKind() throws Exception {
    Report report = Replays.times(20, Replays.livelock());

    String page = Replays.page(report);

    assertThat(all(page, "<template id=\"([^\"]*)\">"))
        .containsExactly("runbook-netns-cleanup-livelock");
    String runbook = all(page, "<template[^>]*>(.*?)</template>").get(0);
    assertThat(runbook)
        .startsWith("\n<h3>Meaning</h3>")
        .contains("<td>el7 3.10</td>", "href=\"https://bugs.launchpad.net/bugs/1765980\"")
        .doesNotContain("<h1", "<h2", "href=\"#", "href=\"..");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://wiki.example.net/of-our-own.md",
        "https://wiki.example.net/netns-cleanup-livelock",
        "runbooks/../netns.md/x",
        ""
      })
  void bringsNoRunbookThatIsNotShipped(String address) throws Exception {
    Incident own =
        Incident.newBuilder(Replays.livelock().incidents().get(0).latest())
            .setRunbookUrl(address)
            .build();

    assertThat(RunbookPage.nameFor(own)).isEmpty();
  }

  @Test
  void fiveHundredIncidentsTakeLessThanFiveMegabytes() throws Exception {
    Report report = Replays.times(500, Replays.livelock());
    Report withoutTimelines =
        new Report(
            report.title(),
            report.source(),
            report.from(),
            report.to(),
            report.generatedAt(),
            report.events(),
            report.hosts(),
            report.unusable(),
            report.incidents(),
            List.of(),
            report.detectorVersion(),
            report.rules(),
            7);

    String page = Replays.page(withoutTimelines);

    assertThat(page.length()).isBetween(1_000_000, 5_000_000);
    assertThat(data(page).get("incidents_omitted").asInt()).isEqualTo(7);
  }

  @Test
  void timelineRefusesSeriesOfDifferentLengths() {
    assertThatThrownBy(
            () ->
                new HostTimeline(
                    "db-1",
                    null,
                    Instant.EPOCH,
                    Duration.ofSeconds(10),
                    Series.of(1, 2),
                    Series.of(1),
                    Series.of(1, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("series must be of one length, at least 1: 2, 1, 2");
  }

  private static Report reportOf(HostTimeline line) {
    Instant now = Instant.EPOCH;
    return new Report(
        "", "", now, now, now, 0, 1, Map.of(), List.of(), List.of(line), "", List.of(), 0);
  }

  private static JsonNode reread(Incident incident) throws Exception {
    return JSON.readTree(RecordJson.of(incident).toString());
  }

  private static JsonNode data(String page) throws Exception {
    Matcher data = DATA.matcher(page);
    assertThat(data.find()).isTrue();
    return JSON.readTree(data.group(1));
  }

  /** Scripts that run. */
  private static List<String> scripts(String page) {
    return all(page, "<script(?: type=\"module\")?>(.*?)</script>");
  }

  private static List<String> all(String page, String pattern) {
    List<String> found = new ArrayList<>();
    Matcher matcher = Pattern.compile(pattern, Pattern.DOTALL).matcher(page);
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
    return found;
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
