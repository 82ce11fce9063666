package io.netnswatch.collector.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.netnswatch.collector.Envelope;
import io.netnswatch.collector.proc.ProcFiles;
import io.netnswatch.collector.proc.ProcSampler;
import io.netnswatch.schema.FragmentCounter;
import io.netnswatch.schema.FragmentProtocol;
import io.netnswatch.schema.NetnsCounts;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.TaskCounts;
import io.netnswatch.schema.TelemetryEvent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleWriterTest {

  private static final Path RECORDING = Path.of("..", "testing", "recordings", "livelock.tar.gz");
  private static final Instant T0 = Instant.parse("2026-11-22T12:00:00Z");

  private static final Manifest MANIFEST =
      new Manifest("netnswatch-evidence/1", "h", "4.15.1", "Linux version", 2, null, 1, 2, 3);

  @TempDir private Path folder;

  @Test
  void whatWasReadIsReadAgain() throws Exception {
    // Given a recording, as the /proc that is looked at now
    EvidenceBundle original = EvidenceBundle.read(RECORDING);
    List<TelemetryEvent> before = original.telemetry("h", Duration.ZERO);
    Path saved = folder.resolve("saved.tar.gz");

    // When
    try (BundleWriter writer = BundleWriter.create(saved)) {
      ProcSampler sampler = new ProcSampler(null);
      for (Map.Entry<Long, Map<String, String>> snapshot : snapshots(RECORDING).entrySet()) {
        Instant at = Instant.ofEpochMilli(snapshot.getKey());
        sampler.sample(writer.snapshot(at, new RecordedProc(snapshot.getValue())), at);
      }
      before.forEach(writer::accept);
      assertThat(writer.finish(original.manifest())).isZero();
    }

    // Then
    List<TelemetryEvent> after = EvidenceBundle.read(saved).telemetry("h", Duration.ZERO);
    assertThat(unnumbered(after)).isNotEmpty().isEqualTo(unnumbered(before));
    assertThat(logged(after)).as("the kernel log").isPositive();
  }

  @Test
  void commandLinesThatAreNoneOfOursAreNotKept() throws Exception {
    Path saved = folder.resolve("saved.tar.gz");
    try (BundleWriter writer = BundleWriter.create(saved)) {
      ProcFiles proc =
          writer.snapshot(
              T0,
              new RecordedProc(
                  Map.of(
                      "7/cmdline", "ip xfrm state add secret ",
                      "8/cmdline", "ip netns exec blue mysql -psecret ")));
      assertThat(proc.read("7/cmdline")).contains("secret");
      assertThat(proc.read("8/cmdline")).contains("secret");
      writer.finish(MANIFEST);
    }

    assertThat(snapshots(saved).get(T0.toEpochMilli()))
        .containsExactly(Map.entry("8/cmdline", "ip netns exec blue "));
  }

  @Test
  void unbalancedCountersOfNamespacesAreKeptWithTheirNames() throws Exception {
    Path saved = folder.resolve("saved.tar.gz");
    try (BundleWriter writer = BundleWriter.create(saved)) {
      ProcFiles proc =
          writer.snapshot(
              T0,
              new RecordedProc(
                  Map.of(
                      "stat", "cpu  1\ncpu0 1\nbtime 1795362604\n",
                      "9/net/sockstat6", "FRAG6: inuse 1 memory 4294948864\n",
                      "9/net/sockstat", "FRAG: inuse 1 memory 4294967000\n")));
      proc.read("stat");
      proc.read("9/net/sockstat6");
      proc.read("9/net/sockstat");
      writer.accept(counters("blue", FragmentProtocol.IPV6));
      writer.accept(counters(null, FragmentProtocol.IPV4));
      writer.finish(MANIFEST);
    }

    assertThat(
            ((ProcSnapshot) EvidenceBundle.read(saved).telemetry("h", Duration.ZERO).get(0).value())
                .getFragmentCounters())
        .extracting("netnsName", "protocol", "memoryBytes")
        .containsExactlyInAnyOrder(
            tuple("blue", FragmentProtocol.IPV6, -18_432L),
            tuple("net:4711", FragmentProtocol.IPV4, -296L));
  }

  @Test
  void isForItsOwnerOnlyAndLeavesNothingWhenItIsNotFinished() throws IOException {
    Path saved = folder.resolve("saved.tar.gz");
    try (BundleWriter writer = BundleWriter.create(saved)) {
      writer.finish(MANIFEST);
    }
    try (BundleWriter unfinished = BundleWriter.create(folder.resolve("other.tar.gz"))) {
      unfinished.snapshot(T0, new RecordedProc(Map.of()));
    }

    assertThat(folder.toFile().list()).containsExactly("saved.tar.gz");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(saved)))
        .isEqualTo("rw-------");
  }

  @Test
  void fullDiskIsSaidInTheEndAndSpoilsNothing() throws IOException {
    assumeThat(Path.of("/dev/full")).exists();
    Path full = Files.createSymbolicLink(folder.resolve("b.part"), Path.of("/dev/full"));
    StringBuilder noise = new StringBuilder();
    new Random(1).ints(1 << 20, 32, 127).forEach(c -> noise.append((char) c));
    try (BundleWriter writer = new BundleWriter(folder.resolve("b.tar.gz"), full)) {
      ProcFiles proc = writer.snapshot(T0, new RecordedProc(Map.of("modules", noise.toString())));
      assertThat(proc.read("modules")).hasSize(1 << 20);
      writer.snapshot(T0.plusSeconds(2), new RecordedProc(Map.of()));

      assertThatThrownBy(() -> writer.finish(MANIFEST))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("No space left");
    }
    assertThat(folder).isEmptyDirectory();
  }

  private static TelemetryEvent counters(@Nullable String netnsName, FragmentProtocol protocol) {
    FragmentCounter counter = new FragmentCounter(4711L, netnsName, 9, protocol, -1L);
    return new Envelope("h", "boot", "4.15.1", T0)
        .seal(
            ProcSnapshot.newBuilder()
                .setCollectedAt(T0)
                .setKernelVersion("")
                .setCpuCount(1)
                .setNetnsCounts(new NetnsCounts(null, null, null))
                .setTaskCounts(new TaskCounts(0, 0, 0, 0, 0, 0))
                .setFragmentCounters(List.of(counter)));
  }

  /** Without perf slices, which events hold added up only, and with it without numbers. */
  private static List<Object> unnumbered(List<TelemetryEvent> events) {
    return events.stream()
        .map(TelemetryEvent::value)
        .<Object>mapMulti(
            (value, out) -> {
              if (value instanceof ProcSnapshot snapshot) {
                out.accept(ProcSnapshot.newBuilder(snapshot).setSequence(0).build());
              } else if (value instanceof NetnsLatency latency) {
                out.accept(NetnsLatency.newBuilder(latency).setSequence(0).build());
              }
            })
        .toList();
  }

  private static long logged(List<TelemetryEvent> events) {
    return events.stream()
        .map(TelemetryEvent::value)
        .filter(ProcSnapshot.class::isInstance)
        .mapToLong(it -> ((ProcSnapshot) it).getKernelLog().size())
        .sum();
  }

  /** Files of /proc in a bundle by snapshot. */
  private static Map<Long, Map<String, String>> snapshots(Path bundle) throws IOException {
    Map<Long, Map<String, String>> snapshots = new TreeMap<>();
    try (InputStream raw = Files.newInputStream(bundle);
        TarArchiveInputStream tar = new TarArchiveInputStream(new GZIPInputStream(raw))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        String[] parts = entry.getName().split("/", 4);
        if (entry.isFile() && parts[1].equals("proc")) {
          snapshots
              .computeIfAbsent(Long.valueOf(parts[2]), at -> new HashMap<>())
              .put(parts[3], new String(tar.readAllBytes(), StandardCharsets.UTF_8));
        }
      }
    }
    return snapshots;
  }
}
