package io.netnswatch.browser;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Tests of pages as one Chromium shows them; skipped where there is none. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class InBrowser {

  static final Path PICTURES = Path.of("target/pictures");

  private @Nullable Chromium started;

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

  Chromium browser() {
    return Objects.requireNonNull(started);
  }

  JsonNode value(String expression) {
    return browser().evaluate(expression);
  }

  /** Text of the first element, as it is rendered. */
  String text(String selector) {
    return value("document.querySelector(\"" + selector + "\").innerText").asText();
  }

  List<String> texts(String selector) {
    JsonNode found =
        value("Array.from(document.querySelectorAll(\"" + selector + "\"), it => it.textContent)");
    return StreamSupport.stream(found.spliterator(), false).map(JsonNode::asText).toList();
  }

  /** What types words into the filter of the list that is shown. */
  static String filter(String words) {
    return "const input = document.querySelector('.filter input'); input.value = '%s'; input.dispatchEvent(new Event('input'))"
        .formatted(words);
  }
}
