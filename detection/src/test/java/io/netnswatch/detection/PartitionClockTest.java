package io.netnswatch.detection;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PartitionClockTest {

  private static final long START_MS = 1_795_363_000_000L;

  private final PartitionClock clock = PartitionClock.startingAt(START_MS);

  @Test
  void timePassesWithTheLatestEvent() {
    assertThat(clock.after(START_MS + 7_000).after(START_MS + 12_400).elapsedSeconds())
        .isEqualTo(12);
  }

  @Test
  void anEarlierEventChangesNothing() {
    assertThat(clock.after(START_MS - 60_000)).isSameAs(clock);
  }

  @Test
  void anOutageOfAllHostsIsAShortStep() {
    assertThat(clock.after(START_MS + 3_600_000).elapsedSeconds()).isEqualTo(30);
  }
}
