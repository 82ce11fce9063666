package io.netnswatch.detection;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PartitionPresentTest {

  private static final long NOW = 1_800_000_000_000L;
  private static final long HOUR = 3_600_000;

  private final PartitionPresent present = new PartitionPresent(-1, 3_000, 16, 16);

  @Test
  void hostOfTheFutureIsAtMostSecondsAheadAndStaysInOrder() {
    for (int host = 0; host < 10; host++) {
      assertThat(present.limit(host, NOW + host)).isEqualTo(NOW + host);
    }

    long first = present.limit(99, NOW + HOUR);
    long second = present.limit(99, NOW + 2 * HOUR);

    assertThat(first).isBetween(NOW, NOW + 4_010);
    assertThat(second).isBetween(first, NOW + 4_010);
    assertThat(present.limit(1, NOW + 1_000)).as("of another").isEqualTo(NOW + 1_000);
  }

  @Test
  void timesThatNoClockShowsDoNotOverflow() {
    assertThat(present.limit(1, Long.MAX_VALUE)).isBetween(NOW, Long.MAX_VALUE);
    assertThat(new PartitionPresent(-1, 3_000, 16, 16).limit(1, Long.MIN_VALUE)).isNegative();
  }

  @Test
  void whoIsAloneIsTheMeasure() {
    assertThat(present.limit(1, NOW)).isEqualTo(NOW);
    assertThat(present.limit(1, NOW + HOUR)).isEqualTo(NOW + HOUR);
  }

  @Test
  void hostOfTheFutureThatSpeaksFirstIsLimitedOnceOthersHaveSpoken() {
    present.limit(99, NOW + HOUR);
    for (int i = 0; i < 20; i++) {
      present.limit(i % 10, NOW + i);
    }

    assertThat(present.limit(99, NOW + HOUR + 1)).isBetween(NOW, NOW + 4_030);
  }

  @Test
  void inventedHostsDoNotOutvoteThoseWhoWereThereFirst() {
    for (int host = 0; host < 31; host++) {
      present.limit(host, NOW);
    }
    for (int invented = 100; invented < 300; invented++) {
      assertThat(present.limit(invented, NOW + HOUR)).isLessThanOrEqualTo(NOW + 4_000);
    }
  }
}
