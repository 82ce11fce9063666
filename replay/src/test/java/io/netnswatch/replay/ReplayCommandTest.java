package io.netnswatch.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.netnswatch.collector.bundle.EvidenceBundle;
import io.netnswatch.command.Commands;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class ReplayCommandTest {

  private static final Path LIVELOCK = Path.of("..", "testing", "recordings", "livelock.tar.gz");
  private static final Path HEALTHY = Path.of("..", "testing", "recordings", "healthy.tar.gz");

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int replay(String... arguments) {
    out.getBuffer().setLength(0);
    CommandLine command =
        Commands.line(new ReplayCommand())
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    return command.execute(arguments);
  }

  @Test
  void bundlesOfAnyNumberOfHostsAsTableAndAsJsonLines() throws IOException {
    Path lines = folder.resolve("steps.jsonl");

    int exit = replay("--bundle=" + LIVELOCK, "--bundle=" + HEALTHY, "--out=" + lines);

    assertThat(exit).isZero();
    assertThat(out.toString())
        .contains("CRITICAL", "CONFIRMED", "netns-cleanup-livelock", "1 incidents in ");
    List<String> steps = Files.readAllLines(lines);
    assertThat(new JsonMapper().readTree(steps.get(0)).get("event_action").asText())
        .isEqualTo("TRIGGER");
    assertThat(err.toString()).contains("replay: done, ");
  }

  @Test
  void ofABundleThatBrokeOffIsReplayedWhatCameBefore() throws IOException {
    byte[] whole = Files.readAllBytes(LIVELOCK);
    Path part = Files.write(folder.resolve("part.tar.gz"), Arrays.copyOf(whole, whole.length / 2));

    assertThat(replay("--bundle=" + part, "--quiet")).isZero();

    assertThat(out.toString()).contains("netns-cleanup-livelock");
    assertThat(err.toString().lines())
        .first()
        .asString()
        .startsWith("replay: " + part + ": ")
        .contains("ends early");
  }

  @Test
  void reportHoldsTheIncidentAndItsTimeline() throws IOException {
    Path report = folder.resolve("report.html");

    assertThat(replay("--bundle=" + LIVELOCK, "--quiet", "--report=" + report)).isZero();

    assertThat(Files.readString(report))
        .startsWith("<!doctype html>")
        .contains(
            "netns-cleanup-livelock/", "bundle " + LIVELOCK, "runbook-netns-cleanup-livelock");
  }

  @Test
  void jsonEndsWithTotals() throws IOException {
    assertThat(replay("--bundle=" + LIVELOCK, "--json", "--quiet")).isZero();

    List<String> lines = out.toString().lines().toList();
    JsonNode totals = new JsonMapper().readTree(lines.get(lines.size() - 1));
    assertThat(totals.get("type").asText()).isEqualTo("totals");
    assertThat(totals.get("incidents").asInt()).isOne();
    assertThat(totals.get("steps").asInt()).isEqualTo(lines.size() - 1);
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void anotherThresholdIsStampedOnWhatItFinds() throws IOException {
    replay(
        "--bundle=" + LIVELOCK, "--json", "--quiet", "--set=netns-cleanup-livelock.hot.cpus=0.25");

    JsonNode first = new JsonMapper().readTree(out.toString().lines().findFirst().orElseThrow());
    assertThat(first.get("rule_version").asText()).endsWith("+hot.cpus=0.25");

    replay("--bundle=" + LIVELOCK, "--quiet", "--set=netns-cleanup-livelock.hot.cpus=64");
    assertThat(out.toString()).doesNotContain("netns-cleanup-livelock ");
  }

  /** detect reads them by the same option. */
  @Test
  void aCauseOfOnesOwnTakesTheShippedOnesPlace() throws IOException {
    Path own = Files.createDirectory(folder.resolve("causes"));
    Files.writeString(
        own.resolve("ours.yaml"),
        """
        id: ipfrag-eviction
        version: ours-7
        headline: the bug of the old routers
        summary: As our own page says.
        evidence: SEEN
        shows:
          roles: [CLEANUP]
          any: [inet_evict_bucket, inet_frags_exit_net]
          activity: HOT
        course: ENDLESS
        kernels:
          any: The routers run what they run.
        options:
          - Call the network team.
        runbook: https://wiki.example/routers
        """);

    assertThat(replay("--bundle=" + LIVELOCK, "--json", "--quiet", "--causes=" + own)).isZero();

    JsonNode first = new JsonMapper().readTree(out.toString().lines().findFirst().orElseThrow());
    assertThat(first.at("/cause/cause_version").asText()).isEqualTo("ours-7");
    assertThat(first.at("/cause/options/0").asText()).isEqualTo("Call the network team.");
    assertThat(first.get("description").asText()).contains("The bug of the old routers");
  }

  @Test
  void differencesFromTheLiveRunExitWithOne() throws IOException {
    // Given an archive of a recording, with what the live application emitted
    var events = EvidenceBundle.read(LIVELOCK).telemetry("h", Duration.ZERO);
    Path empty = Archives.write(folder.resolve("empty"), events, 1);
    Path lines = folder.resolve("steps.jsonl");
    assertThat(replay("--archive=" + empty, "--quiet", "--out=" + lines)).isZero();
    assertThat(Files.readAllLines(lines)).hasSizeGreaterThan(1);

    // When, Then
    assertThat(replay("--archive=" + empty, "--quiet", "--diff")).isOne();
    assertThat(out.toString()).contains("0 steps the same", "extra  netns-cleanup-livelock/h/");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "--archive=src --bundle=pom.xml",
        "--bootstrap-servers=localhost:1",
        "--bundle=pom.xml --from=2026-11-22T10:00:00Z --to=2026-11-22T09:00:00Z",
        "--bundle=pom.xml --from=yesterday",
        "--bundle=pom.xml --set=no-such.hot.cpus=1",
        "--bundle=pom.xml --set=netns-cleanup-livelock.hot.cpu=1",
        "--bundle=pom.xml --set=netns-cleanup-livelock.hot.cpus=0",
        "--bundle=pom.xml --window=0s",
        "--bundle=none.tar.gz",
        "--bundle=src",
        "--archive=none",
        "--archive=pom.xml",
        "--bundle=pom.xml --threads=0",
        "--bundle=pom.xml --out=/nope/x",
        "--bundle=pom.xml --report=/",
        "--bundle=pom.xml --host=[",
        "--bundle=pom.xml --signatures=/nope",
        "--bootstrap-servers=x:1 --schema-registry-url=http://x --stragglers=-1"
      })
  void wrongUsageIsSaidInWords(String line) {
    String[] arguments = line.isEmpty() ? new String[0] : line.split(" ", -1);

    assertThat(replay(arguments)).as(Arrays.toString(arguments)).isEqualTo(2);

    assertThat(err.toString()).isNotBlank().doesNotContain("\tat ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--bundle=pom.xml", "--archive=src"})
  void unreadableHistoryIsOneLine(String argument) {
    assertThat(replay(argument, "--quiet")).isEqualTo(2);

    assertThat(err.toString().lines()).hasSize(1);
  }

  @Test
  void diffNeedsWhatTheLiveApplicationEmitted() {
    assertThat(replay("--bundle=" + LIVELOCK, "--quiet", "--diff")).isOne();

    assertThat(err.toString()).contains("a bundle does not hold");
  }
}
