package io.netnswatch.qualitygate;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.detection.evidence.InvalidEventException;
import io.netnswatch.qualitygate.Expected.ExpectedIncident;
import io.netnswatch.qualitygate.Outcome.Published;
import io.netnswatch.scenarios.Scenario;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.TelemetryEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every scenario leads to what it says, and to nothing else. */
class ScenariosTest {

  static final Path HOME = Path.of("..", "..");

  @TestFactory
  Stream<DynamicTest> scenarios() throws IOException {
    return Scenario.all(HOME).stream()
        .map(scenario -> DynamicTest.dynamicTest(scenario.name(), () -> check(scenario)));
  }

  @Test
  void everyRecordingIsPlayedAndHasItsRow() throws IOException {
    Path recordings = HOME.resolve("testing/recordings");
    String readme = Files.readString(recordings.resolve("README.md"));
    Map<String, String> played = new HashMap<>();
    for (Scenario scenario : Scenario.all(HOME)) {
      scenario.bundle().ifPresent(bundle -> played.put(bundle, scenario.name()));
    }

    try (Stream<Path> files = Files.list(recordings)) {
      assertThat(files.map(file -> String.valueOf(file.getFileName())))
          .filteredOn(name -> name.endsWith(".tar.gz"))
          .isNotEmpty()
          .allSatisfy(
              name ->
                  assertThat(readme.contains("| `%s` | `%s` |".formatted(name, played.get(name))))
                      .as(
                          "row | `%s` | `%s` | of testing/recordings/README.md",
                          name, played.get(name))
                      .isTrue());
    }
  }

  private static void check(Scenario scenario) throws IOException, InvalidEventException {
    assertThat(scenario.summary().lines()).as("%s: lines of README.md", scenario.name()).hasSize(1);
    List<TelemetryEvent> events = scenario.telemetry(Duration.ZERO);
    Expected expected = Expected.of(scenario);
    Outcome outcome = new Outcome(false);

    outcome.feed(events);

    List<List<Published>> lives = byHost(Lives.of(outcome.published()));
    Lives.check(lives);
    assertThat(lives)
        .as("what scenario %s led to, and its expected.yaml", scenario.name())
        .extracting(life -> words(life))
        .containsExactlyElementsOf(expected.incidents().stream().map(it -> words(it)).toList());
    Instant start = events.get(0).eventTime();
    for (int i = 0; i < lives.size(); i++) {
      check(scenario.name(), expected.incidents().get(i), lives.get(i), start);
    }
    if (!expected.mayBeLate()) {
      assertThat(outcome.late()).as("%s: late events", scenario.name()).isZero();
    }
  }

  /** Which host comes first is not what a scenario is about. */
  private static List<List<Published>> byHost(List<List<Published>> lives) {
    return lives.stream()
        .sorted(Comparator.comparing(life -> life.get(0).incident().getHost()))
        .toList();
  }

  private static String words(List<Published> life) {
    Incident incident = life.get(0).incident();
    return incident.getHost() + " " + incident.getKind() + " " + Lives.end(life);
  }

  private static String words(ExpectedIncident expected) {
    return expected.host() + " " + expected.kind() + " " + expected.end();
  }

  private static void check(
      String scenario, ExpectedIncident expected, List<Published> life, Instant start) {
    Incident first = life.get(0).incident();
    Incident last = life.get(life.size() - 1).incident();
    String which = scenario + ": " + words(expected);
    if (expected.startedS() != null) {
      assertThat(Duration.between(start, first.getStartedAt()).toSeconds())
          .as("%s: started at second", which)
          .isBetween((long) expected.startedS().get(0), (long) expected.startedS().get(1));
    }
    if (expected.withinS() != null) {
      assertThat(life.get(0).atMs() - first.getStartedAt().toEpochMilli())
          .as("%s: milliseconds until it was published", which)
          .isLessThanOrEqualTo(expected.withinS() * 1000L);
    }
    if (expected.confidence() != null) {
      assertThat(last.getConfidence())
          .as("%s: missing %s", which, last.getMissing())
          .isEqualTo(expected.confidence());
    }
    if (expected.kernel() != null) {
      assertThat(last.getKernelVerdict()).as(which).isEqualTo(expected.kernel());
    }
    if (expected.missing() != null) {
      assertThat(String.join("\n", last.getMissing())).as(which).contains(expected.missing());
    }
    if (expected.says() != null) {
      assertThat(last.getDescription()).as(which).contains(expected.says());
    }
    assertThat(life.stream().anyMatch(step -> step.incident().getNoData()))
        .as("%s: no_data", which)
        .isEqualTo(expected.noData());
    if (expected.steps() != null) {
      assertThat(life.size()).as("%s: steps", which).isLessThanOrEqualTo(expected.steps());
    }
  }
}
