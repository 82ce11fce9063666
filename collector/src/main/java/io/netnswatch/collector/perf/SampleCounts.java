package io.netnswatch.collector.perf;

import io.netnswatch.schema.CallPath;
import io.netnswatch.schema.SymbolSamples;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Adds up the samples of one slice in bounded memory: what exceeds a limit is counted as omitted.
 * Not thread-safe.
 */
public final class SampleCounts {

  /** As many frames of a call path are kept. */
  public static final int MAX_FRAMES = 32;

  private static final int TOP_SYMBOLS = 40;
  private static final int TOP_KERNEL_THREAD_SYMBOLS = 20;
  private static final int MAX_CALL_PATHS = 8;
  private static final int MAX_NAME = 256;

  /** Distinct symbols by task, and call paths, remembered. */
  private static final int MAX_DISTINCT = 20_000;

  private static final int IDLE_PID = 0;
  private static final String UNKNOWN = "[unknown]";

  private static final Comparator<SymbolSamples> MOST_SAMPLES =
      Comparator.comparingLong(SymbolSamples::getSamples)
          .reversed()
          .thenComparing(SymbolSamples::getSymbol)
          .thenComparing(SymbolSamples::getPid)
          .thenComparing(SymbolSamples::getComm)
          .thenComparing(
              SymbolSamples::getModule, Comparator.nullsFirst(Comparator.naturalOrder()));

  private static final Comparator<CallPath> MOST_FREQUENT =
      Comparator.comparingLong(CallPath::getSamples)
          .reversed()
          .thenComparing(path -> String.join("\n", path.getFrames()));

  private record Key(String symbol, @Nullable String module, String comm, int pid) {}

  private static final class Count {
    private long samples;
    private boolean kernelThread;
    private final Map<List<String>, Long> paths = new HashMap<>();
  }

  private final Map<Key, Count> counts = new HashMap<>();
  private final Set<Key> omitted = new LinkedHashSet<>();
  private long samples;
  private long idle;
  private @Nullable Long lost;
  private long paths;
  private boolean callPaths;

  /**
   * One sample.
   *
   * @param comm name of the task
   * @param pid its process id; 0 is the idle task
   * @param frames functions, innermost first, at most {@link #MAX_FRAMES}; empty if none is known
   * @param leafModule object that the innermost belongs to
   * @param root outermost function of the whole path; empty if none is known
   */
  void add(String comm, int pid, List<String> frames, @Nullable String leafModule, String root) {
    add(comm, pid, frames, leafModule, root, 1);
  }

  /** So many samples at once; otherwise as one. */
  public void add(
      String comm,
      int pid,
      List<String> frames,
      @Nullable String leafModule,
      String root,
      long number) {
    samples += number;
    callPaths |= frames.size() > 1;
    if (pid == IDLE_PID) {
      idle += number;
      return;
    }
    String symbol = frames.isEmpty() ? UNKNOWN : frames.get(0);
    Count count = count(new Key(symbol, leafModule, comm, pid));
    if (count == null) {
      return;
    }
    count.samples += number;
    count.kernelThread |= isKernelThread(root);
    if (frames.size() > 1 && (paths < MAX_DISTINCT || count.paths.containsKey(frames))) {
      if (count.paths.put(List.copyOf(frames), count.paths.getOrDefault(frames, 0L) + number)
          == null) {
        paths++;
      }
    }
  }

  private @Nullable Count count(Key key) {
    Count count = counts.get(key);
    if (count == null && counts.size() < MAX_DISTINCT) {
      count = new Count();
      counts.put(key, count);
    } else if (count == null && omitted.size() < MAX_DISTINCT) {
      omitted.add(key);
    }
    return count;
  }

  /** So many samples were lost; 0 says that none was. */
  void lost(long count) {
    long before = lost == null ? 0 : lost;
    lost = count < 0 || before + count < 0 ? Long.MAX_VALUE : before + count;
  }

  /** Kernel threads are started by kthread(), whose caller is ret_from_fork. */
  private static boolean isKernelThread(String root) {
    return root.startsWith("ret_from_fork") || root.equals("kthread");
  }

  /** What they come to; the event is null if that is not known. */
  public PerfProfile profile(@Nullable String event) {
    List<SymbolSamples> all =
        counts.entrySet().stream()
            .map(entry -> symbol(entry.getKey(), entry.getValue()))
            .sorted(MOST_SAMPLES)
            .toList();
    Set<SymbolSamples> top = new LinkedHashSet<>(all.subList(0, Math.min(TOP_SYMBOLS, all.size())));
    counts.entrySet().stream()
        .filter(entry -> entry.getValue().kernelThread)
        .map(entry -> symbol(entry.getKey(), entry.getValue()))
        .sorted(MOST_SAMPLES)
        .limit(TOP_KERNEL_THREAD_SYMBOLS)
        .forEach(top::add);
    List<SymbolSamples> symbols = sorted(top);
    return new PerfProfile(
        event,
        samples,
        idle,
        lost,
        callPaths,
        all.size() - symbols.size() + omitted.size(),
        symbols);
  }

  private static List<SymbolSamples> sorted(Collection<SymbolSamples> symbols) {
    return symbols.stream().sorted(MOST_SAMPLES).toList();
  }

  private static SymbolSamples symbol(Key key, Count count) {
    return new SymbolSamples(
        key.symbol(),
        key.module(),
        key.comm(),
        key.pid(),
        count.samples,
        count.paths.entrySet().stream()
            .map(path -> new CallPath(path.getKey(), path.getValue()))
            .sorted(MOST_FREQUENT)
            .limit(MAX_CALL_PATHS)
            .toList());
  }

  /** Names are cut to a length that no symbol has. */
  public static String capped(String name) {
    return name.length() <= MAX_NAME ? name : name.substring(0, MAX_NAME);
  }
}
