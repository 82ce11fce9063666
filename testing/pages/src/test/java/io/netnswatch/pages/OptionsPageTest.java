package io.netnswatch.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * {@code docs/commands.md} is made from the commands themselves; {@code -Dnetnswatch.rewrite=true}
 * writes it.
 */
class OptionsPageTest {

  private static final String PATH = "docs/commands.md";

  private static final String HEADER =
      """
      # Commands and their options

      Made from the commands themselves: `./netnswatch COMMAND --help` says the same, shorter words first. All take
      `--help` and `--version` besides. Exit codes: 0 ok, 1 failed, 2 wrong usage; `diagnose`: 3 incident found, 4 not
      enough evidence. Where settings can stand besides the command line:
      [configuration](../streams-app/README.md#configuration).
      """;

  @Test
  void pageIsMadeFromTheCommands() throws IOException {
    String page = Prose.wrap(page());
    if (Boolean.getBoolean("netnswatch.rewrite")) {
      Files.writeString(Repository.path(PATH), page);
    }

    assertThat(Repository.path(PATH))
        .as("%s; -Dnetnswatch.rewrite=true writes it", PATH)
        .hasContent(page);
  }

  @Test
  void everyOptionIsDescribed() {
    Launcher launcher = Launcher.read();
    for (String command : launcher.classes().keySet()) {
      for (CommandSpec spec : withSubcommands(launcher.spec(command))) {
        assertThat(spec.options())
            .as(spec.qualifiedName())
            .allSatisfy(
                option -> assertThat(option.description()).as(option.longestName()).isNotEmpty());
      }
    }
  }

  private static String page() {
    Launcher launcher = Launcher.read();
    StringBuilder page = new StringBuilder(HEADER);
    for (String command : launcher.classes().keySet()) {
      for (CommandSpec spec : withSubcommands(launcher.spec(command))) {
        String name = spec.parent() == null ? command : command + " " + spec.name();
        page.append("\n## ").append(name).append("\n");
        for (String line : spec.usageMessage().description()) {
          page.append(line.strip()).append("\n");
        }
        rows(spec).forEach(row -> page.append(row).append("\n"));
      }
    }
    return page.toString();
  }

  private static List<CommandSpec> withSubcommands(CommandSpec spec) {
    List<CommandSpec> all = new ArrayList<>(List.of(spec));
    for (CommandLine sub : spec.subcommands().values()) {
      if (!sub.getCommandName().equals("help")) {
        all.addAll(withSubcommands(sub.getCommandSpec()));
      }
    }
    return all;
  }

  private static List<String> rows(CommandSpec spec) {
    List<String> rows = new ArrayList<>();
    for (PositionalParamSpec parameter : spec.positionalParameters()) {
      rows.add(
          row(
              parameter.paramLabel(),
              parameter.required() ? "required" : "",
              parameter.description()));
    }
    for (OptionSpec option : spec.options()) {
      if (!option.hidden() && !option.usageHelp() && !option.versionHelp()) {
        String label = option.arity().max() == 0 ? "" : "=" + option.paramLabel();
        rows.add(row(option.longestName() + label, standard(option), option.description()));
      }
    }
    if (!rows.isEmpty()) {
      rows.addAll(0, List.of("", "| option | default | meaning |", "|---|---|---|"));
    }
    return rows;
  }

  private static String standard(OptionSpec option) {
    if (option.required()) {
      return "required";
    }
    String value = option.defaultValueString();
    boolean none = value == null || value.equals("null") || option.arity().max() == 0;
    return none || value.isEmpty() ? "" : "`" + value + "`";
  }

  private static String row(String name, String standard, String[] description) {
    String meaning = String.join(" ", description).replaceAll("\\s+", " ").strip();
    return "| `%s` | %s | %s |"
        .formatted(
            Objects.requireNonNull(name).replace("|", "\\|"),
            standard.replace("|", "\\|"),
            meaning.replace("|", "\\|"));
  }
}
