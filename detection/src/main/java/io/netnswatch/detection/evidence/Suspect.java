package io.netnswatch.detection.evidence;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A task whose stack fits one of a signature's suggestions.
 *
 * @param signatureId signature
 * @param suggestion which one, by its place in the signature
 * @param pid process id
 * @param comm name
 * @param state one letter as in /proc/PID/stat
 * @param stack function names, innermost first
 * @param observedAtMs when it was seen, epoch milliseconds
 * @param source record it was read from
 */
public record Suspect(
    String signatureId,
    int suggestion,
    int pid,
    String comm,
    String state,
    List<String> stack,
    long observedAtMs,
    @Nullable SourceRef source) {

  /** The foremost suggestion is greater; the rest only makes the order total. */
  static final Comparator<Suspect> BY_WEIGHT =
      Comparator.comparingInt(Suspect::suggestion)
          .reversed()
          .thenComparingLong(Suspect::observedAtMs)
          .thenComparingInt(Suspect::pid)
          .thenComparing(Suspect::comm)
          .thenComparing(Suspect::state)
          .thenComparing(suspect -> String.join("\n", suspect.stack))
          .thenComparing(Suspect::source, Merge.EARLIEST_SOURCE);

  /** As {@link #BY_WEIGHT}, and total over the suspects of several signatures. */
  static final Comparator<Suspect> BY_SIGNATURE_AND_WEIGHT =
      Comparator.comparing(Suspect::signatureId).thenComparing(BY_WEIGHT);

  public Suspect {
    stack = Frames.kept(stack);
  }
}
