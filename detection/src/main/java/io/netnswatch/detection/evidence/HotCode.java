package io.netnswatch.detection.evidence;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How much CPU the code that a signature names used.
 *
 * @param signatureId signature
 * @param origin who saw it
 * @param symbol the hottest of the signature's symbols, without compiler suffix
 * @param cpus CPUs used inclusively: 1.0 is one whole CPU
 * @param samples samples this rests on; 0 from /proc
 * @param comm task that ran it most
 * @param pid its process id
 * @param callPath its most frequent call path, or its stack, innermost first; empty if perf
 *     recorded none
 * @param observedAtMs end of the slice, or time of the snapshot, epoch milliseconds
 * @param source record it was read from
 */
public record HotCode(
    String signatureId,
    Origin origin,
    String symbol,
    double cpus,
    long samples,
    String comm,
    int pid,
    List<String> callPath,
    long observedAtMs,
    @Nullable SourceRef source) {

  /** PROC is a worker's CPU use and stack: weaker, as a stack is of one moment. */
  public enum Origin {
    PROC,
    PERF
  }

  /** perf before /proc, then hotter is greater; the rest only makes the order total. */
  static final Comparator<HotCode> BY_HEAT =
      Comparator.comparing(HotCode::origin)
          .thenComparingDouble(HotCode::cpus)
          .thenComparingLong(HotCode::samples)
          .thenComparingLong(HotCode::observedAtMs)
          .thenComparing(HotCode::symbol)
          .thenComparing(HotCode::comm)
          .thenComparingInt(HotCode::pid)
          .thenComparing(hot -> String.join("\n", hot.callPath))
          .thenComparing(HotCode::source, Merge.EARLIEST_SOURCE);

  /** As {@link #BY_HEAT}, and total over the code of several signatures. */
  static final Comparator<HotCode> BY_SIGNATURE_AND_HEAT =
      Comparator.comparing(HotCode::signatureId).thenComparing(BY_HEAT);

  public HotCode {
    callPath = Frames.kept(callPath);
  }
}
