package io.netnswatch.collector.proc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CpuUseTest {

  @Test
  void oneThreadIsNeverSaidToUseMoreThanOneCpu() {
    assertThat(CpuUse.of(500, 5_000, 1)).isEqualTo(1.0);
    assertThat(CpuUse.of(502, 5_000, 1)).isEqualTo(1.0); // a tick at either end
    assertThat(CpuUse.of(503, 5_000, 1)).isNull(); // not measured at the same moments
    assertThat(CpuUse.of(900, 5_000, 2)).isEqualTo(1.8);
  }
}
