package io.netnswatch.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.detection.evidence.Evidence;
import io.netnswatch.detection.evidence.InvalidEventException;
import io.netnswatch.detection.evidence.Projection;
import io.netnswatch.detection.signature.Signatures;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PartitionClockTest {

  private static final long START_MS = TestEvents.EPOCH_MS;
  private static final long TEN_YEARS_MS = 10L * 365 * 24 * 3600 * 1000;

  private final PartitionClock clock = new PartitionClock(1_000, START_MS);
  private final BootTrack boot = boot(START_MS, 1_000);

  @Test
  void timePassesWithTheProgressOfAHost() {
    assertThat(after(boot, START_MS + 7_400).elapsedMs()).isEqualTo(8_400);
  }

  @Test
  void anEarlierEventChangesNothing() {
    assertThat(after(boot, START_MS - 60_000)).isSameAs(clock);
  }

  @Test
  void aHostNotHeardOfBeforeHasItsPlaceByTheTimeOfDayOfTheOthers() {
    assertThat(clock.placeOf(null, START_MS - 2_000)).isEqualTo(-1_000);
    assertThat(clock.placeOf(null, START_MS + 3_000)).isEqualTo(4_000);
  }

  @Test
  void aHostNotHeardOfBeforeWhoseClockIsWrongChangesNothing() {
    assertThat(after(null, START_MS + TEN_YEARS_MS)).isSameAs(clock);
    assertThat(after(null, START_MS - TEN_YEARS_MS)).isSameAs(clock);
  }

  @Test
  void anOutageOfAllHostsIsAShortStep() {
    PartitionClock after = after(boot, START_MS + 3_600_000);

    assertThat(after.elapsedMs()).isEqualTo(31_000);
    assertThat(after.placeOf(boot, START_MS + 3_599_000)).isEqualTo(30_000);
  }

  @Test
  void aHostInTheFarFutureDoesNotStopTheTimeOfOthers() {
    BootTrack future = boot(START_MS + TEN_YEARS_MS, 1_000);
    long timeMs = START_MS + TEN_YEARS_MS + 5;
    PartitionClock after = clock.after(clock.placeOf(future, timeMs), timeMs);

    assertThat(after.placeOf(boot, START_MS + 7_400)).isEqualTo(8_400);
  }

  @Test
  void whatASpoolHoldsOfTheLastHourPassesNoTime() {
    PartitionClock later = new PartitionClock(3_601_000, START_MS + 3_600_000);

    assertThat(later.placeOf(boot, START_MS + 5_000)).isEqualTo(6_000);
  }

  private PartitionClock after(@Nullable BootTrack of, long timeMs) {
    return clock.after(clock.placeOf(of, timeMs), timeMs);
  }

  private BootTrack boot(long timeMs, long placeMs) {
    try {
      Evidence evidence =
          new Projection(Signatures.shipped())
              .of(TestEvents.ofHost("node-1").snapshot((timeMs - START_MS) / 1000.0), null);
      return BootTrack.first(evidence, 0, clock, placeMs);
    } catch (InvalidEventException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
