package io.netnswatch.collector.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code bt} and {@code foreach bt} of the crash utility: {@code PID: 137 TASK: … CPU: 1 COMMAND:
 * "kworker/u4:3"}, then {@code #0 [ffffc9…] __schedule at ffffffff81…}; also {@code bt -l} and
 * {@code bt -f}, and the durations of {@code ps -m}; and what Oracle's corelens makes of that:
 * {@code TASK: … [D] CPU: 1}, {@code # 0 […] __schedule at 0xffffffff81…
 * kernel/sched/core.c:6699:8}. Messages of commits lack the {@code #}, which git takes for a
 * comment.
 */
final class CrashText extends BacktraceText {

  private static final Pattern HEAD =
      Pattern.compile(
          "^(?:\\d{1,9} )?PID: (?<pid>\\d{1,9})\\s+TASK: [0-9a-f]+(?: \\[(?<state>[A-Z])\\])?\\s+CPU:"
              + " \\d{1,5}!?\\s+COMMAND: \"(?<comm>[^\"]{1,63})\".*$");

  private static final Pattern FRAME =
      Pattern.compile(
          "^!?(?:#? ?(?<number>\\d{1,3}) )?\\[[0-9a-f]{8,16}\\]"
              + " \\.?(?<function>[A-Za-z_$][\\w.$]{0,255})(?:\\+\\S+)?(?: \\[\\w+\\])? at (?:0x)?[0-9a-f]+.*$");

  /** The same on 32-bit ARM. */
  private static final Pattern FROM =
      Pattern.compile(
          "^#(?<number>\\d{1,3}) \\[<[0-9a-f]{8}>\\] \\((?<function>[A-Za-z_$][\\w.$]{0,255})\\)"
              + " from \\[<[0-9a-f]{8}>\\].*$");

  /** A line of {@code ps -m}: how long a task has not run, and its state. */
  private static final Pattern NOT_RUN =
      Pattern.compile(
          "^\\[ {0,4}(\\d{1,5}) (\\d\\d):(\\d\\d):(\\d\\d)\\.\\d{3}\\]\\s+\\[UN\\]\\s+PID:"
              + " (\\d{1,9})\\s+TASK: [0-9a-f]+\\s+CPU: \\d{1,5}\\s+COMMAND: \"([^\"]{1,63})\"$");

  CrashText(Findings findings) {
    super(findings, Format.CRASH_BACKTRACE);
  }

  @Override
  @Nullable TaskSighting listed(String text) {
    Matcher row = text.startsWith("[") ? NOT_RUN.matcher(text) : null;
    if (row == null || !row.matches()) {
      return null;
    }
    long hours = 24 * Long.parseLong(row.group(1)) + Long.parseLong(row.group(2));
    long seconds = 60 * Long.parseLong(row.group(3)) + Long.parseLong(row.group(4));
    return TaskSighting.of(Integer.valueOf(row.group(5)), row.group(6))
        .withState("D")
        .withBlockedFor((3_600 * hours + seconds) * 1_000);
  }

  @Override
  @Nullable Matcher head(String text) {
    Matcher head = HEAD.matcher(text);
    return head.matches() ? head : null;
  }

  @Override
  @Nullable Matcher frame(String text) {
    Matcher frame = FRAME.matcher(text);
    if (frame.matches()) {
      return frame;
    }
    Matcher from = FROM.matcher(text);
    return from.matches() ? from : null;
  }
}
