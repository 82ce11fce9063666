package io.netnswatch.collector.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SockstatTest {

  @Test
  void precursorIsANegativeCounterPrintedUnsigned() throws Exception {
    assertThat(Sockstat.fragmentMemory(Recorded.text("net/sockstat6"))).isEqualTo(-18_432);
  }

  @Test
  void healthyIsZero() throws Exception {
    assertThat(Sockstat.fragmentMemory(Recorded.text("net/sockstat"))).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "2147483647, 2147483647",
    "2147483648, -2147483648",
    "4294967295, -1",
    "4294967296, 4294967296",
    "18446744073709551552, -64"
  })
  void signedAt32BitsAndAt64(String printed, long bytes) throws Exception {
    assertThat(Sockstat.fragmentMemory("UDP6: inuse 0\nFRAG6: inuse 1 memory " + printed + "\n"))
        .isEqualTo(bytes);
  }

  @Test
  void absentIsNull() throws Exception {
    assertThat(Sockstat.fragmentMemory("TCP6: inuse 0\n")).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "FRAG: inuse 0",
        "FRAG: inuse 0 memory x",
        "FRAG: inuse 0 memory 99999999999999999999"
      })
  void malformedIsAnErrorThatQuotesTheLine(String line) {
    assertThatThrownBy(() -> Sockstat.fragmentMemory("RAW: inuse 0\n" + line + "\n"))
        .isInstanceOf(ProcParseException.class)
        .hasMessageContaining("found \"" + line + "\"");
  }
}
