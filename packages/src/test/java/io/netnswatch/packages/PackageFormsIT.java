package io.netnswatch.packages;

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

/** All forms of the package, below a directory of their own, and that they are made alike. */
@Timeout(300)
class PackageFormsIT {

  private static final Path TARGET = Path.of(System.getProperty("netnswatch.package.directory"));
  private static final String TIMESTAMP = System.getProperty("netnswatch.package.timestamp");
  private static final String HOME = "usr/lib/netnswatch";
  private static final List<String> SETTINGS =
      List.of("detector.conf", "oncall.conf", "routes.yaml");

  @TempDir private Path directory;

  @BeforeEach
  void packagesAreMade() {
    assumeTrue(Files.exists(TARGET.resolve("SHA256SUMS")), "-Prelease makes the packages");
  }

  private record Finished(int exitCode, String output) {}

  @Test
  void theDebIsInstalledAndPurged() throws Exception {
    // Given: a root with a database of its own; what it depends on is not in that, nor is a systemd
    Path root = Files.createDirectories(directory.resolve("root"));
    Files.createDirectories(root.resolve("var/lib/dpkg/updates"));
    Files.createFile(root.resolve("var/lib/dpkg/status"));
    String deb = published(".deb").toString();

    // When
    Finished unpacking = dpkg("--force-depends", "--unpack", deb);

    // Then
    assertThat(unpacking.exitCode()).as(unpacking.output()).isZero();
    assertThat(run("dpkg-deb", "--field", deb, "Depends").output())
        .doesNotContainIgnoringCase("java")
        .doesNotContainIgnoringCase("jre");
    for (String setting : SETTINGS) {
      assertThat(run("dpkg-deb", "--info", deb, "conffiles").output())
          .contains("/etc/netnswatch/" + setting);
    }
    assertRuns(root);
  }

  @Test
  void theRpmIsInstalledVerifiedAndErased() throws Exception {
    // Given: a root with a database of its own; what it requires is not in that
    assumeTrue(Files.exists(Path.of("/usr/bin/rpm")), "no rpm here");
    Path root = Files.createDirectory(directory.resolve("root"));
    String rpm = published(".rpm").toString();
    assertThat(rpm("--initdb").exitCode()).isZero();

    // When
    Finished installation = rpm("--nodeps", "--noscripts", "--install", rpm);

    // Then
    assertThat(installation.exitCode()).as(installation.output()).isZero();
    assertRuns(root);
    assertThat(rpm("--verify", "--nodeps", "netnswatch")).isEqualTo(new Finished(0, ""));
    for (String setting : SETTINGS) {
      assertThat(rpm("--query", "--configfiles", "netnswatch").output())
          .contains("/etc/netnswatch/" + setting);
    }
    assertThat(rpm("--query", "--requires", "netnswatch").output())
        .doesNotContainIgnoringCase("java");

    // When
    Finished removal = rpm("--nodeps", "--noscripts", "--erase", "netnswatch");

    // Then
    assertThat(removal.exitCode()).as(removal.output()).isZero();
    assertThat(root.resolve(HOME)).doesNotExist();
    assertThat(root.resolve("usr/bin/netnswatch")).doesNotExist();
  }

  @Test
  void theArchiveIsInstalledTwiceAndRemoved() throws Exception {
    // Given
    Path root = Files.createDirectory(directory.resolve("root"));
    run("tar", "--extract", "--gzip", "--file=" + published(".tar.gz"), "--directory=" + directory);
    Path install;
    try (Stream<Path> entries = Files.list(directory)) {
      install = entries.filter(it -> !it.equals(root)).findFirst().orElseThrow().resolve("install");
    }

    // When: the second time over a configuration of the user's
    Finished first = run(install.toString(), root.toString());
    Path conf = root.resolve("etc/netnswatch/detector.conf");
    Files.writeString(conf, "threads=2\n");
    Finished second = run(install.toString(), root.toString());

    // Then
    assertThat(first.exitCode()).as(first.output()).isZero();
    assertThat(first.output())
        .contains("/etc/netnswatch/detector.conf", "enable --now netnswatch-detector.service\n");
    assertThat(second.exitCode()).as(second.output()).isZero();
    assertRuns(root);
    assertThat(conf).hasContent("threads=2");
    assertThat(conf.resolveSibling("detector.conf.new")).exists();

    // When
    Finished removal = run(install.toString(), "--remove", root.toString());

    // Then
    assertThat(removal.exitCode()).as(removal.output()).isZero();
    assertThat(root.resolve("usr/bin")).isEmptyDirectory();
    assertThat(root.resolve("usr/lib/systemd/system")).isEmptyDirectory();
    assertThat(root.resolve(HOME)).doesNotExist();
    assertThat(conf).exists();
  }

