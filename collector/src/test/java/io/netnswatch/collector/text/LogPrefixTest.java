package io.netnswatch.collector.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogPrefixTest {

  private static final LocalDateTime REFERENCE = LocalDateTime.of(2026, 6, 3, 0, 0);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[  616.151016] m | 616151 | ",
        "[  616.151016][ T137] m | 616151 | T137",
        "[  616.151016][    C3] m | 616151 | C3",
        "Jun  2 10:11:12 10.20.22.1 [  616.151016][  T817] m | 616151 | T817",
        "<4>[  616.151016] m | 616151 | ",
        "kern  :warn  : [  616.151016] m | 616151 | ",
        "Jun  2 10:11:12 node7 kernel: [  616.151016] m | 616151 | ",
        "[  616.151016] node7 kernel: m | 616151 | ",
        "<6>1 2026-06-02T10:11:12.123456+00:00 node7 kernel - - - [  616.151016] m | 616151 | ",
        "2026 Jun  2 10:11:12.066192 node7 WARNING kernel: [  616.151016] m | 616151 | ",
        "Tue Jun  2 10:11:12 2026 kern.warn kernel: [  616.151016] m | 616151 | ",
        "node7 (shipper) kernel: [  616.151016] m | 616151 | "
      })
  void readsTimeSinceBootAndCaller(String line, long uptimeMs, String caller) {
    LogPrefix prefix = LogPrefix.parse(line.strip(), REFERENCE);

    assertThat(prefix.message()).isEqualTo("m");
    assertThat(prefix.stamp().uptimeMs()).isEqualTo(uptimeMs);
    assertThat(prefix.stamp().caller()).isEqualTo(caller);
    assertThat(prefix.kernel()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[Tue Jun  2 10:11:12 2026] m | 2026-06-02T10:11:12Z",
        "[Mo Mär  2 10:11:12 2026] m | 2026-03-02T10:11:12Z",
        "[lun. juil.  6 10:11:12 2026] m | 2026-07-06T10:11:12Z",
        "[月  3月  2 10:11:12 2026] m | 2026-03-02T10:11:12Z",
        "2026-06-02T10:11:12,123456+02:00 m | 2026-06-02T08:11:12.123Z",
        "2026-06-02T10:11:12.5+0000 node7 kernel: m | 2026-06-02T10:11:12.500Z",
        "Tue 2026-06-02 10:11:12 UTC node7 kernel: m | 2026-06-02T10:11:12Z",
        "Jun 02 10:11:12 node7 kernel: m | 2026-06-02T10:11:12Z",
        "Jun  2 10:11:12.250 node7 kernel: m | 2026-06-02T10:11:12.250Z",
        "Dec 31 10:11:12 node7 kernel: m | 2025-12-31T10:11:12Z",
        "1780395072.250000 node7 kernel: m | 2026-06-02T10:11:12.250Z"
      })
  void readsDates(String line, Instant at) {
    LogPrefix prefix = LogPrefix.parse(line.strip(), REFERENCE);

    assertThat(prefix.message()).isEqualTo("m");
    assertThat(prefix.stamp().wallMs()).isEqualTo(at.toEpochMilli());
  }

  @Test
  void twoWordsOfTheKernelsAreNoHostAndProgram() {
    LogPrefix prefix = LogPrefix.parse("[  616.151016] workqueue netns: flags=0xe", REFERENCE);

    assertThat(prefix.message()).isEqualTo("workqueue netns: flags=0xe");
    assertThat(prefix.kernel()).isTrue();
  }

  @Test
  void anotherProgramsLineIsNotTheKernels() {
    assertThat(LogPrefix.parse("Jun  2 10:11:12 node7 dockerd[99]: m", REFERENCE).kernel())
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rcu: INFO: rcu_preempt self-detected stall on CPU",
        "[<0>] copy_net_ns+0xc0/0x240",
        "Feb 31 10:11:12 is no date",
        "12345"
      })
  void whatIsNoPrefixStays(String line) {
    assertThat(LogPrefix.parse(line, REFERENCE).message())
        .endsWith(line.substring(line.length() - 5));
    assertThat(LogPrefix.parse(line, REFERENCE).stamp().isEmpty()).isTrue();
  }
}
