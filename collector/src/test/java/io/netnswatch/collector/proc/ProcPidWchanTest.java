package io.netnswatch.collector.proc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcPidWchanTest {

  @Test
  void functionItWaitsIn() throws Exception {
    assertThat(ProcPidWchan.parse(Recorded.text("2526/wchan"))).isEqualTo("copy_net_ns");
  }

  @Test
  void zeroSaysNothing() throws Exception {
    assertThat(ProcPidWchan.parse(Recorded.text("5/wchan"))).isNull();
    assertThat(ProcPidWchan.parse("")).isNull();
  }
}
