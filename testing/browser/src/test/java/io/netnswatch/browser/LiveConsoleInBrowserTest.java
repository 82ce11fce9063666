package io.netnswatch.browser;

import static io.netnswatch.browser.StubDetector.JSON;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.netnswatch.console.Replays;
import io.netnswatch.console.Report;
import io.netnswatch.schema.Incident;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The live console as Chromium shows it; skipped where there is none. */
class LiveConsoleInBrowserTest extends InBrowser {

  /** What the README shows; {@code -Dnetnswatch.rewrite=true} takes it anew. */
  private static final Path OF_README = Path.of("../../docs/images/console.webp");

  private static final String HOST = "compute-14.example.net";

  private static final List<Look> LOOKS =
      List.of(
          new Look("light", 1440, "light"),
          new Look("dark", 1440, "dark"),
          new Look("phone", 360, "dark"));

  private record Look(String name, int width, String scheme) {}

  private @Nullable StubDetector serving;

  @BeforeEach
  void startDetector() throws IOException {
    serving = StubDetector.start();
  }

  /** Nothing was asked of others; the page broke neither its policy nor itself. */
  @AfterEach
  void thePageKeptQuiet() {
    detector().close();
    assertThat(browser().complaints())
        .filteredOn(it -> !it.contains("Failed to load resource"))
        .isEmpty();
    assertThat(browser().requests()).allMatch(it -> it.startsWith("http://127.0.0.1:"));
  }

  @Test
  void theFleetShowsWhatIsWrongFirst() throws Exception {
    Report report = Replays.fleet(24, 1);
    detector().putFleet(report, List.of());
    for (Look look : LOOKS) {
      open("", look.width(), look.scheme(), "h1");
      browser().screenshot(PICTURES.resolve("fleet-" + look.name() + ".png"), true);
      isAccessible(look.width());
    }
  }

  @Test
  void aHostIsShownInDepth() throws Exception {
    Report report = RecordedLivelock.report();
    detector().putFleet(report, List.of());
    detector().putHost(report.timelines().get(0), report);
    for (Look look : LOOKS) {
      open("#host/" + HOST, look.width(), look.scheme(), ".flame");
      browser().screenshot(PICTURES.resolve("host-" + look.name() + ".png"), true);
      isAccessible(look.width());
    }
  }

  @Test
  void everyNumberOfAHostIsTheDetectors() throws Exception {
    Report report = RecordedLivelock.report();
    Incident livelock = report.incidents().get(0).latest();
    detector().putFleet(report, List.of());
    detector().putHost(report.timelines().get(0), report);
    JsonNode sample = detector().answer("/api/records/netnswatch.perf-samples/3/48123");
    JsonNode snapshot = detector().answer("/api/records/netnswatch.proc-snapshots/3/48124");
    double cpuSeconds =
        sample.get("frequency_hz").asInt() * sample.get("duration_ms").asInt() / 1000.0;

    open("#host/" + HOST, 1440, "light", ".flame");

    assertThat(text(".readout")).contains("1.00 CPU", "6 min 41 s");
    assertThat(texts(".brief code"))
        .containsExactlyElementsOf(
            livelock.getEvidence().stream()
                .map(
                    it ->
                        it.getSourceTopic()
                            + " / "
                            + it.getSourcePartition()
                            + " / "
                            + it.getSourceOffset())
                .toList());
    for (int i = 0; i < 15; i++) {
      JsonNode symbol = sample.get("symbols").get(i);
      String row = "section:has(.flame) tbody tr:nth-child(" + (i + 1) + ")";
      assertThat(text(row))
          .isEqualTo(
              String.format(
                  Locale.ROOT,
                  "%s\t%.2f\t%d\t%s (%d)",
                  symbol.get("symbol").asText(),
                  symbol.get("samples").asLong() / cpuSeconds,
                  symbol.get("samples").asLong(),
                  symbol.get("comm").asText(),
                  symbol.get("pid").asInt()));
    }
    long samples = 0;
    for (JsonNode symbol : sample.get("symbols")) {
      samples += symbol.get("samples").asLong();
    }
    assertThat(text(".said"))
        .isEqualTo(
            String.format(
                Locale.ROOT,
                "all tasks: %.2f CPUs, %d samples, 100 %%",
                samples / cpuSeconds,
                samples));
    assertThat(texts("section:has(details[data-key^=task]) .scroll:last-of-type tbody b"))
        .containsExactlyElementsOf(snapshot.get("tasks_of_interest").findValuesAsText("comm"));
    assertThat(text(".runbook h3")).isEqualTo("Meaning");
    assertThat(texts(".command pre").get(2))
        .contains("--host=" + HOST, "--bootstrap-servers=kafka-1:9092");

    // When: the flame graph is read by keyboard
    value("document.querySelector('.frame').focus()");
    browser().press("ArrowDown", 40);
    assertThat(text(".said")).startsWith("kworker/u4:0 (5): 1.");
    browser().pressEnter();
    browser().awaitTrue("document.activeElement.style.width === '100%'");
    browser().press("Escape", 27);
    browser().awaitTrue("document.activeElement.textContent === 'all tasks'");
  }

