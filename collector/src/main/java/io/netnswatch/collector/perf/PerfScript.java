package io.netnswatch.collector.perf;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What {@code perf script} prints (tools/perf/builtin-script.c): for each sample a line {@code comm
 * pid[/tid] [cpu] time: period event:}, of which all but the task may be missing ({@code record
 * -p}, {@code script -F}), then its frames, innermost first, and a blank line.
 *
 * <p>Read line by line in bounded memory: what exceeds a limit is counted as omitted. A sample cut
 * off at the end counts with the frames it has. Not thread-safe.
 */
public final class PerfScript {

  /** No line of perf is that long; of one that is, the rest is passed over. */
  private static final int MAX_LINE = 2_048;

  /** Tasks and CPUs whose samples are counted to find the frequency. */
  private static final int MAX_STREAMS = 4_096;

  private static final Pattern HEADER =
      Pattern.compile(
          "^\\s*(\\S.{0,63}?)\\s+(-?\\d{1,9})(?:/\\d{1,9})?\\s+(?:\\[(\\d{1,5})\\]\\s+)?(?:[.a-zA-Z][.\\w-]{3,5}\\s+)?(?:(\\d{1,10}\\.\\d{1,9}):)?(?:\\s*(\\d{1,18})(?=\\s))?(?:\\s*([a-zA-Z]\\S*?):)?(?=\\s|$)");

  /** {@code -F comm,pid,ip,sym}: only frames below show that it is one. */
  private static final Pattern BARE_HEADER =
      Pattern.compile("^\\s*(\\S.{0,63}?)\\s+(-?\\d{1,9})(?:/\\d{1,9})?\\s*$");

  private static final Pattern FRAME =
      Pattern.compile("^\\s*[0-9a-f]+ (.+?)(?:\\+0x[0-9a-f]+)?(?: \\((.*)\\))?\\s*$");

  /** {@code -F sym}, without addresses. */
  private static final Pattern NAMED_FRAME =
      Pattern.compile("^\\s+([A-Za-z_$][\\w.$@]{0,255})(?:\\+0x[0-9a-f]+)?(?: \\((.*)\\))?\\s*$");

  /** {@code +srcline}. */
  private static final Pattern SOURCE_LINE = Pattern.compile("^\\s+[\\w./-]+:\\d{1,6}\\s*$");

  private static final Pattern ADDRESS = Pattern.compile("^(?:\\s+[0-9a-f]+|[0-9a-f]{8,16}) \\S");

  private static final Pattern LOST =
      Pattern.compile("PERF_RECORD_LOST(?:_SAMPLES)?\\b.*?\\b(\\d{1,18})\\s*$");

  private static final int NAMELESS = -1;

  private final SampleCounts counts = new SampleCounts();
  private @Nullable String event;

  private String comm = "";
  private int pid;
  private boolean inSample;
  private boolean bare;
  private @Nullable String leafModule;
  private final List<String> frames = new ArrayList<>();

  /** Outermost frame seen, kept even where the path is longer than the limit. */
  private String root = "";

  private long samples;
  private long headers;
  private long period;
  private boolean periodVaries;
  private double firstSeconds = Double.POSITIVE_INFINITY;
  private double lastSeconds = Double.NEGATIVE_INFINITY;
  private final Set<Integer> cpus = new HashSet<>();
  private final Map<Integer, Stream> streams = new HashMap<>();

  private static final class Stream {
    long samples;
    double firstSeconds;
    double lastSeconds;
  }

  /**
   * What the text says of the slice besides its samples.
   *
   * @param seconds time between the first and the last sample; null if they carry no time
   * @param endSeconds time of the last, by perf's clock; null if they carry none
   * @param frequencyHz samples per second and CPU, by their period or, for want of it, as if the
   *     busiest task had used a CPU wholly; null if neither can be told
   * @param frequencyInferred whether it is by the busiest task
   * @param cpus CPUs that had samples; 0 if the text does not name them
   * @param tasks distinct tasks
   */
  public record Shape(
      @Nullable Double seconds,
      @Nullable Double endSeconds,
      @Nullable Double frequencyHz,
      boolean frequencyInferred,
      int cpus,
      int tasks) {}

  /** Begins without a sample. */
  public PerfScript() {}

  /**
   * Reads to the end of the text.
   *
   * @throws IOException if reading fails
   */
  public static PerfProfile parse(BufferedReader text) throws IOException {
    PerfScript script = new PerfScript();
    for (String line = text.readLine(); line != null; line = text.readLine()) {
      script.accept(line);
    }
    return script.end();
  }

  /** Whether a line may be the head of a sample. */
  public static boolean isHeader(String line) {
    if (line.length() > MAX_LINE) {
      return false;
    }
    Matcher header = HEADER.matcher(line);
    return header.find() && says(header);
  }

  /**
   * Takes a line.
   *
   * @return whether it is one of perf script's
   */
  public boolean accept(String line) {
    return take(line.length() <= MAX_LINE ? line : line.substring(0, MAX_LINE));
  }

