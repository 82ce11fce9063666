package io.netnswatch.detection.evidence;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A namespace creation that had been running for a while and had not succeeded when it was seen.
 *
 * @param origin PROBE, OBSERVED, or PROC for a task seen inside the kernel's creation path
 * @param pid process that runs it; null if unknown
 * @param comm its name; null if unknown
 * @param netnsName namespace to create; null if unnamed or unknown
 * @param startedAtMs when it began, epoch milliseconds
 * @param observedAtMs when it was seen, epoch milliseconds
 * @param state one letter as in /proc/PID/stat; null if not looked at
 * @param wchan kernel function it waits in; null if the kernel does not say
 * @param stack function names, innermost first; empty if not shown
 * @param source record it was read from
 */
public record BlockedCreation(
    String origin,
    @Nullable Integer pid,
    @Nullable String comm,
    @Nullable String netnsName,
    long startedAtMs,
    long observedAtMs,
    @Nullable String state,
    @Nullable String wchan,
    List<String> stack,
    @Nullable SourceRef source) {

  /** Older is greater, then better explained; the rest only makes the order total. */
  static final Comparator<BlockedCreation> BY_AGE =
      Comparator.comparingLong(BlockedCreation::ageMs)
          .thenComparingInt(blocked -> blocked.stack.size())
          .thenComparingLong(BlockedCreation::observedAtMs)
          .thenComparing(BlockedCreation::origin)
          .thenComparing(BlockedCreation::pid, Merge.NUMBER)
          .thenComparing(BlockedCreation::comm, Merge.TEXT)
          .thenComparing(BlockedCreation::netnsName, Merge.TEXT)
          .thenComparing(BlockedCreation::state, Merge.TEXT)
          .thenComparing(BlockedCreation::wchan, Merge.TEXT)
          .thenComparing(blocked -> String.join("\n", blocked.stack))
          .thenComparing(BlockedCreation::source, Merge.EARLIEST_SOURCE);

  public BlockedCreation {
    stack = Frames.kept(stack);
  }

  /** How long it had been running when it was seen, in milliseconds. */
  public long ageMs() {
    return observedAtMs - startedAtMs;
  }
}
