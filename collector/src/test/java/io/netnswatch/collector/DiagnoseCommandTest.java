package io.netnswatch.collector;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.netnswatch.command.Commands;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
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

  @ParameterizedTest
  @ValueSource(strings = {"healthy", "lookalike-heavy-churn", "lookalike-frag-flood"})
  void othersExitWithZeroAndSayWhatWasLookedAt(String recording) {
    assertThat(diagnose(recording)).isZero();

    assertThat(out.toString())
        .startsWith("Nothing found in ")
        .contains("perf slices", "Creations: ", "Kernel 4.15.1");
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

    assertThat(command.execute("--bundle=" + file)).isEqualTo(1);

    assertThat(err.toString().lines()).hasSize(2);
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
