package io.netnswatch.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import com.fasterxml.jackson.databind.JsonNode;
import io.netnswatch.console.IncidentSteps;
import io.netnswatch.console.Replays;
import io.netnswatch.console.Report;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.IncidentStatus;
import io.netnswatch.schema.Severity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report as Chromium shows it; skipped where there is none. Pictures go to target/pictures. */
class ReportInBrowserTest extends InBrowser {

  @TempDir private Path folder;

  /**
   * Whatever a test did: no error, no violation of the policy, and nothing but the file was read.
   */
  @AfterEach
  void thePageKeptQuiet() {
    assertThat(browser().complaints()).isEmpty();
    assertThat(browser().requests()).allMatch(it -> it.startsWith("file:"));
  }

  @Test
  void showsTheLivelockWithItsEvidence() throws Exception {
    Report report = RecordedLivelock.report();
    Incident livelock = report.incidents().get(0).latest();

    open(report, "", 1440, 1000, "light");

    assertThat(text("h1")).isEqualTo(report.title());
    assertThat(text("#chosen h2")).isEqualTo(livelock.getTitle());
    assertThat(text(".summary tbody")).isEqualTo("critical\tnetns-cleanup-livelock\t1\t1\t1");
    assertThat(text("#masthead .facts")).contains("596 of 1 host", "2026-11-22 15:57:51Z to");
    assertThat(text("#chosen .facts")).contains("16.4 s after start", "4.15.1-netns");
    assertThat(text(".verdict.affected")).contains(livelock.getKernelVerdictReason());
    assertThat(text(".words"))
        .isEqualTo(livelock.getDescription().lines().findFirst().orElseThrow());
    assertThat(texts(".waits li"))
        .hasSize(livelock.getWaitChain().size())
        .last(STRING)
        .contains("kworker/u4:0", "nf_ct_net_exit");
    assertThat(texts(".cards").get(0)).contains("Culprit", "nf_ct_net_exit");
    assertThat(texts(".cards").get(1)).contains("inet_evict_bucket", "copy_net_ns", "samples405");
    assertThat(texts(".incident section > .scroll tbody tr").get(0))
        .contains(livelock.getEvidence().get(0).getSummary());
    assertThat(texts(".incident tbody tr td:last-child code"))
        .hasSize(livelock.getEvidence().size())
        .allMatch(it -> it.matches("netnswatch\\.[a-z-]+ / 3 / 48\\d{3}"));
    assertThat(text(".runbook h3")).isEqualTo("Meaning");
    assertThat(value("document.querySelectorAll('.plots canvas').length").asInt()).isEqualTo(2);
    browser().screenshot(PICTURES.resolve("livelock.png"), true);
  }

  @Test
  void timelineSaysItsValuesToTheKeyboardAndAsATable() throws Exception {
    open(RecordedLivelock.report(), "", 1440, 1000, "light");

    assertThat(text(".readout")).contains("1.00 CPU", "6 min 41 s");
    value("document.querySelector('.plots').focus()");
    browser().press("ArrowRight", 39);
    browser().awaitTrue("/^11-22 16:0/.test(document.querySelector('.readout .when').textContent)");
    value("document.querySelector('.values summary').click()");
    browser().awaitTrue("document.querySelectorAll('.values tbody tr').length > 100");

    assertThat(text(".values tbody tr")).startsWith("2026-11-22 15:57:51.413Z");
  }

  @Test
  void fiveHundredIncidentsOnAThousandHostsAreFilteredWithoutLag() throws Exception {
    Report report = Replays.times(70, Replays.fleet(24, 1));
    assertThat(report.incidents()).hasSizeGreaterThan(500);
    assertThat(report.timelines()).hasSizeGreaterThan(1_000);
    open(report, "", 1440, 900, "dark");
    long critical =
        report.incidents().stream()
            .map(IncidentSteps::latest)
            .filter(it -> it.getHost().startsWith("rack-17-"))
            .filter(it -> it.getSeverity() == Severity.CRITICAL)
            .count();

    value("document.querySelector('.filter input').focus()");
    browser().type("critical rack-17-");

    assertThat(value(visibleRows() + ".length").asLong()).isEqualTo(critical).isPositive();
    assertThat(text(".count"))
        .isEqualTo(critical + " of " + report.incidents().size() + " incidents");
    for (String words : List.of("", "host-1", "warning", "zzz")) {
      assertThat(browser().leastCpuMs(filter("none"), filter(words)))
          .as("milliseconds of a filter by '%s'", words)
          .isBetween(1.0, 200.0);
    }
    browser().screenshot(PICTURES.resolve("crowd.png"), false);
  }

  @Test
  void openIncidentsComeFirstThenTheNewest() throws Exception {
    Report report = Replays.fleet(24, 1);
    List<String> expected =
        report.incidents().stream()
            .map(IncidentSteps::latest)
            .sorted(
                Comparator.comparing((Incident it) -> it.getStatus() == IncidentStatus.RESOLVED)
                    .thenComparing(Incident::getStartedAt, Comparator.reverseOrder())
                    .thenComparing(Incident::getIncidentKey))
            .map(Incident::getHost)
            .toList();

    open(report, "", 1440, 900, "light");

    assertThat(texts(".list:not([hidden]) .rows b")).startsWith(expected.toArray(String[]::new));
  }

  @Test
  void incidentsAreChosenByKeyboard() throws Exception {
    Report report = Replays.fleet(24, 1);
    open(report, "", 1440, 900, "light");

    browser().press("/", 191);
    browser().press("ArrowDown", 40);
    browser().press("ArrowDown", 40);
    browser().pressEnter();

    browser().awaitTrue("document.querySelectorAll('.rows a')[1].ariaCurrent === 'true'");
    assertThat(value("decodeURIComponent(location.hash.slice(1))").asText())
        .isEqualTo(text("#chosen .key"));
    assertThat(
            value("document.activeElement === document.querySelectorAll('.rows a')[1]").asBoolean())
        .isTrue();
  }

