package io.netnswatch.collector.perf;

import io.netnswatch.schema.CallPath;
import io.netnswatch.schema.SymbolSamples;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What {@code perf script} prints (tools/perf/builtin-script.c): for each sample a line {@code comm
 * pid [cpu] time: period event:}, then its frames, innermost first, and a blank line.
 *
 * <p>Read line by line in bounded memory: what exceeds a limit is counted as omitted. A sample cut
 * off at the end counts with the frames it has.
 */
public final class PerfScript {

  private static final int TOP_SYMBOLS = 40;
  private static final int TOP_KERNEL_THREAD_SYMBOLS = 20;
  private static final int MAX_CALL_PATHS = 8;
  private static final int MAX_FRAMES = 32;
  private static final int MAX_NAME = 256;

  /** No line of perf is that long; of one that is, the rest is passed over. */
  private static final int MAX_LINE = 2_048;

  /** Distinct symbols by task, and call paths, remembered while reading. */
  private static final int MAX_DISTINCT = 20_000;

  private static final int IDLE_PID = 0;
  private static final String UNKNOWN = "[unknown]";

  private static final Pattern HEADER =
      Pattern.compile(
          "^\\s*(\\S.*?)\\s+(-?\\d{1,9})(?:/\\d{1,9})?\\s+\\[\\d+\\]\\s+\\d+\\.\\d+:\\s+(?:\\d+\\s+)?(\\S+?):(?=\\s|$)");

  private static final Pattern FRAME =
      Pattern.compile("^\\s+[0-9a-f]+ (.+?)(?:\\+0x[0-9a-f]+)?(?: \\((.*)\\))?$");

  private static final Pattern LOST =
      Pattern.compile("PERF_RECORD_LOST(?:_SAMPLES)?\\b.*?\\b(\\d{1,18})\\s*$");

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
  private @Nullable String event;
  private long samples;
  private long idle;
  private @Nullable Long lost;
  private long paths;
  private boolean callPaths;
  private final Set<Key> omitted = new LinkedHashSet<>();

  private String comm = "";
  private int pid;
  private boolean inSample;
  private @Nullable String leafModule;
  private final List<String> frames = new ArrayList<>();

  /** Outermost frame seen, kept even where the path is longer than the limit. */
  private String root = "";

  private PerfScript() {}

  /**
   * Reads to the end of the text.
   *
   * @throws IOException if reading fails
   */
  public static PerfProfile parse(BufferedReader text) throws IOException {
    PerfScript script = new PerfScript();
    for (String line = text.readLine(); line != null; line = text.readLine()) {
      script.line(line.length() <= MAX_LINE ? line : line.substring(0, MAX_LINE));
    }
    script.endSample();
    return script.profile();
  }

  private void line(String line) {
    if (line.isBlank()) {
      endSample();
      return;
    }
    Matcher frame = inSample ? FRAME.matcher(line) : null;
    if (frame != null && line.startsWith("\t") && frame.matches()) {
      frame(frame.group(1), frame.group(2));
      return;
    }
    Matcher lostLine = LOST.matcher(line);
    if (lostLine.find()) {
      lost = (lost == null ? 0 : lost) + Long.parseLong(lostLine.group(1));
      return;
    }
    Matcher header = HEADER.matcher(line);
    if (header.find()) {
      endSample();
      begin(header);
      Matcher onlyFrame = FRAME.matcher(line.substring(header.end()));
      if (onlyFrame.matches()) { // without call graph the symbol stands in the same line
        frame(onlyFrame.group(1), onlyFrame.group(2));
      }
    }
  }

  private void begin(Matcher header) {
    inSample = true;
    comm = capped(header.group(1));
    pid = Integer.parseInt(header.group(2));
    event = header.group(3);
  }

  private void frame(String symbol, @Nullable String module) {
    if (frames.isEmpty()) {
      leafModule = module == null ? null : capped(module);
    }
    root = symbol;
    if (frames.size() < MAX_FRAMES) {
      frames.add(capped(symbol));
    }
  }

  private void endSample() {
    if (!inSample) {
      return;
    }
    samples++;
    if (pid == IDLE_PID) {
      idle++;
    } else {
      count();
    }
    callPaths |= frames.size() > 1;
    inSample = false;
    leafModule = null;
    root = "";
    frames.clear();
  }

  private void count() {
    String symbol = frames.isEmpty() ? UNKNOWN : frames.get(0);
    Key key = new Key(symbol, leafModule, comm, pid);
    Count count = counts.get(key);
    if (count == null) {
      if (counts.size() >= MAX_DISTINCT) {
        if (omitted.size() < MAX_DISTINCT) {
          omitted.add(key);
        }
        return;
      }
      count = new Count();
      counts.put(key, count);
    }
    count.samples++;
    count.kernelThread |= isKernelThread();
    if (frames.size() > 1 && (paths < MAX_DISTINCT || count.paths.containsKey(frames))) {
      if (count.paths.merge(List.copyOf(frames), 1L, Long::sum) == 1) {
        paths++;
      }
    }
  }

  /** Kernel threads are started by kthread(), whose caller is ret_from_fork. */
  private boolean isKernelThread() {
    return root.startsWith("ret_from_fork") || root.equals("kthread");
  }

  private PerfProfile profile() {
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

  private static String capped(String name) {
    return name.length() <= MAX_NAME ? name : name.substring(0, MAX_NAME);
  }
}
