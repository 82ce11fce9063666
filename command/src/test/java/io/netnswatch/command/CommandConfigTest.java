package io.netnswatch.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

class CommandConfigTest {

  @TempDir private Path directory;

  @Command(name = "example", mixinStandardHelpOptions = true)
  private static final class Example implements Runnable {

    @Option(names = "--state-dir", defaultValue = "/var/lib")
    private String stateDir = "";

    @Option(names = "--threads", defaultValue = "1")
    private int threads;

    @Option(names = "--url", required = true)
    private String url = "";

    @Option(names = "--token-file")
    private String tokenFile = "";

    private boolean ran;

    @Override
    public void run() {
      ran = true;
    }
  }

  private final Example example = new Example();
  private final StringWriter out = new StringWriter();

  @Test
  void commandLineBeforeEnvironmentBeforeFileBeforeDefault() throws IOException {
    Path file = file("threads=2", "state-dir=/file", "url=http://file");
    Map<String, String> environment =
        Map.of("NETNSWATCH_THREADS", "3", "NETNSWATCH_STATE_DIR", "/env");

    run(environment, "--config=" + file, "--threads=4");

    assertThat(example.threads).isEqualTo(4);
    assertThat(example.stateDir).isEqualTo("/env");
    assertThat(example.url).isEqualTo("http://file");
    assertThat(example.ran).isTrue();
  }

  @Test
  void fileMayBeNamedByTheEnvironment() throws IOException {
    Path file = file("url=http://file");

    assertThat(run(Map.of("NETNSWATCH_CONFIG", file.toString()))).isZero();
    assertThat(example.stateDir).isEqualTo("/var/lib");
  }

  @Test
  void whatHoldsIsPrintedWithItsOriginAndWithoutSecrets() throws IOException {
    Path secret = Files.writeString(directory.resolve("secrets"), "jaas=hunter2\n");
    Path file =
        file(
            "url=http://user:hunter2@registry",
            "token-file=/etc/token",
            "kafka.security.protocol=SASL_SSL",
            "kafka.sasl.jaas.config=${file:" + secret + ":jaas}",
            "schema.registry.basic.auth.user.info=user:hunter2",
            "schema.registry.basic.auth.credentials.source=USER_INFO");

    assertThat(run(Map.of("NETNSWATCH_THREADS", "3"), "--config=" + file, "--print-config"))
        .isZero();

    assertThat(out.toString().lines().toList())
        .containsExactly(
            "# default",
            "state-dir=/var/lib",
            "# environment NETNSWATCH_THREADS",
            "threads=3",
            "# file " + file,
            "url=http://********@registry",
            "# file " + file,
            "token-file=/etc/token",
            "# file " + file,
            "kafka.sasl.jaas.config=********",
            "# file " + file,
            "kafka.security.protocol=SASL_SSL",
            "# file " + file,
            "schema.registry.basic.auth.credentials.source=USER_INFO",
            "# file " + file,
            "schema.registry.basic.auth.user.info=********");
    assertThat(example.ran).isFalse();
    assertThat(example.tokenFile).isEqualTo("/etc/token");
  }

  @Test
  void whatIsPrintedCanBeReadAgain() throws IOException {
    run(Map.of(), "--url=http://registry", "--print-config");
    Path printed = Files.writeString(directory.resolve("printed"), out.toString());

    assertThat(run(Map.of(), "--config=" + printed)).isZero();
    assertThat(example.url).isEqualTo("http://registry");
  }

  @Test
  void unknownKeyIsRefusedWithFileLineAndSuggestion() throws IOException {
    Path file = file("# a comment", "threads=2", "statedir=/x");
    Path kafka = file("kafka.securty.protocol=SSL");

    assertThatThrownBy(() -> run(Map.of(), "--config", file.toString()))
        .isInstanceOf(ConfigException.class)
        .hasMessage(file + ", line 3: unknown key statedir; is state-dir meant?");
    assertThatThrownBy(() -> run(Map.of(), "--config=" + kafka))
        .hasMessageContaining("line 1: unknown key kafka.securty.protocol");
  }

  @Test
  void aTypoIsFoundInItsLineAndOneKeyIsNotTakenForAnother() throws IOException {
    Path shorter = file("threads=2", "thread=3");
    Path swapped = file("tokne-file=/x");
    Path foreign = file("colour=red");

    assertThatThrownBy(() -> run(Map.of(), "--config=" + shorter))
        .hasMessage(shorter + ", line 2: unknown key thread; is threads meant?");
    assertThatThrownBy(() -> run(Map.of(), "--config=" + swapped))
        .hasMessageEndingWith("is token-file meant?");
    assertThatThrownBy(() -> run(Map.of(), "--config=" + foreign))
        .hasMessageContaining("unknown key colour; the keys are");
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> run(Map.of(), "--config=/no/such"))
        .hasMessage("there is no file /no/such");
  }

  private int run(Map<String, String> environment, String... arguments) throws IOException {
    CommandLine fresh = new CommandLine(example);
    fresh.setOut(new PrintWriter(out, true));
    CommandConfig.install(
        fresh, List.of(arguments), environment, "security.protocol sasl.jaas.config"::contains);
    return fresh.execute(arguments);
  }

  private Path file(String... lines) throws IOException {
    return Files.write(Files.createTempFile(directory, "config", ".properties"), List.of(lines));
  }
}