  @Test
  void commandsOfTheRunbookAreCopiedWithoutPromptAndAnswer() throws Exception {
    open(RecordedLivelock.report(), "", 1440, 900, "light");

    value("document.querySelector('.runbook .copy').focus()");
    browser().pressEnter();
    browser().awaitTrue("document.querySelector('.runbook .copy').textContent === 'Copied'");

    assertThat(value("navigator.clipboard.readText()").asText())
        .isEqualTo("grep -l copy_net_ns /proc/[0-9]*/stack\ncat /proc/2597/stack /proc/2597/wchan");
  }

  @Test
  void anAddressLeadsToItsIncident() throws Exception {
    Report report = Replays.fleet(24, 1);
    Incident last = report.incidents().get(report.incidents().size() - 1).latest();

    open(report, "#" + last.getIncidentKey(), 1440, 900, "light");

    assertThat(text("#chosen h2")).isEqualTo(last.getTitle());
    value("document.querySelector('#chosen .facts a').click()");
    browser()
        .awaitTrue("document.querySelector('#chosen h2').textContent === '" + last.getHost() + "'");
  }

  @Test
  void phonesShowTheListOrWhatWasChosen() throws Exception {
    Report report = RecordedLivelock.report();

    open(report, "", 360, 740, "light");
    assertThat(value("getComputedStyle(document.querySelector('#chosen')).display").asText())
        .isEqualTo("none");
    browser().screenshot(PICTURES.resolve("phone-list.png"), true);
    value("document.querySelector('.rows a').click()");
    browser().awaitTrue("getComputedStyle(document.querySelector('nav')).display === 'none'");

    assertThat(value("document.activeElement.tagName").asText()).isEqualTo("H2");
    assertThat(value("document.documentElement.scrollWidth").asInt()).isEqualTo(360);
    browser().screenshot(PICTURES.resolve("phone-incident.png"), true);
  }

  @Test
  void saysThatThereAreNoIncidents() throws Exception {
    Report report = Replays.healthy();

    open(report, "", 1200, 800, "light");

    assertThat(text("#chosen"))
        .startsWith("No incidents")
        .contains("In 20 min of history", report.hosts() + " hosts", "netns-cleanup-livelock v");
    assertThat(texts(".rows b")).containsExactly("db-1", "db-2");
    browser().screenshot(PICTURES.resolve("no-incidents.png"), false);
  }

  @Test
  void hostileTextsAreShownAsText() throws Exception {
    String hostile = "</script><img src=x onerror=document.title='owned'>\u202egnp";

    open(Replays.hostile(hostile), "", 1440, 900, "light");

    String shown = hostile.replace("\u202e", "\\u202e");
    assertThat(text("#chosen h2")).isEqualTo(shown);
    assertThat(text(".rows b")).isEqualTo(shown);
    assertThat(value("document.images.length").asInt()).isZero();
    assertThat(value("document.title").asText()).isNotEqualTo("owned");
  }

  @Test
  void draggingZoomsBothPlotsAndADoubleClickShowsAll() throws Exception {
    open(RecordedLivelock.report(), "", 1440, 1000, "light");
    value("document.querySelector('.values summary').click()");
    browser().awaitTrue("document.querySelectorAll('.values tbody tr').length > 100");
    value("document.querySelectorAll('.u-over')[1].scrollIntoView({block: 'center'})");
    JsonNode plot =
        value("document.querySelectorAll('.u-over')[1].getBoundingClientRect().toJSON()");
    int left = plot.get("left").asInt();
    int quarter = plot.get("width").asInt() / 4;

    browser().drag(left + quarter, left + 2 * quarter, plot.get("top").asInt() + 20);
    browser().awaitTrue("document.querySelectorAll('.values tbody tr').length < 80");

    assertThat(text(".values tbody tr")).startsWith("2026-11-22 15:59:5");
    value(
        "document.querySelector('.u-over').dispatchEvent(new MouseEvent('dblclick', {bubbles: true}))");
    browser().awaitTrue("document.querySelectorAll('.values tbody tr').length > 100");
  }

  @Test
  void everyPageKeepsTheRulesOfAccessibility() throws Exception {
    Report livelock = RecordedLivelock.report();
    Incident incident = livelock.incidents().get(0).latest();
    List<Address> addresses =
        List.of(
            new Address(livelock, "#" + incident.getIncidentKey()),
            new Address(livelock, "#host/" + incident.getHost()),
            new Address(Replays.times(3, livelock), ""),
            new Address(Replays.healthy(), ""));
    for (Address address : addresses) {
      for (String scheme : List.of("light", "dark")) {
        for (int width : List.of(1440, 360)) {
          open(address.report(), address.hash(), width, 1000, scheme);
          assertThat(browser().complaints()).isEmpty();
          List<String> violations = browser().violations();

          assertThat(violations).as("%s %s %d", address.hash(), scheme, width).isEmpty();
          assertThat(value("document.documentElement.scrollWidth").asInt()).isEqualTo(width);
        }
      }
    }
  }

  private record Address(Report report, String hash) {}

  private void open(Report report, String hash, int width, int height, String scheme)
      throws IOException {
    Path page = Replays.page(report, folder.resolve("report.html"));
    browser().open(page, hash, width, height, scheme);
  }

  private static String visibleRows() {
    return "[...document.querySelectorAll('.list:not([hidden]) .rows li')].filter(it => !it.hidden)";
  }
}
