package io.netnswatch.collector.perf;

import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.SymbolSamples;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one slice of perf samples comes to; the fields are those of {@link PerfSample}.
 *
 * @param event perf event sampled; null if there was no sample
 * @param sampleCount all samples
 * @param idleCount samples of the idle task
 * @param lostCount samples perf says it lost; null if it said nothing, as a text of {@code perf
 *     script} without {@code --show-lost-events}
 * @param callPathsRecorded whether any sample had a call path
 * @param symbolsOmitted symbols beyond the limit
 * @param symbols hottest symbols by task
 */
public record PerfProfile(
    @Nullable String event,
    long sampleCount,
    long idleCount,
    @Nullable Long lostCount,
    boolean callPathsRecorded,
    int symbolsOmitted,
    List<SymbolSamples> symbols) {

  public PerfProfile {
    symbols = List.copyOf(symbols);
  }

  /** The same with other symbols. */
  public PerfProfile withSymbols(List<SymbolSamples> others) {
    return new PerfProfile(
        event, sampleCount, idleCount, lostCount, callPathsRecorded, symbolsOmitted, others);
  }

  /** The same, of at least so many samples: the symbols of the others are not known. */
  public PerfProfile ofSamples(long count) {
    return new PerfProfile(
        event,
        Math.max(sampleCount, count),
        idleCount,
        lostCount,
        callPathsRecorded,
        symbolsOmitted,
        symbols);
  }

  /** A sample without envelope, times and frequency. */
  public PerfSample.Builder toSample() {
    return PerfSample.newBuilder()
        .setEvent(event == null ? "unknown" : event)
        .setSampleCount(sampleCount)
        .setIdleCount(idleCount)
        .setLostCount(lostCount)
        .setCallPathsRecorded(callPathsRecorded)
        .setSymbolsOmitted(symbolsOmitted)
        .setSymbols(symbols);
  }
}
