package io.netnswatch.collector;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.command.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** netnswatch-collector(8) and {@code --help} say the same. */
class ManPageTest {

  private static final Path PAGE = Path.of("src/package/netnswatch-collector.8");

  /** The package's launcher makes this the default. */
  private static final String RUNBOOKS_OF_THE_PACKAGE =
      "/usr/share/netnswatch\\-collector/runbooks/";

  @ParameterizedTest
  @MethodSource
  void eachOptionOfCollectIsThereWithUnitAndDefault(String option) throws IOException {
    // When
    List<String> paragraphs = paragraphs("OPTIONS OF COLLECT");

    // Then
    assertThat(paragraphs).contains(option);
  }

  static Stream<String> eachOptionOfCollectIsThereWithUnitAndDefault() {
    return options(Commands.line(new CollectCommand()));
  }

  @ParameterizedTest
  @MethodSource
  void eachOptionOfDiagnoseIsThereWithUnitAndDefault(String option) throws IOException {
    // When
    List<String> paragraphs = paragraphs("OPTIONS OF DIAGNOSE");

    // Then
    assertThat(paragraphs).contains(option);
  }

  static Stream<String> eachOptionOfDiagnoseIsThereWithUnitAndDefault() {
    return options(Commands.line(new DiagnoseCommand()));
  }

  /** As they stand in the page: names and label, description, default. */
  private static Stream<String> options(CommandLine command) {
    return command.getCommandSpec().options().stream().map(ManPageTest::paragraph);
  }

  private static String paragraph(OptionSpec option) {
    String label = option.arity().max() == 0 ? "" : "=" + option.paramLabel();
    String value = option.defaultValueString(true);
    return String.join(", ", option.names())
        + label
        + " "
        + String.join(" ", option.description()).replace("$$", "$")
        + (label.isEmpty() || value == null || value.equals("null") ? "" : " Default: " + value);
  }

  /** The paragraphs of a section, without their markup, each as one line. */
  private static List<String> paragraphs(String section) throws IOException {
    String page = Files.readString(PAGE);
    String from = page.substring(page.indexOf(".SH " + section + "\n"));
    String text = from.substring(0, from.indexOf("\n.SH ", 1));
    return Stream.of(text.split("\n\\.TP\n"))
        .map(paragraph -> paragraph.replace(RUNBOOKS_OF_THE_PACKAGE, "runbooks/"))
        .map(
            paragraph ->
                paragraph
                    .lines()
                    .map(line -> line.replaceAll("\\\\f[BIR]", "").replace("\\-", "-"))
                    .collect(joining(" ")))
        .toList();
  }
}
