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
  void takesOffWhatListsPagesAndSearchesAdd() {
    assertThat(LineCleaner.clean("• [  1.0] x")).isEqualTo("[  1.0] x");
    assertThat(LineCleaner.clean("  * [<0>] f+0x1/0x2")).isEqualTo("[<0>] f+0x1/0x2");
    assertThat(LineCleaner.clean("| [  1.0] x")).isEqualTo("[  1.0] x");
    assertThat(LineCleaner.clean("  17  [  1.0] x")).isEqualTo("[  1.0] x");
    assertThat(LineCleaner.clean("kern.log:17:[  1.0] x")).isEqualTo("[  1.0] x");
    assertThat(LineCleaner.clean("/var/log/messages-Mar  5 03:41:22 h kernel: x"))
        .isEqualTo("Mar  5 03:41:22 h kernel: x");
    assertThat(LineCleaner.clean("<pre>[  1.0] x<br/>")).isEqualTo("[  1.0] x");
    assertThat(LineCleaner.clean("| [  1.0] x   |")).isEqualTo("[  1.0] x");
    assertThat(LineCleaner.clean("`[  1.0] x`")).isEqualTo("[  1.0] x");
    assertThat(LineCleaner.clean("`[  1.0] x")).isEqualTo("[  1.0] x");
  }

  @Test
  void takesOffWhatPagesAndTablesQuoteWith() {
    assertThat(LineCleaner.clean("[&amp;lt;0&amp;gt;] f+0x1/0x2")).isEqualTo("[<0>] f+0x1/0x2");
    assertThat(LineCleaner.clean("\"Mar  7\",\"h\",\"a \"\"b\"\" c\""))
        .isEqualTo("Mar  7 h a \"b\" c");
    assertThat(LineCleaner.clean("\"Mar 7, 2024\",h,,\"[  1.0] x\""))
        .isEqualTo("Mar 7, 2024 h  [  1.0] x");
    assertThat(LineCleaner.clean("\"echo 0 > /proc\" disables"))
        .isEqualTo("\"echo 0 > /proc\" disables");
    assertThat(LineCleaner.clean("    \"[  1.0] \\\"x\\\"\",")).isEqualTo("[  1.0] \"x\"");
    assertThat(LineCleaner.clean("  \"PRIORITY\" : \"6\",")).isEqualTo("  \"PRIORITY\" : \"6\",");
  }

  @Test
  void leavesTheRestAlone() {
    assertThat(LineCleaner.clean("\t ffffffff81 f+0x0 (a > b `c`)"))
        .isEqualTo("\t ffffffff81 f+0x0 (a > b `c`)");
    assertThat(LineCleaner.clean("  137 R 99.0 [kworker/u8:1]"))
        .isEqualTo("  137 R 99.0 [kworker/u8:1]");
    assertThat(LineCleaner.clean("            |--78.20%--nf_ct_iterate_cleanup"))
        .isEqualTo("            |--78.20%--nf_ct_iterate_cleanup");
    assertThat(LineCleaner.clean(" <TASK>")).isEqualTo(" <TASK>");
  }

  @Test
  void escapesThatSomethingSpelledOutAreTakenOff() {
    assertThat(LineCleaner.clean("^[[33m[   12.345678] ^[[0mm")).isEqualTo("[   12.345678] m");
    assertThat(LineCleaner.clean("[33m[   12.345678] [0mm")).isEqualTo("[   12.345678] m");
    assertThat(LineCleaner.clean(" cmd_exec+0x1/0x2 [mlx5_core]"))
        .isEqualTo(" cmd_exec+0x1/0x2 [mlx5_core]");
  }

  @Test
  void marksThatTakeNoRoomAreTakenOff() {
    assertThat(LineCleaner.clean("\u200b[   12.345678]\u200b\u202fm"))
        .isEqualTo("[   12.345678] m");
  }

  @Test
  void rowOfTimeHostAndMessageIsAsALoggerHasIt() {
    assertThat(LineCleaner.clean("\"May 7, 2024 @ 10:12:33.000\",\"node7\",\" <TASK>\""))
        .isEqualTo("May 7, 2024 @ 10:12:33.000 node7 kernel: <TASK>");
    assertThat(LineCleaner.clean("2024-05-07 10:12:33;node7;Call Trace:"))
        .isEqualTo("2024-05-07 10:12:33 node7 kernel: Call Trace:");
    assertThat(LineCleaner.clean("| 91234.000001 | Call Trace: |"))
        .isEqualTo("[91234.000001] Call Trace:");
    assertThat(LineCleaner.clean("a;b;c | d")).isEqualTo("a;b;c | d");
  }
}
