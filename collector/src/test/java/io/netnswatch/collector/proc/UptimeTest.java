package io.netnswatch.collector.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class UptimeTest {

  @Test
  void milliseconds() throws Exception {
    assertThat(Uptime.parseMs("531.07 862.10\n")).isEqualTo(531_070);
  }

  @Test
  void malformedIsAnError() {
    assertThatThrownBy(() -> Uptime.parseMs("531\n")).isInstanceOf(ProcParseException.class);
  }
}