  private static JsonNode step(Incident incident, String phase, String time) {
    return JSON.createObjectNode()
        .put("host", HOST)
        .put("target", "nodes")
        .put("operation", "cordon")
        .put("phase", phase)
        .put("incident_key", incident.getIncidentKey())
        .put("recorded_at", time);
  }

  @Test
  void anIncidentStandsBesideItsRunbookAndLeadsToItsRecords() throws Exception {
    Report report = RecordedLivelock.report();
    Incident livelock = report.incidents().get(0).latest();
    detector().putFleet(report, List.of());
    detector().putHost(report.timelines().get(0), report);

    detector()
        .putActions(
            HOST,
            JSON.createArrayNode()
                .add(step(livelock, "APPLYING", "2026-11-22T15:59:16Z"))
                .add(step(livelock, "APPLIED", "2026-11-22T15:59:17Z")));

    open("#" + livelock.getIncidentKey(), 1440, "light", "article.incident .timeline canvas");
    browser().screenshot(PICTURES.resolve("live-incident.png"), false);
    if (Boolean.getBoolean("netnswatch.rewrite")) {
      browser().screenshot(OF_README, false);
    }

    assertThat(text("article h2")).isEqualTo(livelock.getTitle());
    assertThat(text(".verdict.affected")).contains(livelock.getKernelVerdictReason());
    assertThat(texts(".incident tbody a").get(0)).matches("netnswatch\\.[a-z-]+ / 3 / 48\\d{3}");
    assertThat(texts(".incident tbody tr"))
        .anyMatch(it -> it.contains("nodes") && it.contains("cordon") && it.endsWith("done"));
    assertThat(texts(".command pre")).anyMatch(it -> it.contains(livelock.getIncidentKey()));
    isAccessible(1440);
    open("#record/netnswatch.perf-samples/3/48123", 1440, "light", ".flame");
    assertThat(text(".facts")).contains(HOST);
    isAccessible(1440);
  }

  @Test
  void whatChangesIsShownWithoutReload() throws Exception {
    Report before = Replays.healthy();
    detector().putFleet(before, List.of());
    open("", 1440, "light", ".long tbody a");
    value("window.kept = true");
    assertThat(text("h1")).isEqualTo("No open incidents on 2 hosts");

    // When: an incident begins
    detector().putFleet(RecordedLivelock.report(), List.of());

    browser().awaitTrue("document.querySelector('h1').textContent.startsWith('1 open')");
    assertThat(text("#news")).startsWith("New incident: ");
    assertThat(value("document.title").asText()).isEqualTo("(1) netnswatch");

    // And: stores are being restored
    detector().notReady("restoring state, 1234 records to go");
    browser().awaitTrue("document.querySelector('#notes').textContent.includes('1234 records')");
    assertThat(text("#notes")).contains("Restoring state", "Shown is what was known at");
    assertThat(text("h1")).startsWith("1 open");

    // And: then one instance is gone
    detector().notReady("");
    detector().putFleet(before, List.of(Map.of("address", "10.0.0.2:8480", "problem", "refused")));
    browser().awaitTrue("document.querySelector('#notes').textContent.includes('10.0.0.2')");
    assertThat(text("#notes")).startsWith("1 instance of the detector did not answer");
    assertThat(value("window.kept").asBoolean()).isTrue();
  }

  @Test
  void anEmptyFleetIsToldHowToBegin() throws Exception {
    detector().putFleet(JSON.createArrayNode(), JSON.createArrayNode(), List.of());

    open("", 1440, "light", ".command");

    assertThat(text("h1")).isEqualTo("No telemetry yet");
    assertThat(text(".command pre"))
        .isEqualTo(
            "./netnswatch collect --bootstrap-servers=kafka-1:9092"
                + " --schema-registry-url=http://registry:8081");
    isAccessible(1440);
    browser().screenshot(PICTURES.resolve("no-data.png"), false);
  }

