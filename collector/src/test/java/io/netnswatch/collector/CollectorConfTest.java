package io.netnswatch.collector;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.command.KafkaConfigFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The files of the package's /etc/netnswatch. */
class CollectorConfTest {

  private static final Path CONF = Path.of("src/package/collector.conf");
  private static final Path KAFKA = Path.of("src/package/kafka.properties");

  /** Options that are meant to be given, or that show nothing worth keeping in a file. */
  private static final Set<String> NOT_IN_THE_FILE = Set.of("--help", "--version");

  @TempDir private Path folder;

  @Test
  void everyOptionIsThereOnceWithItsDefault() throws IOException {
    // Given
    Stream<String> expected =
        CollectCommand.commandLine().getCommandSpec().options().stream()
            .filter(option -> !NOT_IN_THE_FILE.contains(option.longestName()))
            .map(CollectorConfTest::line);

    // When
    List<String> lines = Files.readAllLines(CONF);

    // Then
    assertThat(lines.stream().filter(line -> line.startsWith("#--") || line.startsWith("--")))
        .containsExactlyInAnyOrderElementsOf(expected.toList());
  }

  @Test
  void asInstalledItNamesTheKafkaConfigAlone() {
    // When
    CommandLine command = CollectCommand.commandLine();
    CommandLine.ParseResult parsed =
        command.setUseSimplifiedAtFiles(true).parseArgs("@" + CONF.toAbsolutePath());

    // Then
    assertThat(parsed.matchedOptions().stream().map(OptionSpec::longestName))
        .containsExactly("--kafka-config");
  }

  @Test
  void aLineThatIsUncommentedCounts() throws IOException {
    // Given
    Path edited = folder.resolve("collector.conf");
    Files.writeString(edited, Files.readString(CONF).replace("\n#--", "\n--"));

    // When
    CommandLine.ParseResult parsed =
        CollectCommand.commandLine().setUseSimplifiedAtFiles(true).parseArgs("@" + edited);

    // Then
    assertThat(parsed.matchedOptions().stream().map(OptionSpec::longestName).collect(toSet()))
        .containsAll(
            parsed.commandSpec().options().stream()
                .map(OptionSpec::longestName)
                .filter(name -> !NOT_IN_THE_FILE.contains(name))
                .toList());
  }

  @Test
  void asInstalledTheKafkaConfigSetsNothing() throws IOException {
    // When
    Map<String, String> settings = KafkaConfigFile.read(KAFKA);

    // Then
    assertThat(settings).isEmpty();
  }

  private static String line(OptionSpec option) {
    if (option.longestName().equals("--kafka-config")) {
      return "--kafka-config=/etc/netnswatch/kafka.properties";
    }
    if (option.arity().max() == 0) {
      return "#" + option.longestName();
    }
    String value = option.defaultValue();
    return "#" + option.longestName() + "=" + (value == null ? "" : value);
  }
}
