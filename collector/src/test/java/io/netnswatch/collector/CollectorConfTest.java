package io.netnswatch.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.command.Commands;
import io.netnswatch.command.KafkaConfigFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Model.OptionSpec;

/** The files of the package's /etc/netnswatch. */
class CollectorConfTest {

  private static final Path CONF = Path.of("src/package/collector.conf");
  private static final Path KAFKA = Path.of("src/package/kafka.properties");

  /** Options that are meant to be given, or that show nothing worth keeping in a file. */
  private static final Set<String> NOT_IN_THE_FILE =
      Set.of("--help", "--version", "--config", "--print-config");

  @TempDir private Path folder;

  @Test
  void everyOptionIsThereOnceWithItsDefault() throws IOException {
    // Given
    Stream<String> expected =
        Commands.line(new CollectCommand()).getCommandSpec().options().stream()
            .filter(option -> !NOT_IN_THE_FILE.contains(option.longestName()))
            .map(CollectorConfTest::line);

    // When
    List<String> lines = Files.readAllLines(CONF);

    // Then
    assertThat(lines.stream().filter(line -> line.matches("#?[a-z-]+=.*")))
        .containsExactlyInAnyOrderElementsOf(expected.toList());
  }

  @Test
  void asInstalledItNamesTheKafkaConfigAlone() throws IOException {
    // When
    List<String> settings =
        Files.readAllLines(CONF).stream().filter(line -> line.matches("[^#].*")).toList();

    // Then
    assertThat(settings).containsExactly("kafka-config=/etc/netnswatch/kafka.properties");
  }

  @Test
  void aLineThatIsUncommentedCounts() throws IOException {
    // Given
    Path edited = folder.resolve("collector.conf");
    Files.writeString(
        edited,
        Files.readString(CONF)
            .replaceAll("\n#([a-z-]+=.)", "\n$1")
            .replaceAll("kafka-config=.*", "kafka-config=" + KAFKA.toAbsolutePath()));
    StringWriter out = new StringWriter();

    // When
    int exit =
        Commands.run(
            new CollectCommand(),
            Map.of(),
            new PrintWriter(out),
            new PrintWriter(out),
            "--config=" + edited,
            "--print-config");

    // Then
    assertThat(exit).as(out.toString()).isZero();
    assertThat(out.toString().lines().filter(line -> line.equals("# file " + edited)))
        .hasSameSizeAs(
            Files.readAllLines(edited).stream()
                .filter(line -> line.matches("[a-z-]+=.+"))
                .toList());
    assertThat(out.toString()).contains("spool-age=3d", "no-perf=true");
  }

  @Test
  void asInstalledTheKafkaConfigSetsNothing() throws IOException {
    // When
    Map<String, String> settings = KafkaConfigFile.read(KAFKA);

    // Then
    assertThat(settings).isEmpty();
  }

  private static String line(OptionSpec option) {
    String name = option.longestName().substring(2);
    if (name.equals("kafka-config")) {
      return "kafka-config=/etc/netnswatch/kafka.properties";
    }
    if (option.arity().max() == 0) {
      return "#" + name + "=true";
    }
    String value = option.defaultValue();
    return "#" + name + "=" + (value == null ? "" : value);
  }
}
