package io.netnswatch.pages;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every command that a page tells people to type exists, with the options it is given. */
class CommandsTest {

  private static final Launcher LAUNCHER = Launcher.read();

  /** What pages may call besides netnswatch, by the Debian package that brings it. */
  private static final Set<String> PROGRAMS =
      Set.of(
          // coreutils, findutils, grep, mawk, bsdutils
          "cat seq sleep timeout stat wc head tail mkdir ls tee sort chmod find grep awk xargs cp rm tar"
              .split(" "));

  private static final Set<String> MORE =
      Set.of(
          // procps, util-linux, iproute2, linux-perf, kmod, systemd
          "ps top dmesg lsns uname ip perf mount findmnt systemctl journalctl sysctl editor"
              .split(" "));

  private static final Set<String> TOOLS =
      Set.of(
          // curl, jq, apt, kcat, docker.io, kubectl, prometheus, prometheus-alertmanager, git
          "curl jq apt apt-get kcat docker kubectl promtool amtool git mvnw netnswatch-collector"
              .split(" "));

  static Stream<String> pages() {
    return Repository.files(".md").stream();
  }

  @Test
  void launcherNamesEveryCommandInItsHelp() {
    String help = Repository.text("netnswatch");

    assertThat(LAUNCHER.classes()).hasSizeGreaterThan(9).containsKey("collect");
    assertThat(
            LAUNCHER.classes().keySet().stream()
                .filter(it -> !Pattern.compile("(?m)(^  |; )" + it + "[ :]").matcher(help).find()))
        .as("commands without a line in the usage of ./netnswatch")
        .isEmpty();
  }

  @Test
  void aPageSaysWhatEachCommandIsFor() {
    String text =
        pages()
            .filter(path -> !path.equals("docs/commands.md"))
            .map(Repository::text)
            .collect(joining("\n"));

    assertThat(
            LAUNCHER.classes().keySet().stream()
                .filter(it -> !Pattern.compile("netnswatch " + it + "\\b").matcher(text).find()))
        .as("commands that no page but docs/commands.md names")
        .isEmpty();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void commandsExist(String path) throws Exception {
    for (Page.Block block : Page.read(path).blocks()) {
      String shell = block.shell();
      assertThat(shellErrors(shell)).as(path + "\n" + shell).isEmpty();
      for (ShellCommand command : ShellCommand.of(shell)) {
        assertThat(problems(command)).as(path + ": " + command).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void commandsWithinSentencesExist(String path) {
    for (String code : Page.read(path).codes()) {
      if (code.matches("(\\./)?netnswatch [^…]*")) {
        for (ShellCommand command : ShellCommand.of(code)) {
          assertThat(problems(command)).as(path + ": " + code).isEmpty();
        }
      }
    }
  }

  private static List<String> problems(ShellCommand command) {
    if (!command.program().equals("netnswatch")) {
      boolean known =
          Stream.of(PROGRAMS, MORE, TOOLS).anyMatch(it -> it.contains(command.program()));
      return known ? List.of() : List.of("unknown program " + command.program());
    }
    if (command.arguments().isEmpty()) {
      return List.of();
    }
    String name = command.arguments().get(0);
    if (name.equals("COMMAND")) {
      return List.of();
    }
    if (!LAUNCHER.has(name)) {
      return List.of("no command " + name);
    }
    return LAUNCHER.unknownOptions(
        name, command.arguments().subList(1, command.arguments().size()));
  }

  /** What a shell that reads but does not run it complains of. */
  private static String shellErrors(String script) throws IOException, InterruptedException {
    if (script.isBlank()) {
      return "";
    }
    Process bash = new ProcessBuilder("bash", "-n").redirectErrorStream(true).start();
    try (var in = bash.getOutputStream()) {
      in.write(script.getBytes(StandardCharsets.UTF_8));
    }
    String errors = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return bash.waitFor() == 0 ? "" : errors;
  }
}
