package io.netnswatch.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpuLimitTest {

  private static final Duration HALF_A_MINUTE = Duration.ofSeconds(30);

  @TempDir private Path proc;

  private static CpuLimit after(CpuLimit limit, double percent) {
    return limit.after(Duration.ofMillis(Math.round(percent * 300)), HALF_A_MINUTE);
  }

  @Test
  void withinTheLimitNothingIsStretched() {
    assertThat(after(CpuLimit.of(5), 5).stretch()).isEqualTo(1);
  }

  @Test
  void beyondItIntervalsAreStretchedByAsMuch() {
    assertThat(after(CpuLimit.of(5), 7.5).stretch()).isEqualTo(1.5);
  }

  @Test
  void thereIsALimitToThatSoThatEvidenceStillComes() {
    CpuLimit limit = CpuLimit.of(5);
    for (int i = 0; i < 20; i++) {
      limit = after(limit, 500);
    }
    assertThat(limit.stretch()).isEqualTo(12);
  }

  @Test
  void itSpeedsUpAgainOnlyWithRoomToSpare() {
    CpuLimit slowed = new CpuLimit(5, 4);

    assertThat(after(slowed, 4.5).stretch()).isEqualTo(4);
    assertThat(after(slowed, 2).stretch()).isEqualTo(2);
    assertThat(after(after(after(slowed, 2), 2), 2).stretch()).isEqualTo(1);
  }

  @Test
  void aCollectorBeyondItsLimitSaysSoInItsStatus() throws IOException {
    // Given
    Files.createDirectories(proc.resolve("10/task"));
    Files.writeString(proc.resolve("10/status"), "VmRSS:\t 4 kB\n");
    Path stat = proc.resolve("10/stat");
    Files.writeString(stat, "10 (java) S 1 1 1 0 -1 0 0 0 0 0 300 0 0 0 20 0");
    CpuWatch watch = new CpuWatch(proc, 10, 5);
    watch.look();
    assertThat(watch.status()).isEqualTo("CPU not measured yet");

    // When: an hour of CPU between two looks
    Files.writeString(stat, "10 (java) S 1 1 1 0 -1 0 0 0 0 0 360300 0 0 0 20 0");
    watch.look();

    // Then
    assertThat(watch.stretch()).isCloseTo(2, within(1e-9));
    assertThat(watch.status()).contains("beyond its limit of 5.0 %: intervals 2.0 times as long");
  }
}
