package io.netnswatch.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netnswatch.collector.PrivateHost.Finished;
import io.netnswatch.command.Version;
import io.netnswatch.schema.CommandOutcome;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.SymbolSamples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The life of the package on a host, in order: each test goes on where the one before ended. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CollectorPackageIT {

  private static final String NAME = "netnswatch-collector";
  private static final String SERVICE = NAME + ".service";
  private static final String HOME = "/usr/lib/" + NAME;
  private static final String CONF = "/etc/netnswatch/collector.conf";
  private static final String METRICS = "http://127.0.0.1:9465/metrics";
  private static final boolean PERF_IS_HERE = Files.exists(Path.of("/usr/bin/perf"));
  private static final Duration STARTS_WITHIN = Duration.ofSeconds(60);

  /** Those that the unit names, as include/uapi/linux/capability.h numbers them. */
  private static final long CAPABILITIES =
      1L << 19 /* SYS_PTRACE */
          | 1L << 21 /* SYS_ADMIN */
          | 1L << 34 /* SYSLOG */
          | 1L << 38 /* PERFMON */;

  @TempDir(cleanup = CleanupMode.ALWAYS)
  private static Path directory;

  private @Nullable PrivateHost host;

  @BeforeAll
  void boot() throws Exception {
    Path target = Path.of(System.getProperty("netnswatch.package.directory"));
    assumeTrue(Files.exists(target.resolve("SHA256SUMS")), "-Prelease makes the packages");
    String reason = PrivateHost.impossibleBecause();
    assumeTrue(reason == null, () -> "no private host here: " + reason);
    host = PrivateHost.boot(directory);
    run("dpkg", "--purge", NAME);
    hideEveryJava();
    Files.copy(builtPackage(".deb"), host().file("/tmp/built.deb"));
  }

  @AfterAll
  void shutDown() throws Exception {
    if (host != null) {
      host.close();
    }
  }

  @Test
  @Order(1)
  void itIsInstalledButNotStarted() throws Exception {
    // When
    Finished installation = run("dpkg", "--install", "/tmp/built.deb");

    // Then
    assertThat(installation.exitCode()).as(installation.output()).isZero();
    assertThat(installation.output()).contains("not started", CONF, "systemctl enable --now");
    assertThat(run("dpkg", "--verify", NAME)).isEqualTo(new Finished(0, ""));
    assertThat(run("systemctl", "is-enabled", SERVICE).output()).isEqualTo("disabled\n");
    assertThat(run("systemctl", "is-active", SERVICE).output()).isEqualTo("inactive\n");
    assertThat(run("sh", "-c", "command -v java").exitCode()).as("no Java there").isNotZero();
  }

  @Test
  @Order(2)
  void itsClassPathIsWhatItBrings() throws Exception {
    // When
    String classPath = Files.readString(host().file(HOME + "/class-path"));

    // Then
    try (Stream<Path> files = Files.list(host().file(HOME + "/lib"))) {
      List<String> brought =
          files.map(file -> HOME + "/lib/" + file.getFileName()).sorted().toList();
      assertThat(Stream.of(classPath.split(":")).map(it -> it.replace("/proc/self/fd/9", HOME)))
          .startsWith(HOME + "/lib/collector.jar")
          .containsExactlyInAnyOrderElementsOf(brought);
    }
  }

  @Test
  @Order(3)
  void systemdFindsNoFaultInItsUnit() throws Exception {
    // When
    Finished verification = run("systemd-analyze", "verify", "--man=no", SERVICE);

    // Then
    assertThat(verification).isEqualTo(new Finished(0, ""));
  }

  @Test
  @Order(4)
  void itStartsFromItsArchiveOfClasses() throws Exception {
    // When: without the archive this JVM would not start
    Finished version = run("env", "JDK_JAVA_OPTIONS=-Xshare:on", NAME, "--version");

    // Then
    assertThat(version.exitCode()).as(version.output()).isZero();
    assertThat(version.output()).endsWith("netnswatch " + Version.current() + "\n");
  }

  @Test
  @Order(5)
  void itDiagnosesWithItsRunbooks() throws Exception {
    // Given
    Files.copy(
        Path.of("../testing/recordings/livelock.tar.gz"), host().file("/tmp/livelock.tar.gz"));

    // When
    Finished diagnosis = run(NAME, "diagnose", "--bundle=/tmp/livelock.tar.gz");

    // Then
    String runbook = HOME + "/runbooks/netns-cleanup-livelock.md";
    assertThat(diagnosis.exitCode()).as(diagnosis.output()).isEqualTo(3);
    assertThat(diagnosis.output()).contains("Runbook:  " + runbook);
    assertThat(host().file(runbook)).isNotEmptyFile();
  }

  @Test
  @Order(6)
  void anOptionThatIsWrongIsNotTriedAgain() throws Exception {
    // Given
    String conf = Files.readString(host().file(CONF));
    Files.writeString(host().file(CONF), conf + "no-such-option=1\n");

    // When
    run("systemctl", "start", SERVICE);

    // Then
    await().atMost(STARTS_WITHIN).until(() -> property("ActiveState").equals("failed"));
    assertThat(property("ExecMainStatus")).isEqualTo("2");
    assertThat(property("NRestarts")).isEqualTo("0");
    Files.writeString(host().file(CONF), conf);
  }

  @Test
  @Order(7)
  void startedItCollectsWithThePrivilegesOfItsUnit() throws Exception {
    // Given
    aimAtNoKafka();

    // When
    Finished start = run("systemctl", "enable", "--now", SERVICE);

    // Then
    assertThat(start.exitCode()).as(start.output()).isZero();
    awaitCollection();
    String status = run("cat", "/proc/" + property("MainPID") + "/status").output();
    assertThat(status)
        .contains("\nNoNewPrivs:\t1\n", "\nSeccomp:\t2\n")
        .contains("\nCapBnd:\t%016x\n".formatted(CAPABILITIES));
    assertThat(run("curl", "--silent", "http://127.0.0.1:9465/ready").output())
        .isEqualTo("ready\n");
    assertThat(run("journalctl", "--unit=" + NAME).output()).contains("events go to the spool");
  }

  @Test
  @Order(8)
  void anUpgradeKeepsWhatTheUserChangedAndRestartsIt() throws Exception {
    // Given: a release after the snapshot, with other defaults
    String before = property("MainPID");
    String mine = Files.readString(host().file(CONF));
    buildRelease();

    // When
    Finished upgrade = run("dpkg", "--force-confold", "--install", "/tmp/release.deb");

    // Then
    assertThat(upgrade.exitCode()).as(upgrade.output()).isZero();
    assertThat(upgrade.output()).doesNotContain("downgrading", "not started");
    assertThat(run("dpkg-query", "-W", "-f", "${Version}", NAME).output())
        .endsWith(".1")
        .doesNotContain("~");
    assertThat(host().file(CONF)).hasContent(mine);
    assertThat(Files.readString(host().file(CONF + ".dpkg-dist"))).endsWith("# of the release\n");
    assertThat(Files.readString(host().file("/etc/netnswatch/kafka.properties")))
        .endsWith("# of the release\n");
    assertThat(property("MainPID")).isNotEqualTo(before);
    awaitCollection();
  }

  @Test
  @Order(9)
  void aDowngradeKeepsWhatTheUserChangedAndRestartsIt() throws Exception {
    // Given
    String before = property("MainPID");
    String mine = Files.readString(host().file(CONF));

    // When
    Finished downgrade = run("dpkg", "--force-confold", "--install", "/tmp/built.deb");

    // Then
    assertThat(downgrade.exitCode()).as(downgrade.output()).isZero();
    assertThat(downgrade.output()).contains("downgrading");
    assertThat(run("dpkg-query", "-W", "-f", "${Version}", NAME).output()).contains("~");
    assertThat(host().file(CONF)).hasContent(mine);
    assertThat(property("MainPID")).isNotEqualTo(before);
    awaitCollection();
  }

  @Test
  @Order(10)
  void stoppedItEndsWithoutAFailure() throws Exception {
    // When
    Finished stop = run("systemctl", "stop", SERVICE);

    // Then
    assertThat(stop.exitCode()).as(stop.output()).isZero();
    assertThat(property("ActiveState")).isEqualTo("inactive"); // and not failed
    assertThat(run("journalctl", "--unit=" + NAME).output()).contains("Collector - stopped");
  }

  @Test
  @Order(11)
  void itsUnitLeavesItWhatEachSourceNeeds() throws Exception {
    // When
    List<SpecificRecord> events = spooled();

    // Then: slabinfo where there is that row, kernel symbols, and creations
    boolean inSlabinfo = Files.readString(Path.of("/proc/slabinfo")).contains("\nnet_namespace ");
    assertThat(of(ProcSnapshot.class, events))
        .isNotEmpty()
        .allMatch(it -> (it.getNetnsCounts().getSlabObjects() != null) == inSlabinfo);
    assertThat(of(PerfSample.class, events))
        .flatMap(PerfSample::getSymbols)
        .extracting(SymbolSamples::getSymbol)
        .filteredOn(symbol -> !symbol.equals("[unknown]"))
        .hasSizeGreaterThanOrEqualTo(PERF_IS_HERE ? 1 : 0);
    assertThat(of(NetnsLatency.class, events))
        .extracting(NetnsLatency::getOutcome)
        .contains(CommandOutcome.SUCCEEDED)
        .doesNotContain(CommandOutcome.FAILED);
  }

  @Test
  @Order(12)
  void removedItStopsAndLeavesConfigurationAndSpool() throws Exception {
    // Given
    run("systemctl", "start", SERVICE);
    String process = "/proc/" + property("MainPID");

    // When
    Finished removal = run("dpkg", "--remove", NAME);

    // Then
    assertThat(removal.exitCode()).as(removal.output()).isZero();
    assertThat(run("test", "-e", process).exitCode()).isEqualTo(1);
    assertThat(host().file(CONF)).exists();
    assertThat(host().file("/var/lib/netnswatch/spool")).isDirectoryContaining("glob:**.avro");
    assertThat(host().file(HOME)).doesNotExist();
  }

  @Test
  @Order(13)
  void purgedItLeavesNothing() throws Exception {
    // When
    Finished purge = run("dpkg", "--purge", NAME);

    // Then
    assertThat(purge.exitCode()).as(purge.output()).isZero();
    assertThat(run("find", "/etc", "/usr", "/var", "-xdev", "-name", "*netnswatch*").output())
        .isEmpty();
    assertThat(run("systemctl", "list-units", "--all", "--no-legend", NAME + "*").output())
        .doesNotContain(NAME);
  }

  @Test
  @Order(14)
  void itsRpmIsInstalledButNotStarted() throws Exception {
    // Given: a database of its own; what the package requires is not in that
    assumeTrue(run("sh", "-c", "command -v rpm").exitCode() == 0, "no rpm here");
    Files.copy(builtPackage(".rpm"), host().file("/tmp/built.rpm"));
    run("rpm", "--initdb");

    // When
    Finished installation = run("rpm", "--nodeps", "--install", "/tmp/built.rpm");

    // Then
    assertThat(installation.exitCode()).as(installation.output()).isZero();
    assertThat(installation.output()).contains("not started", CONF, "systemctl enable --now");
    assertThat(run("rpm", "--verify", "--nodeps", NAME)).isEqualTo(new Finished(0, ""));
    assertThat(property("ActiveState")).isEqualTo("inactive");
  }

  @Test
  @Order(15)
  void installedAgainItsRpmKeepsWhatTheUserChangedAndRestartsIt() throws Exception {
    // Given
    assumeTrue(Files.exists(host().file("/tmp/built.rpm")), "no rpm here");
    aimAtNoKafka();
    String mine = Files.readString(host().file(CONF));
    run("systemctl", "enable", "--now", SERVICE);
    awaitCollection();
    String before = property("MainPID");

    // When
    Finished again = run("rpm", "--nodeps", "--upgrade", "--force", "/tmp/built.rpm");

    // Then
    assertThat(again.exitCode()).as(again.output()).isZero();
    assertThat(host().file(CONF)).hasContent(mine);
    await().atMost(STARTS_WITHIN).until(() -> !property("MainPID").equals(before));
    awaitCollection();
  }

  @Test
  @Order(16)
  void erasedItsRpmStopsAndLeavesWhatTheUserChanged() throws Exception {
    // Given
    assumeTrue(Files.exists(host().file("/tmp/built.rpm")), "no rpm here");
    String process = "/proc/" + property("MainPID");
    String mine = Files.readString(host().file(CONF));

    // When
    Finished removal = run("rpm", "--nodeps", "--erase", NAME);

    // Then
    assertThat(removal.exitCode()).as(removal.output()).isZero();
    assertThat(run("test", "-e", process).exitCode()).isEqualTo(1);
    assertThat(host().file(HOME)).doesNotExist();
    assertThat(host().file(CONF + ".rpmsave")).hasContent(mine);
    assertThat(run("systemctl", "list-units", "--all", "--no-legend", NAME + "*").output())
        .doesNotContain(NAME);
  }

  /** Port 1 refuses: events go to the spool. */
  private void aimAtNoKafka() throws IOException {
    String conf = Files.readString(host().file(CONF));
    Files.writeString(
        host().file(CONF),
        conf.replaceAll("(?m)^#bootstrap-servers=$", "bootstrap-servers=127.0.0.1:1")
            .replaceAll("(?m)^#schema-registry-url=$", "schema-registry-url=http://127.0.0.1:1"));
  }

  /** Until each source has had its turn, and none failed. */
  private void awaitCollection() {
    List<String> sources =
        PERF_IS_HERE ? List.of("proc", "perf", "probe") : List.of("proc", "probe");
    await()
        .atMost(STARTS_WITHIN)
        .untilAsserted(
            () -> {
              String metrics = run("curl", "--silent", METRICS).output();
              for (String source : sources) {
                assertThat(metrics)
                    .contains("source_on{source=\"" + source + "\"} 1.0\n")
                    .contains("turns_failed_total{source=\"" + source + "\"} 0.0\n")
                    .containsPattern(
                        "turn_duration_seconds_count\\{source=\"" + source + "\"} [1-9]");
              }
            });
  }

  private List<SpecificRecord> spooled() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(host().file("/var/lib/netnswatch/spool"))) {
      files = all.filter(file -> file.toString().endsWith(".avro")).toList();
    }
    List<SpecificRecord> events = new ArrayList<>();
    for (Path file : files) {
      try (DataFileReader<SpecificRecord> reader =
          new DataFileReader<>(file.toFile(), new SpecificDatumReader<>())) {
        reader.forEach(events::add);
      }
    }
    return events;
  }

  private static <T extends SpecificRecord> List<T> of(Class<T> type, List<SpecificRecord> events) {
    return events.stream().filter(type::isInstance).map(type::cast).toList();
  }

  /** The built package with another version, and a line more in each configuration file. */
  private void buildRelease() throws IOException, InterruptedException {
    run("dpkg-deb", "--raw-extract", "/tmp/built.deb", "/tmp/release");
    replace("/tmp/release/DEBIAN/control", "Version: ([^~\n]+).*", "Version: $1.1");
    for (String file : List.of("collector.conf", "kafka.properties")) {
      replace("/tmp/release/etc/netnswatch/" + file, "\\z", "# of the release\n");
    }
    Finished build = run("dpkg-deb", "-Znone", "--build", "/tmp/release", "/tmp/release.deb");
    assertThat(build.exitCode()).as(build.output()).isZero();
  }

  private void replace(String file, String regex, String replacement) throws IOException {
    Path path = host().file(file);
    Files.writeString(path, Files.readString(path).replaceFirst(regex, replacement));
  }

  private String property(String name) throws IOException, InterruptedException {
    return run("systemctl", "show", "--value", "--property=" + name, SERVICE).output().strip();
  }

  private Finished run(String... command) throws IOException, InterruptedException {
    return host().run(command);
  }

  private PrivateHost host() {
    if (host == null) {
      throw new IllegalStateException("not booted");
    }
    return host;
  }

  /** What is installed must not need one. */
  private void hideEveryJava() throws IOException, InterruptedException {
    run("sh", "-c", "rm -rf /usr/lib/jvm /usr/bin/java /usr/local/bin/java");
  }

  private static Path builtPackage(String end) throws IOException {
    try (Stream<Path> built =
        Files.list(Path.of(System.getProperty("netnswatch.package.directory")))) {
      return built.filter(file -> file.toString().endsWith(end)).findFirst().orElseThrow();
    }
  }
}
