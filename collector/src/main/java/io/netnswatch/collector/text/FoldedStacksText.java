package io.netnswatch.collector.text;

import io.netnswatch.collector.perf.PerfProfile;
import io.netnswatch.collector.perf.SampleCounts;
import io.netnswatch.collector.text.Findings.Measure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Folded stacks, as FlameGraph's stackcollapse scripts and bcc's tools print them: {@code
 * comm;outer;…;leaf 12}. Those that begin in the scheduler count time asleep.
 */
final class FoldedStacksText implements TextParser {

  private static final Pattern LINE =
      Pattern.compile("^([^;\\s][^;]{0,127}(?:;[^;]{1,300}){2,200}) (\\d{1,12})$");

  private static final Pattern COMM_AND_PID =
      Pattern.compile("^(.{1,63}?)-(?:\\?|(\\d{1,9}))(?:/\\d+)?$");

  private static final String ASLEEP =
      "time asleep, which is summed over tasks of a name: it does not show that one of them hangs";

  /** How bcc's offcputime was called: for how many seconds. */
  private static final Pattern OFF_CPU =
      Pattern.compile("\\boffcputime(?:-bpfcc)?\\b(?=.*\\s-\\w*f).*?\\s(\\d{1,5})(?:\\s|$)");

  private static final String ALL_THE_TIME =
      "it slept there for as long as was traced: it is taken for one task that hangs, as others of"
          + " its name sleep there for moments";

  /** Of the time that was traced; a sum over several tasks is seldom just as long as that. */
  private static final double LEAST_OF_ALL = 0.93;

  private static final double MOST_OF_ALL = 1.01;

  private static final Pattern SUFFIX = Pattern.compile("_\\[[kijw]\\]$");

  private final Findings findings;
  private SampleCounts counts = new SampleCounts();
  private boolean begun;

  /** How long was traced, microseconds; 0 if that is not said. */
  private long tracedUs;

  FoldedStacksText(Findings findings) {
    this.findings = findings;
  }

  @Override
  public boolean begins(TextLine line) {
    Matcher offCpu = line.text().contains("offcputime") ? OFF_CPU.matcher(line.stripped()) : null;
    if (offCpu != null && offCpu.find()) {
      tracedUs = 1_000_000 * Long.parseLong(offCpu.group(1));
      findings.used(Format.FOLDED_STACKS, line.number());
      return true;
    }
    return goesOn(line);
  }

  @Override
  public boolean goesOn(TextLine line) {
    String text = line.stripped();
    if (text.indexOf(';') < 0) {
      return text.isEmpty() && begun;
    }
    Matcher folded = LINE.matcher(text);
    if (!folded.matches()) {
      return false;
    }
    List<String> parts = Arrays.asList(folded.group(1).split(";"));
    long number = Long.parseLong(folded.group(2));
    if (!add(counts, parts, number)) {
      if (sleptAllTheTime(parts, number)) {
        findings.used(Format.FOLDED_STACKS, line.number());
        return true;
      }
      findings.recognised(Format.FOLDED_STACKS, line.number(), ASLEEP);
      return true;
    }
    findings.used(Format.FOLDED_STACKS, line.number());
    begun = true;
    return true;
  }

  private boolean sleptAllTheTime(List<String> parts, long us) {
    List<String> frames = frames(parts);
    if (us < LEAST_OF_ALL * tracedUs
        || us > MOST_OF_ALL * tracedUs
        || !TraceFrames.anyOfNamespaces(frames)) {
      return false;
    }
    findings.task(
        LogStamp.NONE,
        TaskSighting.of(null, parts.get(0))
            .withState("D")
            .withStack(CallTrace.withLock(frames))
            .inferring(ALL_THE_TIME));
    return true;
  }

  /** Without the task's name, innermost first. */
  private static List<String> frames(List<String> parts) {
    List<String> frames = new ArrayList<>();
    for (String part : parts.subList(1, parts.size())) {
      frames.add(SampleCounts.capped(SUFFIX.matcher(part).replaceFirst("")));
    }
    Collections.reverse(frames);
    return frames;
  }

  /**
   * Adds what was seen of one stack, whose first part is the task's name and whose last the
   * innermost function; false if that is asleep.
   */
  static boolean add(SampleCounts counts, List<String> parts, long number) {
    String comm = parts.get(0);
    int pid = comm.equals("swapper") ? 0 : -1;
    Matcher named = COMM_AND_PID.matcher(comm);
    if (named.matches()) {
      comm = named.group(1);
      pid = named.group(2) == null ? pid : Integer.parseInt(named.group(2));
    }
    List<String> frames = frames(parts);
    String root = frames.get(frames.size() - 1);
    List<String> kept = frames.subList(0, Math.min(frames.size(), SampleCounts.MAX_FRAMES));
    if (TraceFrames.isScheduler(frames.get(0))) {
      return false;
    }
    counts.add(comm, pid, List.copyOf(kept), null, root, number);
    return true;
  }

  @Override
  public void end() {
    if (begun) {
      PerfProfile profile = counts.profile(null);
      findings.profile(LogStamp.NONE, profile, new Measure(null, null, null, false));
    }
    begun = false;
    tracedUs = 0;
    counts = new SampleCounts();
  }
}
