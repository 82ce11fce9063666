package io.netnswatch.collector.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcPidStatTest {

  private static final String AFTER_NAME =
      " S 1 1 1 0 -1 4194560 125 0 0 0 5 1 0 0 20 0 1 0 53115 4206592";

  @Test
  void kernelThreadHasItsTimesInTicks() throws Exception {
    assertThat(ProcPidStat.parse(Recorded.text("5/stat")))
        .isEqualTo(new ProcPidStat(5, "kworker/u4:0", 'R', true, 11_170, 1, 26));
  }

  @Test
  void blockedCommandIsNoKernelThread() throws Exception {
    assertThat(ProcPidStat.parse(Recorded.text("2526/stat")))
        .isEqualTo(new ProcPidStat(2526, "ip", 'D', false, 6, 1, 53_115));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a) R 1 (b", "((sd-pam))", "two words", "new\nline", "\uFFFD\uFFFD", ""})
  void nameEndsAtTheLastParenthesis(String name) throws Exception {
    assertThat(ProcPidStat.parse("7 (" + name + ")" + AFTER_NAME))
        .isEqualTo(new ProcPidStat(7, name, 'S', false, 6, 1, 53_115));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "7",
        "7 (ip",
        "7 (ip) D 1 2",
        "x (ip) S 1 1 1 0 -1 1 125 0 0 0 5 1 0 0 20 0 1 0 53115 1",
        "7 (ip) S 1 1 1 0 -1 1 125 0 0 0 five 1 0 0 20 0 1 0 53115 1"
      })
  void cutOffOrMalformedIsAnErrorThatQuotesIt(String text) {
    assertThatThrownBy(() -> ProcPidStat.parse(text))
        .isInstanceOf(ProcParseException.class)
        .hasMessageStartingWith("PID/stat: expected ")
        .hasMessageContaining("found \"" + text + "\"");
  }
}
