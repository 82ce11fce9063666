package io.netnswatch.collector.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netnswatch.collector.TelemetryEvent;
import io.netnswatch.schema.NetnsLatency;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvidenceBundleTest {

  private static final String MANIFEST =
      """
      {"format": "netnswatch-evidence/1", "host": "h", "kernel_release": "4.15.1", "kernel_version": "v",
       "cpus": 2, "boot_id": null, "boot_time": 1795362604, "started_at": 1795363071000,
       "ended_at": 1795363081000, "something_new": true}
      """;

  private static final String ADD =
      """
      {"started_at": 1795363072000, "pid": 7, "command": "ip netns add c1", "time_limit_ms": 30000,\
       "duration_ms": 12000.5, "timed_out": false, "exit_code": 0, "signal": null, "stdout": "", "stderr": ""}
      """;

  @TempDir private Path directory;

  @Test
  void commandBecomesProgressAndEndAtShiftedTimes() throws IOException {
    EvidenceBundle bundle = read(Map.of("manifest.json", MANIFEST, "netns/commands.jsonl", ADD));

    List<TelemetryEvent> events = bundle.telemetry("other", Duration.ofHours(1));

    assertThat(events)
        .extracting(event -> ((NetnsLatency) event.value()).getOutcome().name())
        .containsExactly("STILL_RUNNING", "STILL_RUNNING", "SUCCEEDED");
    NetnsLatency last = (NetnsLatency) events.get(2).value();
    assertThat(last.getHost()).isEqualTo("other");
    assertThat(last.getSequence()).isEqualTo(2);
    assertThat(last.getStartedAt())
        .isEqualTo(Instant.ofEpochMilli(1_795_363_072_000L).plus(Duration.ofHours(1)));
    assertThat(last.getLatencyMs()).isEqualTo(12_000.5);
  }

  @Test
  void bootIdIsDerivedFromTheBootTimeWhereNoneWasRecorded() throws IOException {
    String first = read(Map.of("manifest.json", MANIFEST)).manifest().bootId();
    String rebooted =
        read(Map.of("manifest.json", MANIFEST.replace("1795362604", "1795369999")))
            .manifest()
            .bootId();

    assertThat(first).hasSize(36).isNotEqualTo(rebooted);
  }

  @Test
  void refusesWhatIsNoBundleAndNamesTheEntry() {
    assertThatThrownBy(() -> read(Map.of("notes/x", "y")))
        .isInstanceOf(BundleFormatException.class)
        .hasMessage("manifest.json: is missing");
    assertThatThrownBy(
            () -> read(Map.of("manifest.json", MANIFEST.replace("evidence/1", "evidence/9"))))
        .hasMessage(
            "manifest.json: format is netnswatch-evidence/9, expected netnswatch-evidence/1");
    assertThatThrownBy(() -> read(Map.of("manifest.json", MANIFEST.replace("boot_time", "boot"))))
        .hasMessageStartingWith("manifest.json: ")
        .hasMessageContaining("boot_time");
    assertThatThrownBy(
            () ->
                read(
                    Map.of(
                        "manifest.json",
                        MANIFEST,
                        "netns/commands.jsonl",
                        ADD + "{\"pid\": true}")))
        .hasMessageStartingWith("netns/commands.jsonl:2: ");
    assertThatThrownBy(
            () -> read(Map.of("manifest.json", MANIFEST, "proc/1795363072000/stat", "no")))
        .hasMessageStartingWith("proc/1795363072000: stat: expected");
  }

  private EvidenceBundle read(Map<String, String> entries) throws IOException {
    Path file = directory.resolve("bundle.tar.gz");
    try (TarArchiveOutputStream tar =
        new TarArchiveOutputStream(new GZIPOutputStream(Files.newOutputStream(file)))) {
      for (Map.Entry<String, String> entry : entries.entrySet()) {
        byte[] bytes = entry.getValue().getBytes(UTF_8);
        TarArchiveEntry header = new TarArchiveEntry("folder/" + entry.getKey());
        header.setSize(bytes.length);
        tar.putArchiveEntry(header);
        tar.write(bytes);
        tar.closeArchiveEntry();
      }
    }
    return EvidenceBundle.read(file);
  }
}
