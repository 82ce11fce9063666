package io.netnswatch.detection;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How much CPU the code that a signature names used in one perf slice.
 *
 * @param ruleId signature
 * @param symbol the hottest of the signature's symbols, without compiler suffix
 * @param cpus CPUs used inclusively: 1.0 is one whole CPU
 * @param samples samples this rests on
 * @param comm task that ran it most
 * @param pid its process id
 * @param callPath its most frequent call path, innermost first; empty if perf recorded none
 * @param observedAtMs end of the slice, epoch milliseconds
 * @param source record it was read from
 */
public record HotCode(
    String ruleId,
    String symbol,
    double cpus,
    long samples,
    String comm,
    int pid,
    List<String> callPath,
    long observedAtMs,
    @Nullable SourceRef source) {

  /** Hotter is greater; the rest only makes the order total. */
  static final Comparator<HotCode> BY_HEAT =
      Comparator.comparingDouble(HotCode::cpus)
          .thenComparingLong(HotCode::samples)
          .thenComparingLong(HotCode::observedAtMs)
          .thenComparing(HotCode::symbol)
          .thenComparing(HotCode::comm)
          .thenComparingInt(HotCode::pid)
          .thenComparing(hot -> String.join("\n", hot.callPath))
          .thenComparing(HotCode::source, Comparator.nullsFirst(Comparator.reverseOrder()));

  public HotCode {
    callPath = List.copyOf(callPath);
  }
}
