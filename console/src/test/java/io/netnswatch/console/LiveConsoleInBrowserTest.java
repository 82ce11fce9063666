package io.netnswatch.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The live console as Chromium shows it; skipped where there is none. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LiveConsoleInBrowserTest {

  private static final Path PICTURES = Path.of("target/pictures");
  private static final String HOST = "compute-14.example.net";

  private @Nullable Chromium started;
  private @Nullable StubDetector serving;

  @BeforeAll
  void startChromium(@TempDir Path profile) throws IOException {
    Optional<Path> installed = Chromium.installed();
    assumeTrue(installed.isPresent(), "Chromium is not installed: apt-get install chromium");
    started = Chromium.start(installed.get(), profile);
  }

  @AfterAll
  void endChromium() {
    if (started != null) {
      started.close();
    }
  }

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
    for (int width : List.of(1440, 360)) {
      for (String scheme : List.of("light", "dark")) {
        open("", width, scheme, "h1");
        browser().screenshot(PICTURES.resolve("fleet-" + scheme + "-" + width + ".png"), true);
        isAccessible(width);
      }
    }
  }

  @Test
  void aHostIsShownInDepth() throws Exception {
    Report report = Replays.recordedLivelock();
    detector().putFleet(report, List.of());
    detector().putHost(report.timelines().get(0), report);
    for (int width : List.of(1440, 360)) {
      for (String scheme : List.of("light", "dark")) {
        open("#host/" + HOST, width, scheme, ".flame");
        browser().screenshot(PICTURES.resolve("host-" + scheme + "-" + width + ".png"), true);
        isAccessible(width);
      }
    }
  }

  private Chromium browser() {
    return Objects.requireNonNull(started);
  }

  private StubDetector detector() {
    return Objects.requireNonNull(serving);
  }

  private void open(String hash, int width, String scheme, String awaited) {
    browser().open(detector().address() + hash, width, 900, scheme);
    browser().awaitTrue("document.querySelector('" + awaited + "') !== null");
  }

  private void isAccessible(int width) {
    value(PageAssets.text("/META-INF/resources/webjars/axe-core/4.6.3/axe.min.js") + ";0");
    JsonNode violations =
        value(
            "axe.run().then(it => it.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).slice(0, 3).join(' | ')))");
    browser().complaints().removeIf(it -> it.contains("willReadFrequently"));
    assertThat(violations).isEmpty();
    assertThat(value("document.documentElement.scrollWidth").asInt()).isEqualTo(width);
  }

  private JsonNode value(String expression) {
    return browser().evaluate(expression);
  }
}
