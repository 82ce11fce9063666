package io.netnswatch.oncall;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.command.Commands;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class OncallCommandTest {

  private static final String ROUTES =
      """
      targets:
        chat: {type: webhook, url: "https://chat.example.org/x"}
      routes:
        - targets: [chat]
      """;

  @TempDir private Path directory;

  @Test
  void checksTheFileWithoutKafka() throws Exception {
    assertThat(run(ROUTES, "--check"))
        .isEqualTo("0 %s is good: 1 targets, 1 routes, 0 actions\n".formatted(file()));
    assertThat(run(ROUTES.replace("url", "uri"), "--check"))
        .startsWith(
            "2 netnswatch oncall: %s, line 2: targets.chat.uri: unknown key; did you mean url?"
                .formatted(file()));
  }

  @Test
  void saysWhatIsMissing() throws Exception {
    assertThat(run(ROUTES))
        .startsWith(
            "2 netnswatch oncall: --bootstrap-servers and --schema-registry-url are needed");
  }

  @Test
  void namesTheFileThatIsNotThere() {
    StringWriter err = new StringWriter();
    CommandLine command = Commands.line(new OncallCommand()).setErr(new PrintWriter(err, true));
    assertThat(command.execute("--routes=" + file(), "--check")).isEqualTo(2);
    assertThat(err.toString()).contains("--routes " + file() + ": there is no such file");
  }

  private Path file() {
    return directory.resolve("routes.yaml");
  }

  /** Exit code, and behind it what was printed. */
  private String run(String routes, String... more) throws Exception {
    StringWriter out = new StringWriter();
    CommandLine command = Commands.line(new OncallCommand());
    command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(out, true));
    String[] arguments = new String[more.length + 1];
    arguments[0] = "--routes=" + Files.writeString(file(), routes);
    System.arraycopy(more, 0, arguments, 1, more.length);
    return command.execute(arguments) + " " + out;
  }
}
