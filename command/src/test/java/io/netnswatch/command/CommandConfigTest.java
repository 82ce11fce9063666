package io.netnswatch.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
  private final StringWriter err = new StringWriter();

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

    assertThat(run(Map.of(), "--config", file.toString())).isEqualTo(2);
    assertThat(run(Map.of(), "--config=" + kafka)).isEqualTo(2);

    assertThat(err.toString().lines().toList())
        .satisfiesExactly(
            first ->
                assertThat(first)
                    .isEqualTo(
                        "netnswatch example: %s, line 3: unknown key statedir; is state-dir meant?"
                            .formatted(file)),
            second -> assertThat(second).contains("line 1: unknown key kafka.securty.protocol"));
    assertThat(example.ran).isFalse();
  }

  @Test
  void aTypoIsFoundInItsLineAndOneKeyIsNotTakenForAnother() throws IOException {
    Path shorter = file("threads=2", "thread=3");
    Path swapped = file("tokne-file=/x");
    Path foreign = file("colour=red");

    Stream.of(shorter, swapped, foreign).forEach(file -> run(Map.of(), "--config=" + file));

    assertThat(err.toString().lines().toList())
        .satisfiesExactly(
            first ->
                assertThat(first)
                    .endsWith(shorter + ", line 2: unknown key thread; is threads meant?"),
            second -> assertThat(second).endsWith("is token-file meant?"),
            third -> assertThat(third).contains("unknown key colour; the keys are"));
  }

  @Test
  void aTypoInTheEnvironmentIsRefusedAndOtherVariablesAreNone() {
    Map<String, String> typo = Map.of("NETNSWATCH_THREDS", "2", "NETNSWATCH_URL", "x");
    Map<String, String> others = Map.of("NETNSWATCH_SPOOL_DIR", "/x", "NETNSWATCH_URL", "x");

    assertThat(run(typo)).isEqualTo(2);
    assertThat(err.toString()).contains("NETNSWATCH_THREDS; is NETNSWATCH_THREADS meant?");
    assertThat(run(others)).isZero();
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    assertThat(run(Map.of(), "--config=/no/such")).isEqualTo(2);
    assertThat(err.toString().strip()).isEqualTo("netnswatch example: there is no file /no/such");
  }

  private int run(Map<String, String> environment, String... arguments) {
    return Commands.run(
        example, environment, new PrintWriter(out, true), new PrintWriter(err, true), arguments);
  }

  private Path file(String... lines) throws IOException {
    return Files.write(Files.createTempFile(directory, "config", ".properties"), List.of(lines));
  }
}
