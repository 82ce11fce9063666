package io.netnswatch.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlayScheduleTest {

  private static final Instant RECORDED = Instant.parse("2026-11-22T15:00:00Z");
  private static final Instant NOW = Instant.parse("2026-12-01T00:00:00Z");

  @Test
  void atRecordedPaceTheRecordingBeginsNow() {
    PlaySchedule schedule = new PlaySchedule(Duration.ofSeconds(400), NOW, 1);

    assertThat(RECORDED.plus(schedule.shift(RECORDED))).isEqualTo(NOW);
    assertThat(schedule.due(NOW.plusSeconds(100))).hasSeconds(100);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 4, 1000})
  void noEventIsEverInTheFuture(double speed) {
    PlaySchedule schedule = new PlaySchedule(Duration.ofSeconds(400), NOW, speed);

    for (int second = 0; second <= 400; second += 10) {
      Instant eventTime = RECORDED.plusSeconds(second).plus(schedule.shift(RECORDED));
      assertThat(NOW.plus(schedule.due(eventTime))).isAfterOrEqualTo(eventTime);
    }
    Duration last = schedule.due(RECORDED.plusSeconds(400).plus(schedule.shift(RECORDED)));
    assertThat(NOW.plus(last)).isEqualTo(schedule.playTo());
  }

  @Test
  void slowerThanRecordedWouldPlayIntoTheFuture() {
    assertThatThrownBy(() -> new PlaySchedule(Duration.ofSeconds(400), NOW, 0.5))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
