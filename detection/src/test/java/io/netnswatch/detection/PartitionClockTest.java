package io.netnswatch.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.detection.evidence.Evidence;
import io.netnswatch.detection.evidence.InvalidEventException;
import io.netnswatch.detection.evidence.Projection;
import io.netnswatch.detection.signature.Signatures;
import org.junit.jupiter.api.Test;

class PartitionClockTest {

  private static final long START_MS = TestEvents.EPOCH_MS;
  private static final long TEN_YEARS_MS = 10L * 365 * 24 * 3600 * 1000;

  private final PartitionClock clock = new PartitionClock(1_000);
  private final BootTrack boot = boot(START_MS);

  @Test
  void timePassesWithTheProgressOfAHost() {
    assertThat(clock.after(boot, START_MS + 7_400).elapsedMs()).isEqualTo(8_400);
  }

  @Test
  void anEarlierEventChangesNothing() {
    assertThat(clock.after(boot, START_MS - 60_000)).isSameAs(clock);
  }

  @Test
  void aHostNotHeardOfBeforeChangesNothing() {
    assertThat(clock.after(null, START_MS + TEN_YEARS_MS)).isSameAs(clock);
  }

  @Test
  void anOutageOfAllHostsIsAShortStep() {
    assertThat(clock.after(boot, START_MS + 3_600_000).elapsedMs()).isEqualTo(31_000);
  }

  @Test
  void aHostInTheFarFutureDoesNotStopTheTimeOfOthers() {
    PartitionClock after = clock.after(boot(START_MS + TEN_YEARS_MS), START_MS + TEN_YEARS_MS + 5);

    assertThat(after.after(boot, START_MS + 7_400).elapsedMs()).isEqualTo(8_400);
  }

  private BootTrack boot(long timeMs) {
    try {
      Evidence evidence =
          new Projection(Signatures.shipped())
              .of(TestEvents.ofHost("node-1").snapshot((timeMs - START_MS) / 1000.0), null);
      return BootTrack.first(evidence, 0, clock);
    } catch (InvalidEventException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
