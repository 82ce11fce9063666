package io.netnswatch.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netnswatch.command.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The other forms of the package, below a directory of their own, and that they are made alike. */
@Timeout(300)
class PackageFormsIT {

  private static final Path TARGET = Path.of(System.getProperty("netnswatch.package.directory"));
  private static final String HOME = "usr/lib/netnswatch-collector";
  private static final String TIMESTAMP = System.getProperty("netnswatch.package.timestamp");

  @TempDir private Path directory;

  @BeforeEach
  void packagesAreMade() {
    assumeTrue(Files.exists(TARGET.resolve("SHA256SUMS")), "-Prelease makes the packages");
  }

  private record Finished(int exitCode, String output) {}

  @Test
  void theRpmIsInstalledVerifiedAndErased() throws Exception {
    // Given: a root with a database of its own; what it requires is not in that
    assumeTrue(isInPath("rpm"), "no rpm here");
    Path root = Files.createDirectory(directory.resolve("root"));
    String rpm = built(".rpm").toString();
    assertThat(rpm("--initdb").exitCode()).isZero();

    // When
    Finished installation = rpm("--nodeps", "--noscripts", "--install", rpm);

    // Then
    assertThat(installation.exitCode()).as(installation.output()).isZero();
    assertRuns(root);
    assertThat(rpm("--verify", "--nodeps", "netnswatch-collector")).isEqualTo(new Finished(0, ""));
    assertThat(rpm("--query", "--configfiles", "netnswatch-collector").output())
        .contains("/etc/netnswatch/collector.conf", "/etc/netnswatch/kafka.properties");
    assertThat(rpm("--query", "--requires", "netnswatch-collector").output())
        .doesNotContainIgnoringCase("java");

    // When
    Finished removal = rpm("--nodeps", "--noscripts", "--erase", "netnswatch-collector");

    // Then
    assertThat(removal.exitCode()).as(removal.output()).isZero();
    assertThat(root.resolve(HOME)).doesNotExist();
    assertThat(root.resolve("usr/bin/netnswatch-collector")).doesNotExist();
  }

  @Test
  void theArchiveIsInstalledTwiceAndRemoved() throws Exception {
    // Given
    Path root = Files.createDirectory(directory.resolve("root"));
    run("tar", "--extract", "--gzip", "--file=" + built(".tar.gz"), "--directory=" + directory);
    Path install;
    try (Stream<Path> entries = Files.list(directory)) {
      install = entries.filter(it -> !it.equals(root)).findFirst().orElseThrow().resolve("install");
    }

    // When: the second time over a configuration of the user's
    Finished first = run(install.toString(), root.toString());
    Path conf = root.resolve("etc/netnswatch/collector.conf");
    Files.writeString(conf, "--host=mine\n");
    Finished second = run(install.toString(), root.toString());

    // Then
    assertThat(first.exitCode()).as(first.output()).isZero();
    assertThat(second.exitCode()).as(second.output()).isZero();
    assertRuns(root);
    assertThat(conf).hasContent("--host=mine");
    assertThat(conf.resolveSibling("collector.conf.new")).exists();

    // When
    Finished removal = run(install.toString(), "--remove", root.toString());

    // Then
    assertThat(removal.exitCode()).as(removal.output()).isZero();
    assertThat(root.resolve("usr/bin")).isEmptyDirectory();
    assertThat(root.resolve(HOME)).doesNotExist();
    assertThat(conf).exists();
  }

  @Test
  void madeAgainItHasTheSameBytes() throws Exception {
    // Given
    assumeTrue(
        run("chrt", "--fifo", "1", "true").exitCode() == 0,
        "no real-time priority: archive-classes");
    Path again = Files.createDirectory(directory.resolve("again"));
    Files.copy(TARGET.resolve("classpath"), again.resolve("classpath"));
    Path bill = TARGET.resolve("image/sbom.cdx.json");
    if (Files.exists(bill)) {
      Files.createDirectory(again.resolve("image"));
      Files.copy(bill, again.resolve("image/sbom.cdx.json"));
    }
    Path jar = TARGET.resolve("collector-" + Version.current() + ".jar");

    // When
    Finished made =
        run(
            "src/package/assemble",
            System.getProperty("java.home"),
            again.toString(),
            jar.toString(),
            TIMESTAMP);

    // Then
    assertThat(made.exitCode()).as(made.output()).isZero();
    assertThat(
            run(
                "diff",
                "--recursive",
                "--no-dereference",
                TARGET.resolve("package/root").toString(),
                again.resolve("package/root").toString()))
        .isEqualTo(new Finished(0, ""));
  }

  @Test
  void checksumsAreThoseOfAllThatIsPublished() throws Exception {
    String sums = Files.readString(TARGET.resolve("SHA256SUMS"));

    assertThat(sums).contains(".deb\n", ".rpm\n", ".tar.gz\n");
    assertThat(sums.contains(".cdx.json\n"))
        .isEqualTo(Files.exists(TARGET.resolve("image/sbom.cdx.json")));
    assertThat(
            run("sh", "-c", "cd " + TARGET + " && sha256sum --strict --quiet --check SHA256SUMS"))
        .isEqualTo(new Finished(0, ""));
  }

  /** From its archive of classes, which knows its jars by name and time, wherever it is. */
  private void assertRuns(Path root) throws IOException, InterruptedException {
    Finished version =
        run(
            Map.of(
                "NETNSWATCH_HOME", root.resolve(HOME).toString(),
                "JDK_JAVA_OPTIONS", "-Xshare:on",
                "JAVA_HOME", "/nowhere"),
            root.resolve("usr/bin/netnswatch-collector").toString(),
            "--version");
    assertThat(version.exitCode()).as(version.output()).isZero();
    assertThat(version.output()).endsWith("netnswatch " + Version.current() + "\n");
  }

  private Finished rpm(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("rpm", "--root=" + directory.resolve("root")));
    command.addAll(List.of(arguments));
    return run(command.toArray(String[]::new));
  }

  private Finished run(String... command) throws IOException, InterruptedException {
    return run(Map.of(), command);
  }

  private Finished run(Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile("output", null);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    process.getOutputStream().close();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    String text = Files.readString(output);
    Files.delete(output);
    return new Finished(process.exitValue(), text);
  }

  private static boolean isInPath(String program) {
    return Capabilities.program(program).isPresent();
  }

  private static Path built(String end) throws IOException {
    try (Stream<Path> files = Files.list(TARGET)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("netnswatch-collector"))
          .filter(file -> file.toString().endsWith(end))
          .findFirst()
          .orElseThrow();
    }
  }
}
