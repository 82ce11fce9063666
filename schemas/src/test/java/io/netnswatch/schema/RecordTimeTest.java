package io.netnswatch.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RecordTimeTest {

  private static final long NOW = 1_795_363_000_000L;

  @Test
  void clockThatIsOffAndEventsFromASpoolAreFine() {
    assertThat(RecordTime.objection(NOW, NOW)).isEmpty();
    assertThat(RecordTime.objection(NOW + Duration.ofMinutes(59).toMillis(), NOW)).isEmpty();
    assertThat(RecordTime.objection(NOW - Duration.ofDays(8).toMillis(), NOW)).isEmpty();
  }

  @Test
  void whatIsFarFromTheRecordsTimestampIsRefusedAndBothAreNamed() {
    assertThat(RecordTime.objection(NOW + Duration.ofHours(2).toMillis(), NOW))
        .hasValue(
            "event time 2026-11-22T17:56:40Z is ahead of the record's timestamp"
                + " 2026-11-22T15:56:40Z");
    assertThat(RecordTime.objection(NOW - Duration.ofDays(40).toMillis(), NOW)).isPresent();
    assertThat(RecordTime.objection(Long.MAX_VALUE, NOW)).isPresent();
    assertThat(RecordTime.objection(Long.MIN_VALUE, NOW)).isPresent();
    assertThat(RecordTime.objection(NOW, -1)).hasValue("the record has no timestamp");
  }
}
