package io.netnswatch.collector.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogStampTest {

  private static final long BOOTED_MS = ms("2025-11-24T14:36:40Z");
  private static final long TAKEN_MS = ms("2025-11-24T16:05:00Z");

  /** The log of a host that was booted at 14:36:40, and looked at until 16:05. */
  @ParameterizedTest(name = "{0}: {1} after the boot, dated {2}")
  @CsvSource({
    "nothing is said,                        ,                    , 2025-11-24T16:05:00Z",
    "the time since the boot alone,      5000,                    , 2025-11-24T16:00:00Z",
    "the date alone,                         , 2025-11-24T16:00:01Z, 2025-11-24T16:00:01Z",
    "a date without a year and read later,   , 2026-11-24T16:00:01Z, 2025-11-24T16:00:01Z",
    "the same and read years later,          , 2029-11-24T16:00:01Z, 2025-11-24T16:00:01Z",
    "a log that was taken days later,        , 2025-12-02T16:00:01Z, 2025-12-02T16:00:01Z",
    "a date of another zone,             5000, 2025-11-24T21:30:00Z, 2025-11-24T16:00:00Z",
    "that and without a year,            5000, 2026-11-24T11:00:01Z, 2025-11-24T16:00:00Z",
    "of the boot before,                50000, 2025-11-23T09:10:11Z, 2025-11-23T09:10:11Z"
  })
  void isOfTheHostsOwnTime(
      String what, @Nullable Long sinceBoot, @Nullable String dated, String at) {
    LogStamp stamp =
        new LogStamp(
            sinceBoot == null ? null : Long.valueOf(sinceBoot * 1000),
            dated == null ? null : Long.valueOf(ms(dated)),
            null);

    assertThat(stamp.epochMs(BOOTED_MS, TAKEN_MS)).isEqualTo(ms(at));
  }

  @Test
  void aDateBeyondAllYearsIsNoEndlessWork() {
    LogStamp stamp = new LogStamp(null, Long.MAX_VALUE / 1000, null);

    assertThat(stamp.epochMs(BOOTED_MS, TAKEN_MS)).isLessThan(TAKEN_MS + 366L * 86_400_000);
  }

  private static long ms(String iso) {
    return Instant.parse(iso).toEpochMilli();
  }
}
