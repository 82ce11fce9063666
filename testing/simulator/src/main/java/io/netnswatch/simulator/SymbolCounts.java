package io.netnswatch.simulator;

import io.netnswatch.schema.CallPath;
import io.netnswatch.schema.SymbolSamples;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Samples by symbol and task, as a collector counts them. */
final class SymbolCounts {

  static final Comparator<SymbolSamples> MOST_SAMPLES =
      Comparator.comparingLong(SymbolSamples::getSamples)
          .reversed()
          .thenComparing(SymbolSamples::getSymbol)
          .thenComparing(SymbolSamples::getPid)
          .thenComparing(SymbolSamples::getComm);

  private static final Comparator<CallPath> MOST_FREQUENT =
      Comparator.comparingLong(CallPath::getSamples)
          .reversed()
          .thenComparing(path -> String.join("\n", path.getFrames()));

  private static final String UNKNOWN = "[unknown]";
  private static final int MAX_CALL_PATHS = 8;

  private record Key(String symbol, String comm, int pid) {}

  private final Visibility visibility;
  private final Map<Key, Map<List<String>, Long>> counts = new LinkedHashMap<>();
  private final Map<Key, Long> totals = new LinkedHashMap<>();

  SymbolCounts(Visibility visibility) {
    this.visibility = visibility;
  }

  /**
   * Adds samples of a task.
   *
   * @param frames as {@link #shown} gives them
   */
  void add(String comm, int pid, List<String> frames, long samples) {
    Key key = new Key(frames.get(0), comm, pid);
    totals.merge(key, samples, Long::sum);
    if (visibility.callPaths() && frames.size() > 1) {
      counts.computeIfAbsent(key, it -> new LinkedHashMap<>()).merge(frames, samples, Long::sum);
    }
  }

  /** A call path as perf shows it on such a host. */
  static List<String> shown(List<String> frames, Visibility visibility) {
    if (!visibility.kernelSymbols()) {
      return frames.stream().map(frame -> UNKNOWN).toList();
    }
    return visibility.compilerSuffixes() ? CallPaths.withCompilerSuffixes(frames) : frames;
  }

  /** Most samples first. */
  List<SymbolSamples> symbols() {
    String module = visibility.kernelSymbols() ? "[kernel.kallsyms]" : UNKNOWN;
    List<SymbolSamples> symbols = new ArrayList<>(totals.size());
    totals.forEach(
        (key, samples) ->
            symbols.add(
                new SymbolSamples(
                    key.symbol(), module, key.comm(), key.pid(), samples, callPaths(key))));
    symbols.sort(MOST_SAMPLES);
    return symbols;
  }

  private List<CallPath> callPaths(Key key) {
    return counts.getOrDefault(key, Map.of()).entrySet().stream()
        .map(path -> new CallPath(path.getKey(), path.getValue()))
        .sorted(MOST_FREQUENT)
        .limit(MAX_CALL_PATHS)
        .toList();
  }
}
