package io.netnswatch.collector.kmsg;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KmsgRecordTest {

  @Test
  void messageTimeAndCaller() {
    assertThat(
            KmsgRecord.parse(
                """
                4,1339,5140900123,-,caller=T137;unregister_netdevice: waiting for lo
                 SUBSYSTEM=net
                 DEVICE=n1
                """))
        .isEqualTo(
            new KmsgRecord(1339, 5_140_900_123L, "T137", "unregister_netdevice: waiting for lo"));
  }

  @Test
  void escapesAreUndone() {
    assertThat(KmsgRecord.parse("6,1,2,c;a\\x09b\\x5cc\n"))
        .isEqualTo(new KmsgRecord(1, 2, null, "a\tb\\c"));
  }

  @Test
  void whatIsNoRecordIsNone() {
    assertThat(KmsgRecord.parse("no record")).isNull();
    assertThat(KmsgRecord.parse("6,99999999999999999999,2,-;x")).isNull();
    assertThat(KmsgRecord.parse("")).isNull();
  }
}
