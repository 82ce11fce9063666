package io.netnswatch.streams.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The alert rules, by Prometheus' own tool. */
class AlertRulesTest {

  private static final Path RULES = Path.of("src/main/alerts");

  @Test
  void rulesAreValidAndFireWhenTheyShould() throws Exception {
    assumeTrue(
        Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "promtool"))),
        "promtool (Debian: prometheus) is not installed");

    assertThat(promtool("check", "rules", "detector.rules.yml")).contains("9 rules found");
    assertThat(promtool("test", "rules", "detector.rules.test.yml")).contains("SUCCESS");
  }

  private static String promtool(String... arguments) throws Exception {
    Process process =
        new ProcessBuilder(
                Stream.concat(Stream.of("promtool"), Stream.of(arguments)).toArray(String[]::new))
            .directory(RULES.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }
}
