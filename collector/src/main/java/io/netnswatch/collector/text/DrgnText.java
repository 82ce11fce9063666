package io.netnswatch.collector.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Stack traces of drgn and gdb: {@code prog.stack_trace(137)}, then {@code #0 context_switch
 * (kernel/sched/core.c:5328:2)}.
 */
final class DrgnText extends BacktraceText {

  private static final Pattern HEAD =
      Pattern.compile(
          "^.{0,80}\\bstack_trace\\((?:find_task\\([^()]{0,60}?,? ?)?(?<pid>\\d{1,9})\\)?\\).*$");

  private static final Pattern FRAME =
      Pattern.compile(
          "^#(?<number>\\d{1,3})\\s+(?:0x[0-9a-f]{4,16} in"
              + " )?(?<function>[A-Za-z_$][\\w.$]{0,255})(?:\\+0x[0-9a-f]+(?:/0x[0-9a-f]+)?)?\\s*(?:\\(.{0,200}\\)?.*)?$");

  DrgnText(Findings findings) {
    super(findings, Format.DRGN_BACKTRACE);
  }

  @Override
  @Nullable Matcher head(String text) {
    Matcher head = HEAD.matcher(text);
    return head.matches() ? head : null;
  }

  @Override
  @Nullable Matcher frame(String text) {
    Matcher frame = FRAME.matcher(text);
    return frame.matches() ? frame : null;
  }
}