  @Test
  void aTokenIsAskedForAndKeptInTheTab() throws Exception {
    detector().putFleet(Replays.healthy(), List.of());
    detector().needs("secret");
    open("", 1440, "light", "form");
    isAccessible(1440);

    browser().type("secret");
    browser().pressEnter();

    browser().awaitTrue("document.querySelector('.long') !== null");
    assertThat(value("localStorage.length + document.cookie.length").asInt()).isZero();
    assertThat(browser().requests()).noneMatch(it -> it.contains("secret"));
    value("sessionStorage.clear()");
  }

  @Test
  void hostileNamesAreShownAsText() throws Exception {
    String hostile =
        "<script>document.title='owned'</script><img src=x onerror=alert(1)>\u202egnp/#%";
    String shown = hostile.replace("\u202e", "\\u202e");
    Report report = Replays.hostile(hostile);
    detector().putFleet(report, List.of());
    detector().putHost(report.timelines().get(0), report);
    open("", 1440, "light", ".long tbody a");
    assertThat(text(".long tbody a")).isEqualTo(shown);

    value("document.querySelector('.long tbody a').click()");

    browser().awaitTrue("document.querySelector('.flame') !== null");
    assertThat(text("article h1")).isEqualTo(shown);
    assertThat(value("document.images.length").asInt()).isZero();
    assertThat(value("document.title").asText()).endsWith("netnswatch");
  }

  @Test
  void fiveThousandHostsDoNotLag() throws Exception {
    ArrayNode hosts = JSON.createArrayNode();
    for (int i = 0; i < 5_000; i++) {
      String status = i % 500 == 7 ? "SILENT" : "HEALTHY";
      hosts
          .addObject()
          .put("host", "compute-" + i + ".example.net")
          .put("status", status)
          .put("latest_event_at", "2026-11-22T06:00:00Z")
          .put("boot_id", "b" + i)
          .put("kernel_release", i % 3 == 0 ? "4.15.1-netns" : "5.10.218")
          .put("kernel_verdict", i % 3 == 0 ? "AFFECTED" : "NOT_AFFECTED")
          .putArray("open_incidents");
    }
    detector().putFleet(hosts, JSON.createArrayNode(), List.of());
    open("", 1440, "dark", ".long tbody a");

    assertThat(text("h1")).isEqualTo("No open incidents on 5,000 hosts");
    assertThat(texts(".chip b")).containsExactly("0", "10", "0", "4,990", "1,667", "0", "3,333");
    assertThat(texts(".long tbody th").subList(0, 10))
        .allMatch(it -> it.matches("compute-\\d*7\\..*"));
    assertThat(value("document.querySelectorAll('.long tbody tr').length").asInt()).isLessThan(100);
    for (String words : List.of("", "compute-49", "4.15", "zzz")) {
      assertThat(browser().leastCpuMs(filter("none"), filter(words)))
          .as("milliseconds of a filter by '%s'", words)
          .isBetween(1.0, 200.0);
    }
    assertThat(browser().leastCpuMs(filter("") + "; scrollTo(0, 0)", "scrollTo(0, 100000)"))
        .as("milliseconds of a leap")
        .isBetween(1.0, 200.0);
    value(
        "input = document.querySelector('.filter input'), input.value = '', input.focus(), scrollTo(0, 0)");
    browser().type("compute-49 4.15");
    assertThat(text(".count")).isEqualTo("36 of 5,000 hosts");
    browser().press("ArrowDown", 40);
    browser().press("End", 35);
    assertThat(value("document.activeElement.textContent").asText())
        .isEqualTo("compute-4998.example.net");
    browser().screenshot(PICTURES.resolve("crowd-live.png"), false);
  }

  private StubDetector detector() {
    return Objects.requireNonNull(serving);
  }

  private void open(String hash, int width, String scheme, String awaited) {
    browser().open(detector().address() + hash, width, 900, scheme);
    browser().awaitTrue("document.querySelector('" + awaited + "') !== null");
  }

  private void isAccessible(int width) {
    assertThat(browser().violations()).isEmpty();
    assertThat(value("document.documentElement.scrollWidth").asInt()).isEqualTo(width);
  }
}
