package io.netnswatch.collector.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class ProcStatTest {

  @Test
  void cpusAndBootTime() throws Exception {
    assertThat(ProcStat.parse(Recorded.text("stat")))
        .isEqualTo(new ProcStat(2, Instant.ofEpochSecond(1_795_362_604L)));
  }

  @Test
  void cutOffIsAnError() {
    assertThatThrownBy(() -> ProcStat.parse("cpu  1 2\ncpu0 1 2\n"))
        .isInstanceOf(ProcParseException.class);
  }
}
