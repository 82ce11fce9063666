package io.netnswatch.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AllowanceTest {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

  @Test
  void beginsAtOnceAndInTheLongRunCostsNoMoreThanItsPart() {
    // Given: turns of 74 ms, wanted each second
    Allowance allowance = Allowance.full(0);
    long now = 0;
    long turns = 0;
    long inFirstTenSeconds = 0;

    // When
    while (now < 3_600 * SECOND) {
      now += allowance.waitNanos(74 * MS, now);
      allowance = allowance.spent(74 * MS, now);
      turns++;
      inFirstTenSeconds += now < 10 * SECOND ? 1 : 0;
      now += SECOND;
    }

    // Then
    assertThat(inFirstTenSeconds).isEqualTo(10);
    assertThat(turns * 74.0 / 3_600_000).isBetween(0.024, 0.026);
  }

  @Test
  void restSavesNoMoreThanItsBound() {
    Allowance allowance = Allowance.full(0).spent(SECOND, 0);

    assertThat(allowance.waitNanos(10 * MS, 0)).isEqualTo(400 * MS);
    assertThat(allowance.waitNanos(10 * MS, 400 * MS)).isZero();
    Allowance rested = allowance.spent(0, 86_400 * SECOND);
    assertThat(rested.savedNanos()).isEqualTo(SECOND);
  }

  @Test
  void aTurnThatCostsMoreThanCanBeSavedMayStillBeTaken() {
    assertThat(Allowance.full(0).waitNanos(5 * SECOND, 0)).isZero();
    assertThat(Allowance.full(0).spent(5 * SECOND, 0).waitNanos(5 * SECOND, 0))
        .isEqualTo(200 * SECOND);
  }
}
