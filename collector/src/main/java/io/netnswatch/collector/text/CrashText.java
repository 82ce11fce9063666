package io.netnswatch.collector.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code bt} and {@code foreach bt} of the crash utility: {@code PID: 137 TASK: … CPU: 1 COMMAND:
 * "kworker/u4:3"}, then {@code #0 [ffffc9…] __schedule at ffffffff81…}.
 */
final class CrashText extends BacktraceText {

  private static final Pattern HEAD =
      Pattern.compile(
          "^PID: (?<pid>\\d{1,9})\\s+TASK: [0-9a-f]+\\s+CPU: \\d{1,5}\\s+COMMAND:"
              + " \"(?<comm>[^\"]{1,63})\".*$");

  private static final Pattern FRAME =
      Pattern.compile(
          "^#(?<number>\\d{1,3}) \\[[0-9a-f]{8,16}\\]"
              + " (?<function>[A-Za-z_$][\\w.$]{0,255})(?:\\+\\S+)? at [0-9a-f]+.*$");

  CrashText(Findings findings) {
    super(findings, Format.CRASH_BACKTRACE);
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
