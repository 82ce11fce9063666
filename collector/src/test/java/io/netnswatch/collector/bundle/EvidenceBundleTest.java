package io.netnswatch.collector.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netnswatch.schema.CommandOutcome;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.TelemetryEvent;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvidenceBundleTest {

  private static final String MANIFEST =
      """
      {"format": "netnswatch-evidence/1", "host": "h", "kernel_release": "4.15.1",
       "kernel_version": "Linux version 4.15.1", "cpus": 4, "boot_id": null,
       "boot_time": 1795362604, "started_at": 1795363000000, "ended_at": 1795363060000}
      """;

  private static final String STAT = "cpu  1\ncpu0 1\nbtime 1795362604\n";

  @TempDir private Path directory;
  private final Map<String, String> entries = new LinkedHashMap<>();

  @BeforeEach
  void healthyBundle() {
    entries.put("b/proc/1795363002000/stat", STAT);
    entries.put("b/manifest.json", MANIFEST);
  }

  private EvidenceBundle read() throws IOException {
    Path file = directory.resolve("bundle.tar.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file));
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      for (Map.Entry<String, String> entry : entries.entrySet()) {
        byte[] bytes = entry.getValue().getBytes(StandardCharsets.UTF_8);
        TarArchiveEntry header = new TarArchiveEntry(entry.getKey());
        header.setSize(bytes.length);
        tar.putArchiveEntry(header);
        tar.write(bytes);
        tar.closeArchiveEntry();
      }
    }
    return EvidenceBundle.read(file);
  }

  private static String command(String durationMs) {
    return """
    {"started_at": 1795363001000, "pid": 7, "command": "ip netns add blue", \
    "time_limit_ms": 30000, "duration_ms": %s, "timed_out": true, "exit_code": null, \
    "signal": 9, "stderr": "", "blocked_state": "D", "blocked_wchan": "copy_net_ns"}
    """
        .formatted(durationMs);
  }

  /** A syslog has no year, and often another zone: here of June, though it is November. */
  @Test
  void timeSinceBootDatesTheLogOfNotesWhereItsDateIsOutsideOfTheRecording() throws Exception {
    entries.put("b/proc/1795363012000/stat", STAT);
    entries.put(
        "b/notes/syslog",
        """
        Jun 18 10:10:06 h kernel: [  404.047114] unregister_netdevice: waiting for lo to become free. Usage count = 1
        """);

    assertThat(read().telemetry("h", Duration.ZERO))
        .flatExtracting(it -> ((ProcSnapshot) it.value()).getKernelLog())
        .singleElement()
        .extracting("device", "loggedAt")
        .containsExactly("lo", Instant.ofEpochMilli(1795363008047L));
  }

  @Test
  void eventsAreNumberedInEventTimeAndAllTimesAreShifted() throws Exception {
    Duration shift = Duration.ofDays(1);
    entries.put(
        "b/perf/1795363003000-5000ms-99hz.txt",
        "ip 7 [001] 1.5: cpu-clock: ffffffff81000000 copy_net_ns ([kernel.kallsyms])\n");
    entries.put("b/netns/commands.jsonl", command("12000.4"));

    List<TelemetryEvent> events = read().telemetry("other", shift);

    assertThat(events)
        .extracting(event -> event.value().getClass().getSimpleName())
        .containsExactly(
            "ProcSnapshot", "NetnsLatency", "PerfSample", "NetnsLatency", "NetnsLatency");
    assertThat(events).extracting(TelemetryEvent::host).containsOnly("other");
    assertThat(events)
        .extracting(TelemetryEvent::eventTime)
        .containsExactly(
            Instant.ofEpochMilli(1_795_363_002_000L).plus(shift),
            Instant.ofEpochMilli(1_795_363_006_000L).plus(shift),
            Instant.ofEpochMilli(1_795_363_008_000L).plus(shift),
            Instant.ofEpochMilli(1_795_363_011_000L).plus(shift),
            Instant.ofEpochMilli(1_795_363_013_000L).plus(shift));
    NetnsLatency last = (NetnsLatency) events.get(4).value();
    assertThat(last.getSequence()).isEqualTo(4);
    assertThat(last.getStartedAt()).isEqualTo(Instant.ofEpochMilli(1_795_363_001_000L).plus(shift));
    assertThat(last.getCollectorStartedAt())
        .isEqualTo(Instant.ofEpochMilli(1_795_363_000_000L).plus(shift));
    assertThat(last.getOutcome()).isEqualTo(CommandOutcome.TIMED_OUT);
    PerfSample sample = (PerfSample) events.get(2).value();
    assertThat(sample.getCpuCount()).isEqualTo(4);
    assertThat(sample.getLostCount()).isNull();
  }

  @Test
  void missingBootIdIsDerivedAndStaysTheSame() throws Exception {
    assertThat(read().manifest().bootId()).isEqualTo(read().manifest().bootId()).hasSize(36);
  }

  /** The uptime goes back: what follows is of another boot, from when that began. */
  @Test
  void aHostThatWasBootedInTheMiddleIsOfTwoBoots() throws Exception {
    entries.put("b/proc/1795363002000/uptime", "398.00 1.00\n");
    entries.put("b/proc/1795363042000/stat", "cpu  1\ncpu0 1\nbtime 1795363032\n");
    entries.put("b/proc/1795363042000/uptime", "10.00 1.00\n");

    List<String> first = bootIds();

    assertThat(first).hasSize(2).doesNotHaveDuplicates().startsWith(read().manifest().bootId());
    assertThat(bootIds()).isEqualTo(first);
  }

  private List<String> bootIds() throws IOException {
    return read().telemetry("h", Duration.ZERO).stream()
        .map(event -> ((ProcSnapshot) event.value()).getBootId())
        .toList();
  }

  @Test
  void whatTheManifestTellsIsTakenFromTheRestWhereItIsMissing() throws Exception {
    entries.remove("b/manifest.json");
    entries.put("b/proc/1795363002000/version", "Linux version 4.15.18 (b@h) #1 SMP\n");
    entries.put("b/proc/1795363012000/stat", STAT);

    EvidenceBundle bundle = read();

    assertThat(bundle.manifest())
        .isEqualTo(
            new Manifest(
                Manifest.FORMAT,
                "unnamed-host",
                "4.15.18",
                "Linux version 4.15.18 (b@h) #1 SMP",
                1,
                null,
                1795362604,
                1795363002000L,
                1795363012000L));
    assertThat(bundle.telemetry("h", Duration.ZERO)).hasSize(2);
    assertThat(bundle.isDamaged()).isTrue();
    assertThat(bundle.unused()).singleElement().asString().startsWith("manifest.json: is missing");
  }

  @Test
  void aMalformedManifestIsNamed() throws Exception {
    entries.put("b/manifest.json", "{\"format\": ");

    assertThat(read().unused())
        .singleElement()
        .asString()
        .startsWith("manifest.json: its JSON ends too early");
  }

  /** It opens no incident, but is told. */
  @Test
  void aLogAmongTheNotesThatIsOfAnotherTimeIsKeptApart() throws Exception {
    entries.put(
        "b/notes/dmesg.txt",
        """
        [732240.608081] INFO: task docker:71063 blocked for more than 120 seconds.
        [732240.608700] Call Trace:
        [732240.608706]  [<ffffffff81442fea>] copy_net_ns+0x9a/0x160
        [732240.608709]  [<ffffffff81093561>] create_new_namespaces+0x101/0x1b0
        """);

    assertThat(read().logOfOtherTimes())
        .singleElement()
        .satisfies(entry -> assertThat(entry.getComm()).isEqualTo("docker"));
  }

  @Test
  void withoutManifestAndAnythingElseThereIsNothingToRead() {
    entries.clear();
    entries.put("b/notes/x", "x");

    assertThatThrownBy(this::read)
        .isInstanceOf(BundleFormatException.class)
        .hasMessageEndingWith(": manifest.json: is missing");
  }

  /** As of a copy that broke off, wherever it did. */
  @Test
  void ofABundleThatEndsEarlyIsUsedWhatCameBefore() throws Exception {
    for (int second = 2; second < 60; second += 2) {
      String at = "b/proc/17953630%02d000/".formatted(second);
      entries.put(at + "stat", STAT + "x".repeat(second * 37));
      entries.put(at + "uptime", "4%02d.00 1.00\n".formatted(second));
    }
    read();
    byte[] whole = Files.readAllBytes(directory.resolve("bundle.tar.gz"));
    Path part = directory.resolve("part.tar.gz");

    int most = 0;
    for (int length = 0; length < whole.length; length += 16) {
      Files.write(part, Arrays.copyOf(whole, length));
      try {
        EvidenceBundle bundle = EvidenceBundle.read(part);
        assertThat(bundle.isDamaged()).isTrue();
        most = Math.max(most, bundle.telemetry("h", Duration.ZERO).size());
      } catch (BundleFormatException e) {
        assertThat(most).as("of shorter parts, before: " + e).isZero();
      }
    }

    assertThat(most).isGreaterThan(25);
  }

  @Test
  void otherFormatIsRefused() {
    entries.put("b/manifest.json", MANIFEST.replace("evidence/1", "evidence/2"));

    assertThatThrownBy(this::read)
        .isInstanceOf(BundleFormatException.class)
        .hasMessageContaining("netnswatch-evidence/2");
  }

  /** One odd record costs itself, and is told of. */
  @Test
  void malformedLinesAreLeftOutAndNamed() throws Exception {
    entries.put(
        "b/netns/commands.jsonl",
        command("1")
            + command("2").replace("\"signal\": 9", "\"signal\": {}")
            + command("1e15")
            + command("3").replace("\"ip netns add blue\"", "null")
            + "null\n{\n");
    entries.put(
        "b/kernel/log.jsonl",
        "{\"snapshot_at\": 1795363002000, \"entries\": [{\"logged_at\": 1, \"category\": null,"
            + " \"message\": \"m\"}]}\n");

    EvidenceBundle bundle = read();

    assertThat(bundle.telemetry("h", Duration.ZERO))
        .extracting(event -> event.value().getClass().getSimpleName())
        .containsExactly("NetnsLatency", "ProcSnapshot");
    assertThat(bundle.isDamaged()).isTrue();
    assertThat(bundle.unused())
        .hasSize(2)
        .anySatisfy(words -> assertThat(words).contains("commands.jsonl", "malformed, 5", ":2: "))
        .anySatisfy(words -> assertThat(words).contains("kernel/log.jsonl", "malformed, 1"));
  }

  @ParameterizedTest
  @CsvSource({"SIGKILL, 9", "term, 15", "SIGRTMIN+3,"})
  void aSignalMayBeNamed(String name, @Nullable Integer number) throws Exception {
    entries.put(
        "b/netns/commands.jsonl",
        command("2").replace("\"signal\": 9", "\"signal\": \"" + name + "\""));

    EvidenceBundle bundle = read();

    assertThat(bundle.isDamaged()).isFalse();
    assertThat(bundle.telemetry("h", Duration.ZERO))
        .extracting(TelemetryEvent::value)
        .filteredOn(NetnsLatency.class::isInstance)
        .last()
        .extracting(it -> ((NetnsLatency) it).getSignal())
        .isEqualTo(number);
  }

  @Test
  void aBundleOfWhichNothingCanBeUsedIsRefused() {
    entries.remove("b/proc/1795363002000/stat");
    entries.put("b/netns/commands.jsonl", command("1e15"));

    assertThatThrownBy(this::read)
        .isInstanceOf(BundleFormatException.class)
        .hasMessageContaining(": netns/commands.jsonl:1")
        .hasMessageContaining("out of range");
  }

  @Test
  void malformedFilesAreLeftOutAndNamed() throws Exception {
    entries.put("b/namespaces/1795363001000/c1/sockstat6", "FRAG6: inuse 1 memory x\n");
    entries.put("b/proc/1795363002000/uptime", "long\n");
    entries.put("b/proc/1795363012000/stat", "cpu\n");
    entries.put("b/proc/1795363022000/uptime", "418.00 1.00\n");
    entries.put("b/events.avro", "Obj");

    EvidenceBundle bundle = read();

    assertThat(bundle.telemetry("h", Duration.ZERO)).hasSize(1);
    assertThat(bundle.unused())
        .hasSize(3)
        .anySatisfy(
            words -> assertThat(words).contains("namespaces/1795363001000/c1/sockstat6", "1"))
        .anySatisfy(words -> assertThat(words).contains("snapshots", "2", "proc/1795363012000"))
        .anySatisfy(words -> assertThat(words).contains("events.avro"));
  }

  @Test
  void countersAreCapped() throws Exception {
    for (int i = 0; i < 70; i++) {
      entries.put(
          "b/namespaces/1795363001000/c" + i + "/sockstat6", "FRAG6: inuse 1 memory 4294948864\n");
    }

    ProcSnapshot snapshot = (ProcSnapshot) read().telemetry("h", Duration.ZERO).get(0).value();

    assertThat(snapshot.getFragmentCounters()).hasSize(64);
  }

  @Test
  void hostileNamesAreOnlyNames() throws Exception {
    entries.put("b/../../../../tmp/evil", "x");
    entries.put("b/proc/../../etc/passwd", "x");
    entries.put("b/proc/1795363002000/../../x", "x");

    assertThat(read().telemetry("h", Duration.ZERO)).hasSize(1);
  }

  @Test
  void textThatIsNoArchiveIsAnError() throws Exception {
    Path file = Files.writeString(directory.resolve("text"), "no archive");

    assertThatThrownBy(() -> EvidenceBundle.read(file)).isInstanceOf(IOException.class);
  }
}
