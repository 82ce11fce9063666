package io.netnswatch.collector.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ProcPidStatTest {

  /** proc/1795363151623/5/stat of recordings/livelock.tar.gz. */
  private static final String SPINNING_WORKER =
      "5 (kworker/u4:0) R 2 0 0 0 -1 69238880 0 0 0 0 0 11756 0 0 20 0 1 0 26 0 0"
          + " 18446744073709551615 0 0 0 0 0 0 0 2147483647 0 0 0 0 17 0 0 0 0 0 0\n";

  @Test
  void readsAKernelWorker() throws ProcParseException {
    assertThat(ProcPidStat.parse(SPINNING_WORKER))
        .isEqualTo(new ProcPidStat(5, "kworker/u4:0", 'R', true, 11_756, 26));
  }

  @Test
  void addsUserAndSystemTime() throws ProcParseException {
    assertThat(
            ProcPidStat.parse(
                    "2526 (ip) D 2525 0 0 0 -1 4194560 125 0 0 0 5 1 0 0 20 0 1 0 53115 0")
                .cpuTicks())
        .isEqualTo(6);
  }

  @Test
  void nameMayHoldAnything() throws ProcParseException {
    String hostile = "a) R (b\n c";

    ProcPidStat stat = ProcPidStat.parse(SPINNING_WORKER.replace("kworker/u4:0", hostile));

    assertThat(stat.comm()).isEqualTo(hostile);
    assertThat(stat.state()).isEqualTo('R');
    assertThat(stat.startTicks()).isEqualTo(26);
  }

  @Test
  void saysWhatIsWrongWithACutOffFile() {
    assertThatThrownBy(() -> ProcPidStat.parse("5 (kworker/u4:0) R 2 0"))
        .isInstanceOf(ProcParseException.class)
        .hasMessage("PID/stat: expected at least 22 fields, found \"5 (kworker/u4:0) R 2 0\"");
    assertThatThrownBy(() -> ProcPidStat.parse("garbage")).isInstanceOf(ProcParseException.class);
    assertThatThrownBy(
            () -> ProcPidStat.parse(SPINNING_WORKER.replace("11756", "99999999999999999999")))
        .isInstanceOf(ProcParseException.class)
        .hasMessageContaining("expected numbers");
  }
}
