package io.netnswatch.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.command.Commands;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

@Timeout(60)
class CollectCommandTest {

  private static final String SECRET = "hunter2-and-more";

  @TempDir private Path spool;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @ParameterizedTest
  @CsvSource({
    "--topic-prefix, PREFIX, netnswatch.",
    "--snapshot-interval, TIME, 5s",
    "--perf-interval, TIME, 10s",
    "--perf-length, TIME, 5s",
    "--perf-frequency, HZ, 99",
    "--probe-interval, TIME, 10s",
    "--probe-time-limit, TIME, 30s",
    "--spool-dir, DIR, /var/lib/netnswatch/spool",
    "--spool-size, SIZE, 256MiB",
    "--spool-age, TIME, 3d",
    "--http, HOST:PORT.off, 127.0.0.1:9465",
    "--cpu-limit, PERCENT, 5",
    "--proc-root, DIR, /proc",
    "--netns-dir, DIR, /run/netns"
  })
  void helpNamesUnitAndDefaultOfEachOption(String option, String unit, String value) {
    // When
    int exit = execute("--help");

    // Then
    assertThat(exit).isZero();
    String words = out.toString().replaceAll("\\s+", " ");
    assertThat(words).containsPattern(option + "=" + unit + " .*?Default: " + value);
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void helpListsEveryOption() {
    // When
    execute("--help");

    // Then
    assertThat(out.toString())
        .contains("--host", "--no-proc", "--no-perf", "--no-probe", "--kafka-config", "--version");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--perf-interval=often",
        "--snapshot-interval=0",
        "--probe-time-limit=-1",
        "--perf-frequency=1000",
        "--perf-length=11s",
        "--spool-size=0MiB",
        "--spool-age=0",
        "--probe-time-limit=5s",
        "--cpu-limit=0"
      })
  void wrongUsageExitsWithTwoAndNamesTheOption(String argument) {
    // When
    int exit = execute(argument);

    // Then
    assertThat(exit).isEqualTo(2);
    assertThat(err.toString().strip())
        .hasLineCount(1)
        .startsWith("netnswatch collect: ")
        .contains(argument.replaceAll("=.*", ""));
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void anUnknownOptionExitsWithTwoAndIsNamed() {
    // When
    int exit = execute("--no-such-option");

    // Then
    assertThat(exit).isEqualTo(2);
    assertThat(err.toString()).contains("Unknown option: '--no-such-option'");
  }

  @Test
  void aFileThatIsNotThereIsOneLineAndExitsWithTwo() {
    // When
    int exit = execute("--kafka-config=/no/such/file");

    // Then
    assertThat(exit).isEqualTo(2);
    assertThat(err.toString().strip()).hasLineCount(1).contains("/no/such/file");
  }

  @Test
  void aBrokerThatCannotBeNamedIsOneLineAndExitsWithTwo() {
    // When
    int exit = execute("--bootstrap-servers=no-port", "--schema-registry-url=http://r:1");

    // Then
    assertThat(exit).isEqualTo(2);
    assertThat(err.toString().strip()).hasLineCount(1).contains("no-port");
  }

  @Test
  void sigtermStopsItWithinFiveSecondsAlthoughNoBrokerAnswers() throws Exception {
    // Given: port 1 refuses
    Process collect = collect();
    try (BufferedReader words = reader(collect)) {
      String line = words.readLine();
      while (line != null && !line.contains("events go to the spool")) {
        line = words.readLine();
      }
      assertThat(line).isNotNull();

      // When
      collect.toHandle().destroy();
      boolean ended = collect.waitFor(5, TimeUnit.SECONDS);

      // Then
      assertThat(ended).isTrue();
      assertThat(collect.exitValue()).isEqualTo(128 + 15);
      assertThat(words.lines()).anyMatch(last -> last.contains("published {}, dropped {}"));
      assertThat(spool).isDirectoryContaining("glob:**.avro");
    } finally {
      collect.destroyForcibly().waitFor();
    }
  }

  @Test
  void withoutASpoolItRunsAndItsLogMetricsAndHealthSaySo() throws Exception {
    // Given: a file where the directory should be
    Path file = Files.createFile(spool.resolve("file"));
    Process collect = collect(file, freePort());
    try (BufferedReader words = reader(collect)) {
      String warning = lineWith("without a spool", words);
      String address = lineWith("health and metrics at", words);

      // When
      URI metrics = URI.create(address.replaceAll(".*(http://\\S+).*", "$1/metrics"));
      HttpResponse<String> measured = get(metrics);
      HttpResponse<String> health = get(metrics.resolve("/ready"));

      // Then
      assertThat(warning)
          .contains("WARN", file.toString(), "not tried again before the next start");
      assertThat(measured.body()).contains("netnswatch_collector_spool_usable 0.0");
      assertThat(health.statusCode()).isEqualTo(503);
      assertThat(health.body()).startsWith("the spool can't be used: ").contains(file.toString());
    } finally {
      collect.destroyForcibly().waitFor();
    }
  }

  private static String lineWith(String words, BufferedReader lines) throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.contains(words)) {
        return line;
      }
    }
    throw new AssertionError("no line with '" + words + "'");
  }

  private static HttpResponse<String> get(URI address) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  void noSecretIsPrintedWhateverFails() throws Exception {
    // Given: secrets in all the places that take one, and nobody who answers
    Path file = spool.resolve("kafka.properties");
    Files.writeString(spool.resolve("secret"), SECRET);
    Files.write(
        file,
        List.of(
            "security.protocol=SASL_PLAINTEXT",
            "sasl.mechanism=PLAIN",
            "sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required"
                + " username=\"u\" password=\"${directory:%s:secret}\";".formatted(spool),
            "schema.registry.basic.auth.credentials.source=USER_INFO",
            "schema.registry.basic.auth.user.info=u:${directory:%s:secret}".formatted(spool),
            "basic.auth.user.info=u:" + SECRET));
    Process collect = collect("--kafka-config=" + file);
    StringBuilder words = new StringBuilder();
    try (BufferedReader lines = reader(collect)) {
      // When
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        words.append(line).append('\n');
        if (line.contains("events go to the spool")) {
          collect.toHandle().destroy();
        }
      }

      // Then
      assertThat(words).contains("stopped").doesNotContain(SECRET);
    } finally {
      collect.destroyForcibly().waitFor();
    }
  }

  private Process collect(String... arguments) throws IOException {
    return collect(spool, 0, arguments);
  }

  private static Process collect(Path spool, int metricsPort, String... arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dorg.apache.avro.SERIALIZABLE_PACKAGES=io.netnswatch.schema",
                "-cp",
                System.getProperty("java.class.path"),
                CollectCommand.class.getName(),
                "--bootstrap-servers=127.0.0.1:1",
                "--schema-registry-url=http://127.0.0.1:1",
                "--no-perf",
                "--no-probe",
                "--snapshot-interval=1",
                "--spool-dir=" + spool,
                "--http=" + (metricsPort == 0 ? "off" : "127.0.0.1:" + metricsPort)));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private static BufferedReader reader(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  private int execute(String... arguments) {
    CommandLine command = Commands.line(new CollectCommand());
    return command
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }
}
