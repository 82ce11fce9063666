package io.netnswatch.collector;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.netnswatch.command.Commands;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class DiagnoseCommandTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final CommandLine command =
      Commands.line(new DiagnoseCommand())
          .setOut(new PrintWriter(out, true))
          .setErr(new PrintWriter(err, true));

  @ParameterizedTest
  @CsvSource({
    "livelock, netns-cleanup-livelock",
    "livelock-ip6reasm, netns-fragment-imbalance netns-cleanup-livelock"
  })
  void findsWhatIsInARecordingAndExitsWithThree(String recording, String kinds) throws IOException {
    assertThat(diagnose(recording, "--json")).isEqualTo(3);

    List<String> found = new ArrayList<>();
    for (String line : out.toString().lines().toList()) {
      JsonNode node = new JsonMapper().readTree(line);
      if (node.get("type").asText().equals("incident")) {
        found.add(node.get("kind").asText());
        assertThat(node.get("confidence").asText()).isEqualTo("CONFIRMED");
      }
    }
    assertThat(found).containsExactly(kinds.split(" "));
  }

  /** A user's own cause names what no shipped one knows. */
  @Test
  void aCauseOfOnesOwnIsNamed(@TempDir Path folder) throws IOException {
    Files.writeString(
        folder.resolve("acme.yaml"),
        """
        id: acme-drain
        version: "1"
        headline: the tunnel driver of ACME drains its flows
        summary: Its exit waits for flows that nobody ends.
        evidence: SEEN
        shows:
          roles: [CLEANUP]
          all: [acme_vpn_net_exit]
          activity: HOT
        course: ENDLESS
        kernels:
          any: Every kernel with that driver.
        options:
          - Restart the tunnels before a namespace is deleted.
        runbook: netns-cleanup-stuck.md
        """);
    String text = "src/test/resources/texts/cases/83-module-of-a-third-party.txt";

    assertThat(DiagnoseRunner.diagnose(text).words()).doesNotContain("acme-drain");
    assertThat(DiagnoseRunner.diagnose(text, "--causes=" + folder).words())
        .contains("\"cause_id\":\"acme-drain\"", "Restart the tunnels");
  }

  @ParameterizedTest
  @ValueSource(strings = {"healthy", "lookalike-heavy-churn", "lookalike-frag-flood"})
  void othersExitWithZeroAndSayWhatWasLookedAt(String recording) {
    assertThat(diagnose(recording)).isZero();

    assertThat(out.toString())
        .startsWith("Nothing found in ")
        .contains("perf slices", "Creations: ", "Kernel 4.15.1")
        .doesNotContain("have no names"); // programs without symbols are no kernel without them
  }

  @Test
  void saysInWordsWhatSinceWhenAndWhatToDo() {
    assertThat(diagnose("livelock")).isEqualTo(3);

    assertThat(out.toString())
        .contains("CRITICAL CONFIRMED, since 2026-11-22T", "Cure:", "Do now:", "Runbook:");
  }

  @Test
  void unreadableBundleIsOneLine(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("b.tar.gz"), "no bundle");

    assertThat(command.execute("--bundle=" + file)).isEqualTo(2);

    assertThat(err.toString().lines()).singleElement().asString().contains(file.toString());
  }

  /** People hand a log on as what they were asked for. */
  @Test
  void textGivenAsBundleIsJudgedAsText(@TempDir Path folder) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("stack.txt"),
            "# cat /proc/71/stack\n[<0>] copy_net_ns+0x12b/0x2b0\n[<0>] ksys_unshare+0x1/0x2\n");

    assertThat(command.execute("--bundle=" + file)).isEqualTo(3);

    assertThat(out.toString()).contains("pid 71");
  }

  /** A host so starved that its sources had no turn: silence is no health. */
  @Test
  void whereNothingLookedThereIsNoVerdict(@TempDir Path folder) throws IOException {
    // Given
    Path file = folder.resolve("starved.tar.gz");
    byte[] manifest =
        """
        {"format": "netnswatch-evidence/1", "host": "h", "kernel_release": "4.16.13",
         "kernel_version": "Linux version 4.16.13", "cpus": 2, "boot_id": null,
         "boot_time": 1795362604, "started_at": 1795363000000, "ended_at": 1795363060000}
        """
            .getBytes(StandardCharsets.UTF_8);
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file));
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      TarArchiveEntry header = new TarArchiveEntry("b/manifest.json");
      header.setSize(manifest.length);
      tar.putArchiveEntry(header);
      tar.write(manifest);
      tar.closeArchiveEntry();
    }

    // When
    int code = command.execute("--bundle=" + file);

    // Then
    assertThat(code).isEqualTo(4);
    assertThat(out.toString())
        .startsWith("No verdict: nothing was found, and that is no all-clear, in 0 snapshots")
        .contains("Next, to settle it")
        .doesNotContain("Nothing found");
  }

  @Test
  void tooShortALookIsWrongUsage() {
    assertThat(command.execute("--for=1")).isEqualTo(2);
  }

  /** Without perf and probe, which need rights: /proc can always be looked at. */
  @Test
  void looksAtThisHost() {
    assertThat(command.execute("--for=10", "--no-perf", "--no-probe")).isIn(0, 3, 4);

    assertThat(out.toString())
        .contains("Source proc: ")
        .containsPattern("in [4-6] snapshots of /proc, 0 perf slices");
  }

  @Test
  void whatIsSavedIsJudgedTheSameElsewhere(@TempDir Path folder) throws IOException {
    Path saved = folder.resolve("evidence.tar.gz");
    int verdict = command.execute("--for=10", "--no-probe", "--save=" + saved, "--json");
    String seen = out.toString().lines().reduce((first, last) -> last).orElseThrow();
    out.getBuffer().setLength(0);

    assertThat(command.execute("--bundle=" + saved, "--json")).isEqualTo(verdict).isIn(0, 3, 4);

    assertThat(out.toString().lines().reduce((first, last) -> last)).contains(seen);
    assertThat(folder).isDirectoryContaining("glob:**/evidence.tar.gz");
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).hasSize(1);
    }
  }

  @Test
  void bundleThatCanNotBeSavedIsSaidAtOnce(@TempDir Path folder) {
    assertThat(command.execute("--for=10", "--save=" + folder.resolve("none/b.tar.gz")))
        .isEqualTo(2);

    assertThat(err.toString()).contains("there is no directory");
  }

  private int diagnose(String recording, String... more) {
    List<String> arguments = new ArrayList<>(List.of(more));
    arguments.add("--bundle=" + Path.of("..", "testing", "recordings", recording + ".tar.gz"));
    return command.execute(arguments.toArray(String[]::new));
  }
}
