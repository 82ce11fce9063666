package io.netnswatch.collector.perf;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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

  /** No line of perf is that long; of one that is, the rest is passed over. */
  private static final int MAX_LINE = 2_048;

  private static final Pattern HEADER =
      Pattern.compile(
          "^\\s*(\\S.*?)\\s+(-?\\d{1,9})(?:/\\d{1,9})?\\s+\\[\\d+\\]\\s+\\d+\\.\\d+:\\s+(?:\\d+\\s+)?(\\S+?):(?=\\s|$)");

  private static final Pattern FRAME =
      Pattern.compile("^\\s+[0-9a-f]+ (.+?)(?:\\+0x[0-9a-f]+)?(?: \\((.*)\\))?$");

  private static final Pattern LOST =
      Pattern.compile("PERF_RECORD_LOST(?:_SAMPLES)?\\b.*?\\b(\\d{1,18})\\s*$");

  private final SampleCounts counts = new SampleCounts();
  private @Nullable String event;

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
    return script.counts.profile(script.event);
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
      counts.lost(Long.parseLong(lostLine.group(1)));
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
    comm = SampleCounts.capped(header.group(1));
    pid = Integer.parseInt(header.group(2));
    event = header.group(3);
  }

  private void frame(String symbol, @Nullable String module) {
    if (frames.isEmpty()) {
      leafModule = module == null ? null : SampleCounts.capped(module);
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
    counts.add(comm, pid, frames, leafModule, root);
    inSample = false;
    leafModule = null;
    root = "";
    frames.clear();
  }
}
