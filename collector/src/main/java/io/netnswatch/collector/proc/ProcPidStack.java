package io.netnswatch.collector.proc;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * {@code /proc/PID/stack} (fs/proc/base.c, proc_pid_stack): {@code [<0>] copy_net_ns+0xb2/0x210},
 * with a real address up to about 4.14 and a terminal {@code 0xffffffffffffffff} up to about 5.1.
 */
public final class ProcPidStack {

  /** As many frames as an event carries. */
  public static final int MAX_FRAMES = 32;

  private static final Pattern FRAME =
      Pattern.compile(
          "^\\[<[0-9a-f]+>\\] ([^+\\s]{1,256})\\+0x[0-9a-f]+/0x[0-9a-f]+", Pattern.MULTILINE);

  private ProcPidStack() {}

  /** Function names, innermost first; empty if the kernel showed none, as for a running task. */
  public static List<String> parse(String text) {
    return FRAME.matcher(text).results().map(ProcPidStack::function).limit(MAX_FRAMES).toList();
  }

  /** A text that is parsed to these functions; their offsets are not known. */
  public static String text(List<String> functions) {
    return functions.stream()
        .map(function -> "[<0>] " + function + "+0x0/0x0\n")
        .collect(Collectors.joining());
  }

  private static String function(MatchResult frame) {
    return frame.group(1);
  }
}
