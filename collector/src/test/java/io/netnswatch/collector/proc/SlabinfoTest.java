package io.netnswatch.collector.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SlabinfoTest {

  @Test
  void activeObjects() throws Exception {
    assertThat(Slabinfo.netNamespaces(Recorded.text("slabinfo"))).isEqualTo(14);
  }

  @Test
  void mergedSlabHasNoRow() throws Exception {
    assertThat(Slabinfo.netNamespaces("slabinfo - version: 2.1\nnet_namespace_x 1 2\n")).isNull();
  }

  @Test
  void malformedRowIsAnError() {
    assertThatThrownBy(() -> Slabinfo.netNamespaces("net_namespace many 49\n"))
        .isInstanceOf(ProcParseException.class)
        .hasMessageContaining("net_namespace many 49");
  }
}