  @Test
  void systemdFindsNoFaultInItsUnits() throws Exception {
    assumeTrue(Files.exists(Path.of("/usr/bin/systemd-analyze")), "no systemd here");
    Path root = TARGET.resolve("package/root");

    for (String service : List.of("netnswatch-detector", "netnswatch-oncall")) {
      // Where the launcher is, the unit would find it after an installation only.
      Path unit = directory.resolve(service + ".service");
      Files.writeString(
          unit,
          Files.readString(root.resolve("usr/lib/systemd/system/" + service + ".service"))
              .replace("/usr/bin/netnswatch", root.resolve("usr/bin/netnswatch").toString()));
      assertThat(run("systemd-analyze", "verify", "--man=no", unit.toString()))
          .isEqualTo(new Finished(0, ""));
    }
  }

  @Test
  void everyLibraryHasItsLicence() throws Exception {
    // Given
    Path root = TARGET.resolve("package/root");
    String copyright = Files.readString(root.resolve("usr/share/doc/netnswatch/copyright"));

    // When: what is on the class path, but for our own
    try (Stream<Path> jars = Files.list(root.resolve(HOME + "/lib"))) {
      List<String> theirs =
          jars.map(jar -> jar.getFileName().toString())
              .filter(name -> name.endsWith(".jar") && !name.contains(Version.current()))
              .map(name -> name.replaceFirst("-[0-9][^-]*(-[0-9]+)?\\.jar$", ""))
              .toList();

      // Then
      assertThat(theirs)
          .isNotEmpty()
          .allSatisfy(it -> assertThat(copyright).contains(":" + it + ":"));
    }
    assertThat(copyright).doesNotContainIgnoringCase("unknown license");
  }

  @Test
  void madeAgainItHasTheSameBytes() throws Exception {
    // Given
    assumeTrue(
        run("chrt", "--fifo", "1", "true").exitCode() == 0,
        "no real-time priority: archive-classes");
    Path again = Files.createDirectory(directory.resolve("again"));
    for (String given : List.of("classpath", "third-party.txt", "image/sbom.cdx.json")) {
      if (Files.exists(TARGET.resolve(given))) {
        Files.createDirectories(again.resolve(given).getParent());
        Files.copy(TARGET.resolve(given), again.resolve(given));
      }
    }

    // When
    Finished made =
        run("src/package/assemble", System.getProperty("java.home"), again.toString(), TIMESTAMP);

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

  /** With the runtime and the jars beside it, wherever it is. */
  private void assertRuns(Path root) throws IOException, InterruptedException {
    String launcher = root.resolve("usr/bin/netnswatch").toString();
    assertThat(run(launcher, "--version"))
        .isEqualTo(new Finished(0, "netnswatch " + Version.current() + "\n"));
    Finished causes = run(launcher, "causes");
    assertThat(causes.exitCode()).as(causes.output()).isZero();
    assertThat(causes.output()).contains("fragment").doesNotContain("logback", "WARN");
    Finished detect = run(launcher, "detect");
    assertThat(detect.exitCode()).as(detect.output()).isEqualTo(2);
    assertThat(detect.output().lines()).singleElement().asString().contains("--bootstrap-servers");
    Finished demo = run(launcher, "demo");
    assertThat(demo.exitCode()).isEqualTo(2);
    assertThat(demo.output()).contains("checkout");
  }

  private Finished dpkg(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("dpkg", "--root=" + directory.resolve("root")));
    command.add("--log=" + directory.resolve("dpkg.log"));
    command.addAll(List.of(arguments));
    return run(command.toArray(String[]::new));
  }

  private Finished rpm(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("rpm", "--root=" + directory.resolve("root")));
    command.addAll(List.of(arguments));
    return run(command.toArray(String[]::new));
  }

  private static Finished run(String... command) throws IOException, InterruptedException {
    Path output = Files.createTempFile("output", null);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(Map.of("JAVA_HOME", "/nowhere", "LC_ALL", "C"));
    Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    process.getOutputStream().close();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    String text = Files.readString(output);
    Files.delete(output);
    return new Finished(process.exitValue(), text);
  }

  private static Path published(String end) throws IOException {
    try (Stream<Path> files = Files.list(TARGET)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("netnswatch"))
          .filter(file -> file.toString().endsWith(end))
          .findFirst()
          .orElseThrow();
    }
  }
}
