package io.netnswatch.collector.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LineCleanerTest {

  @Test
  void takesOffWhatTerminalsMailsAndMarkdownAdd() {
    assertThat(LineCleaner.clean("\u001b[1;31m[  1.0] x\u001b[0m\r")).isEqualTo("[  1.0] x");
    assertThat(LineCleaner.clean("> > [  1.0] x")).isEqualTo("[  1.0] x");
    assertThat(LineCleaner.clean("&gt; [&lt;0&gt;] f+0x1/0x2")).isEqualTo("[<0>] f+0x1/0x2");
    assertThat(LineCleaner.clean("```console")).isEmpty();
    assertThat(LineCleaner.clean("a\u00a0b")).isEqualTo("a b");
  }

  @Test
  void leavesTheRestAlone() {
    assertThat(LineCleaner.clean("\t ffffffff81 f+0x0 (a > b `c`)"))
        .isEqualTo("\t ffffffff81 f+0x0 (a > b `c`)");
  }
}
