package io.netnswatch.collector.text;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether a log's lines stand newest first, as stores of logs give them. */
final class NewestFirst {

  /** What goes back less often may be another boot, or another log below the first. */
  private static final int FEWEST_STEPS_BACK = 4;

  private static final int MOST_OF_THEM = 8;

  private NewestFirst() {}

  /** Of lines with these times, as they stand. */
  static boolean are(List<LogStamp> stamps) {
    int back = 0;
    int forth = 0;
    LogStamp before = LogStamp.NONE;
    for (LogStamp stamp : stamps) {
      int order = order(before, stamp);
      back += order < 0 ? 1 : 0;
      forth += order > 0 ? 1 : 0;
      before = stamp.isEmpty() ? before : stamp;
    }
    return back >= FEWEST_STEPS_BACK && back > MOST_OF_THEM * forth;
  }

  /** The kernel's own time is the finer one. */
  private static int order(LogStamp first, LogStamp second) {
    Integer byUptime = compared(second.uptimeMs(), first.uptimeMs());
    Integer byWall = compared(second.wallMs(), first.wallMs());
    return byUptime != null && byUptime != 0 ? byUptime : byWall != null ? byWall : 0;
  }

  private static @Nullable Integer compared(@Nullable Long a, @Nullable Long b) {
    return a == null || b == null ? null : Integer.valueOf(Long.compare(a, b));
  }
}