  private boolean take(String line) {
    if (line.isBlank()) {
      endSample();
      return true;
    }
    if (inSample && frame(line)) {
      return true;
    }
    Matcher lostLine = LOST.matcher(line);
    if (lostLine.find()) {
      counts.lost(Long.parseLong(lostLine.group(1)));
      return true;
    }
    Matcher header = HEADER.matcher(line);
    if (header.find() && says(header)) {
      endSample();
      begin(header);
      String rest = line.substring(header.end());
      if (!rest.isBlank() && ADDRESS.matcher(rest).find()) {
        frame(rest); // without call graph the symbol stands in the same line
      }
      return true;
    }
    Matcher bareHeader = BARE_HEADER.matcher(line);
    if (bareHeader.matches()) {
      endSample();
      inSample = true;
      bare = true;
      comm = SampleCounts.capped(bareHeader.group(1));
      pid = Integer.parseInt(bareHeader.group(2));
      return true;
    }
    return false;
  }

  /** A number behind a word is no sample: a time, a CPU or an event is. */
  private static boolean says(Matcher header) {
    return header.group(4) != null || (header.group(3) != null && header.group(6) != null);
  }

  private boolean frame(String line) {
    Matcher frame = FRAME.matcher(line);
    if (ADDRESS.matcher(line).find() && frame.matches()) {
      add(frame.group(1), frame.group(2));
      return true;
    }
    Matcher named = NAMED_FRAME.matcher(line);
    if (named.matches()) {
      add(named.group(1), named.group(2));
      return true;
    }
    return SOURCE_LINE.matcher(line).matches();
  }

  private void begin(Matcher header) {
    inSample = true;
    bare = false;
    headers++;
    comm = SampleCounts.capped(header.group(1));
    pid = Integer.parseInt(header.group(2));
    if (header.group(6) != null) {
      event = header.group(6);
    }
    Integer cpu = header.group(3) == null ? null : Integer.valueOf(header.group(3));
    if (cpu != null && cpus.size() < MAX_STREAMS) {
      cpus.add(cpu);
    }
    if (header.group(5) != null) {
      long of = Long.parseLong(header.group(5));
      periodVaries |= period != 0 && of != period;
      period = of;
    }
    if (header.group(4) != null) {
      time(Double.parseDouble(header.group(4)));
    }
  }

  private void time(double seconds) {
    firstSeconds = Math.min(firstSeconds, seconds);
    lastSeconds = Math.max(lastSeconds, seconds);
    if (pid == 0 || (streams.size() >= MAX_STREAMS && !streams.containsKey(pid))) {
      return;
    }
    Stream stream = streams.computeIfAbsent(pid, it -> new Stream());
    if (stream.samples++ == 0) {
      stream.firstSeconds = seconds;
    }
    stream.lastSeconds = Math.max(stream.lastSeconds, seconds);
  }

  private void add(String symbol, @Nullable String module) {
    if (frames.isEmpty()) {
      boolean inlined = module == null || module.equals("inlined");
      leafModule = inlined || module == null ? null : SampleCounts.capped(module);
    }
    root = symbol;
    if (frames.size() < SampleCounts.MAX_FRAMES) {
      frames.add(SampleCounts.capped(symbol));
    }
  }

  private void endSample() {
    if (!inSample) {
      return;
    }
    if (!bare || !frames.isEmpty()) {
      counts.add(comm, pid, frames, leafModule, root);
      samples++;
    }
    inSample = false;
    leafModule = null;
    root = "";
    frames.clear();
  }

  /** Ends the text: what its samples come to. */
  public PerfProfile end() {
    endSample();
    return counts.profile(event);
  }

  /** What it says besides; to be asked at its end. */
  public Shape shape() {
    boolean timed = lastSeconds > firstSeconds;
    Double seconds = timed ? lastSeconds - firstSeconds : null;
    Double byPeriod = period > 0 && !periodVaries && isClock() && headers > 0 ? 1e9 / period : null;
    Double byBusiest =
        streams.values().stream()
            .filter(stream -> stream.samples >= 8 && stream.lastSeconds > stream.firstSeconds)
            .map(stream -> (stream.samples - 1) / (stream.lastSeconds - stream.firstSeconds))
            .max(Double::compare)
            .orElse(null);
    return new Shape(
        seconds,
        timed ? lastSeconds : null,
        byPeriod != null ? byPeriod : byBusiest,
        byPeriod == null && byBusiest != null,
        cpus.size(),
        streams.size());
  }

  private boolean isClock() {
    return event != null && (event.startsWith("cpu-clock") || event.startsWith("task-clock"));
  }

  /** Whether a sample has begun, and may have more frames. */
  public boolean isInSample() {
    return inSample;
  }

  /** Begins a sample whose head says no more than the task's name, or nothing ({@code "?"}). */
  public void begin(String name) {
    endSample();
    inSample = true;
    bare = true;
    comm = SampleCounts.capped(name);
    pid = NAMELESS;
  }

  /** So many samples so far. */
  public long samples() {
    return samples + (inSample && !bare ? 1 : 0);
  }
}
