package io.netnswatch.collector.text;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A task within a file below /proc: who removes that file, as the end of a namespace does with
 * those below /proc/net, waits for it in proc_entry_rundown.
 */
public final class ProcReader {

  /** Where somebody waits for the readers of a file. */
  static final String REMOVES = "proc_entry_rundown";

  private static final String WITHIN = "proc_reg_";

  private ProcReader() {}

  /** Whether somebody with that stack waits for such tasks. */
  public static boolean isWaitedForBy(List<String> stack) {
    return TraceFrames.has(stack, REMOVES);
  }

  /**
   * What it means, for people.
   *
   * @param stack innermost function first
   * @return empty if it is in no such file
   */
  public static Optional<String> words(
      int pid, @Nullable String comm, @Nullable Long blockedForMs, List<String> stack) {
    return stack.stream()
        .filter(frame -> frame.startsWith(WITHIN))
        .findFirst()
        .map(
            frame ->
                TaskName.of(pid, comm)
                    + " sleeps within a file below /proc ("
                    + TraceFrames.withoutSuffix(frame)
                    + ")"
                    + (blockedForMs == null ? "" : ", for " + blockedForMs / 1_000 + " s")
                    + ": whoever removes that file waits for it");
  }
}
