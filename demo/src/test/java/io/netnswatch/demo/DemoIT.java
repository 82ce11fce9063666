package io.netnswatch.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as a user runs it, as a process of its own. */
class DemoIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofMinutes(4);

  @TempDir private Path temporary;
  private @Nullable Process demo;

  @AfterEach
  void endDemo() throws InterruptedException {
    if (demo != null) {
      demo.destroyForcibly().waitFor();
    }
  }

  @Test
  void findsTheRecordedLivelockAndShowsThisHostHealthyBesideIt() throws Exception {
    Process run = start("--scenario=recorded-livelock", "--once", "--json", "--timeout=200");

    assertThat(run.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();

    assertThat(run.exitValue()).as(text("err")).isZero();
    List<JsonNode> lines = jsonLines();
    List<JsonNode> incidents = ofType("incident", lines);
    assertThat(incidents).hasSize(1);
    JsonNode incident = incidents.get(0);
    assertThat(incident.get("kind").asText()).isEqualTo("netns-cleanup-livelock");
    assertThat(incident.get("event_action").asText()).isEqualTo("TRIGGER");
    assertThat(incident.get("host").asText()).isEqualTo("recorded-livelock");
    assertThat(incident.get("confidence").asText()).isEqualTo("CONFIRMED");
    assertThat(incident.get("kernel_release").asText()).isEqualTo("4.15.1-netns");
    assertThat(incident.get("kernel_verdict").asText()).isEqualTo("AFFECTED");
    assertThat(incident.at("/hot_symbol/symbol").asText()).isEqualTo("inet_evict_bucket");
    assertThat(incident.at("/hot_symbol/cpus").asDouble()).isBetween(0.9, 1.1);
    assertThat(incident.at("/hot_symbol/call_path").toString()).contains("cleanup_net");
    assertThat(incident.at("/blocked_creation/age_ms").asLong()).isGreaterThanOrEqualTo(5_000);
    assertThat(incident.at("/blocked_creation/wchan").asText()).isEqualTo("copy_net_ns");
    assertThat(incident.get("runbook_url").asText())
        .startsWith("file:")
        .endsWith("netns-cleanup-livelock.md");
    assertThat(Path.of(java.net.URI.create(incident.get("runbook_url").asText()))).exists();
    assertThat(incident.at("/evidence/0/source_offset").isNumber()).isTrue();
    String here = java.net.InetAddress.getLocalHost().getHostName();
    assertThat(ofType("host", lines))
        .filteredOn(line -> line.get("host").asText().equals(here))
        .last()
        .satisfies(
            line -> {
              assertThat(line.get("open_incidents")).isEmpty();
              assertThat(line.get("kernel_release").asText())
                  .isEqualTo(Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip());
            });
    assertNothingIsLeft(List.of());
  }

  @Test
  void endsItsChildrenEvenWhenKilledAndTheNextStartCleansUpAndLeavesNothingWhenTerminated()
      throws Exception {
    Process killed = start("--json");
    awaitHostLine();
    List<ProcessHandle> ofKilled = killed.descendants().toList();
    assertThat(ofKilled).hasSizeGreaterThanOrEqualTo(4);

    killed.destroyForcibly().waitFor();

    awaitEnd(ofKilled, Duration.ofSeconds(30));
    assertThat(workDirectories()).hasSize(1);

    Process terminated = start("--json");
    awaitHostLine();
    List<ProcessHandle> ofTerminated = terminated.descendants().toList();

    terminated.destroy();

    assertThat(terminated.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertNothingIsLeft(ofTerminated);
  }

  @Test
  void refusesAnUnknownScenario() throws Exception {
    Process run = start("--scenario=no-such");

    assertThat(run.waitFor(60, TimeUnit.SECONDS)).isTrue();

    assertThat(run.exitValue()).isEqualTo(2);
    assertThat(text("err"))
        .contains("--scenario: there is no no-such; there are ", "recorded-livelock");
  }

  private Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.add("-Dnetnswatch.home=" + System.getProperty("netnswatch.home"));
    command.add("-Djava.io.tmpdir=" + temporary);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(DemoCommand.class.getName());
    command.addAll(List.of(arguments));
    Process started =
        new ProcessBuilder(command)
            .redirectOutput(temporary.resolve("out").toFile())
            .redirectError(temporary.resolve("err").toFile())
            .start();
    demo = started;
    return started;
  }

  /** As root the line must show a probe's latency; others have none. */
  private void awaitHostLine() {
    boolean root = System.getProperty("user.name").equals("root");
    String awaited = root ? "\"add_outcome\":\"SUCCEEDED\"" : "\"type\":\"host\"";
    await().atMost(LIMIT).until(() -> text("out").contains(awaited));
  }

  private void assertNothingIsLeft(List<ProcessHandle> children) throws IOException {
    awaitEnd(children, Duration.ofSeconds(10));
    assertThat(workDirectories()).isEmpty();
    Path named = Path.of("/run/netns");
    if (Files.isDirectory(named)) {
      try (Stream<Path> names = Files.list(named)) {
        assertThat(names)
            .noneMatch(name -> name.getFileName().toString().startsWith("netnswatch-probe-"));
      }
    }
  }

  /** A grandchild that has ended counts as alive until the init process has taken note of it. */
  private static void awaitEnd(List<ProcessHandle> children, Duration limit) {
    await()
        .atMost(limit)
        .untilAsserted(() -> assertThat(children).noneMatch(ProcessHandle::isAlive));
  }

  private List<Path> workDirectories() throws IOException {
    try (Stream<Path> entries = Files.list(temporary)) {
      return entries
          .filter(entry -> entry.getFileName().toString().startsWith("netnswatch-demo-"))
          .toList();
    }
  }

  private List<JsonNode> jsonLines() throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(temporary.resolve("out"))) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  private static List<JsonNode> ofType(String type, List<JsonNode> lines) {
    return lines.stream().filter(line -> line.get("type").asText().equals(type)).toList();
  }

  private String text(String stream) throws IOException {
    return Files.readString(temporary.resolve(stream));
  }
}
