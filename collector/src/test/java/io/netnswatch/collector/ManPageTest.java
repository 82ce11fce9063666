package io.netnswatch.collector;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.command.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
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

  /** {@code ./mvnw -pl collector -am test -Dtest=ManPageTest -Dnetnswatch.rewrite=true}. */
  @Test
  @EnabledIfSystemProperty(named = "netnswatch.rewrite", matches = "true")
  void optionsAreWrittenAnew() throws IOException {
    rewrite("OPTIONS OF COLLECT", Commands.line(new CollectCommand()));
    rewrite("OPTIONS OF DIAGNOSE", Commands.line(new DiagnoseCommand()));
  }

  private static void rewrite(String section, CommandLine command) throws IOException {
    String page = Files.readString(PAGE);
    int from = page.indexOf(".SH " + section + "\n");
    int to = page.indexOf("\n.SH ", from);
    String options =
        command.getCommandSpec().options().stream()
            .map(ManPageTest::markedUp)
            .collect(joining("\n.TP\n", ".SH " + section + "\n.TP\n", ""));
    Files.writeString(PAGE, page.substring(0, from) + options + page.substring(to));
  }

  private static String markedUp(OptionSpec option) {
    String names =
        Stream.of(option.names())
            .map(name -> "\\fB" + name.replace("-", "\\-") + "\\fR")
            .collect(joining(", "));
    String label =
        option.arity().max() == 0 ? "" : "=\\fI" + option.paramLabel().replace("-", "\\-") + "\\fR";
    String description =
        paragraph(option).substring(paragraph(option).indexOf(' ', lengthOfNames(option)) + 1);
    return names
        + label
        + "\n"
        + description.replace("Default: runbooks/", "Default: " + RUNBOOKS_OF_THE_PACKAGE);
  }

  private static int lengthOfNames(OptionSpec option) {
    return String.join(", ", option.names()).length();
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
