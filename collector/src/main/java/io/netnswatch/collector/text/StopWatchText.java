package io.netnswatch.collector.text;

import io.netnswatch.collector.netns.NamespaceCommand;
import io.netnswatch.collector.text.Findings.Creation;
import io.netnswatch.schema.NetnsCommand;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How long a creation took, by a stop watch: {@code time ip netns add blue} of the shells and of
 * GNU time, hyperfine, {@code perf trace}, bcc's funcslower, and ftrace's function graph.
 */
final class StopWatchText implements TextParser {

  private static final Pattern COMMAND =
      Pattern.compile(
          "(?:(?:^|[#$%>;|&] ?)(?:sudo )?time (?:-p )?|^Benchmark(?: #?\\d{1,3})?: )(?:sudo )?((?:/\\S{1,64}/)?(?:ip|unshare) [^|;&>]{1,200})");

  /** {@code timeout 60 ip netns add blue; echo $?}: what it says when the time was over. */
  private static final Pattern LIMITED =
      Pattern.compile(
          "(?:^|[#$%>;|&] ?)(?:sudo )?timeout (?:-\\S{1,24} (?:\\d{1,6}\\w? (?=\\d))?){0,4}(\\d{1,6})(?:\\.\\d+)?([smh]?) (?:sudo )?((?:ip|unshare) [^|;&>]{1,200})[;&|]{1,2} ?echo .*\\$\\?");

  private static final Pattern OVER = Pattern.compile("^(?:[\\w ]{1,16}[=:] ?)?(?:124|137)$");

  private static final Pattern REAL =
      Pattern.compile("^real\\s+(?:(\\d{1,5})m\\s?)?(\\d{1,6})[.,](\\d{1,6})s?$");

  /** zsh: {@code ip netns add x 0.00s user 0.00s system 0% cpu 47.213 total}. */
  private static final Pattern TOTAL =
      Pattern.compile(" cpu (?:(\\d{1,5}):)?(\\d{1,6})[.,](\\d{1,6}) total$");

  /** hyperfine: {@code Time (mean ± σ): 19.317 s ± 1.214 s}. */
  private static final Pattern MEAN =
      Pattern.compile("^Time \\(.{1,12}\\):\\s+(?:(\\d{1,5})m )?(\\d{1,6})\\.(\\d{1,6}) s\\b");

  /** bcc's funcslower: {@code ip 9912 8411.02 ffff9a1072b50000 copy_net_ns}. */
  private static final Pattern SLOWER_HEAD =
      Pattern.compile("\\bLAT\\((ms|us)\\)\\s+RVAL\\s+FUNC\\b");

  private static final Pattern SLOWER =
      Pattern.compile(
          "^(?:\\d\\S{0,15}\\s+)?(\\S.{0,15}?)\\s+(\\d{1,9})\\s+(\\d{1,12})\\.\\d{1,3}\\s+[0-9a-f]{1,16}\\s+copy_net_ns\\b.*");

  private static final Pattern GNU = Pattern.compile(" (\\d{1,5}):(\\d{1,2})[.](\\d{1,6})elapsed ");

  /** {@code 0.000 (47213.402 ms): ip/22871 unshare(unshare_flags: NEWNET) = 0}. */
  private static final Pattern PERF_TRACE =
      Pattern.compile(
          "^\\d{1,12}\\.\\d{1,6} \\(\\s*(\\d{1,12})\\.\\d{1,6} ms\\): (\\S.{0,31}?)/(\\d{1,9}) (?:unshare|clone3?)\\((.*)\\)\\s+= (-?\\d{1,9})\\b.*");

  /** {@code 3) ip-2909 | $ 41265811 us | } /* copy_net_ns * /}; the task with funcgraph-proc. */
  private static final Pattern GRAPH =
      Pattern.compile(
          "^\\d{1,4}\\)\\s+(?:(\\S.{0,31}?)-(\\d{1,9})\\s+\\|\\s+)?(?:[-+!#*@$]\\s*)?(\\d{1,12})(?:\\.\\d{1,6})?"
              + " us\\s+\\|\\s+(?:\\} /\\* copy_net_ns(?: \\[\\w+\\])? \\*/|copy_net_ns\\(\\);)$");

  /** As many lines behind the command its time may come: it may have printed something. */
  private static final int WITHIN_LINES = 6;

  private final Findings findings;
  private @Nullable NamespaceCommand timed;
  private @Nullable Long limitMs;
  private int lines;

  /** Of funcslower's table; 0 as long as none began. */
  private long slowerPerMs;

  StopWatchText(Findings findings) {
    this.findings = findings;
  }

  @Override
  public boolean begins(TextLine line) {
    String text = line.stripped();
    if (text.length() > 512) {
      return false;
    }
    Matcher trace = PERF_TRACE.matcher(text);
    if (trace.matches()) {
      boolean failed = trace.group(5).startsWith("-");
      if (trace.group(4).contains("NEWNET") && !failed) {
        findings.creation(
            line.stamp(),
            new Creation(
                true,
                Long.valueOf(trace.group(1)),
                Integer.valueOf(trace.group(3)),
                trace.group(2),
                null));
      }
      findings.used(Format.STOP_WATCH, line.number());
      return true;
    }
    Matcher head = text.contains("LAT(") ? SLOWER_HEAD.matcher(text) : null;
    if (head != null && head.find()) {
      slowerPerMs = head.group(1).equals("us") ? 1_000 : 1;
      findings.used(Format.STOP_WATCH, line.number());
      return true;
    }
    Matcher slower = slowerPerMs > 0 ? SLOWER.matcher(text) : null;
    if (slower != null && slower.matches()) {
      Long tookMs = Long.parseLong(slower.group(3)) / slowerPerMs;
      findings.creation(
          line.stamp(),
          new Creation(true, tookMs, Integer.valueOf(slower.group(2)), slower.group(1), null));
      findings.used(Format.STOP_WATCH, line.number());
      return true;
    }
    Matcher graph = GRAPH.matcher(text);
    if (graph.matches()) {
      Integer pid = graph.group(2) == null ? null : Integer.valueOf(graph.group(2));
      Long tookMs = Long.parseLong(graph.group(3)) / 1000;
      findings.creation(line.stamp(), new Creation(true, tookMs, pid, graph.group(1), null));
      findings.used(Format.STOP_WATCH, line.number());
      return true;
    }
    Matcher limited = LIMITED.matcher(text);
    Matcher command = COMMAND.matcher(text);
    boolean isLimited = limited.find();
    NamespaceCommand netns =
        isLimited ? parse(limited.group(3)) : command.find() ? parse(command.group(1)) : null;
    if (netns == null || netns.command() != NetnsCommand.ADD) {
      return false;
    }
    limitMs = isLimited ? lengthMs(limited.group(1), limited.group(2)) : null;
    timed = netns;
    lines = 0;
    findings.used(Format.STOP_WATCH, line.number());
    return true;
  }

  @Override
  public boolean goesOn(TextLine line) {
    if (begins(line)) {
      return true;
    }
    NamespaceCommand netns = timed;
    if (netns == null || ++lines > WITHIN_LINES) {
      return false;
    }
    boolean over = limitMs != null && OVER.matcher(line.stripped()).matches();
    Long tookMs = over ? limitMs : tookMs(line.stripped());
    if (tookMs != null) {
      findings.creation(
          line.stamp(),
          new Creation(
              !over,
              tookMs,
              null,
              netns.arguments().startsWith("unshare") ? "unshare" : "ip",
              netns.netnsName()));
      findings.used(Format.STOP_WATCH, line.number());
      timed = null;
      return true;
    }
    return line.text().isBlank();
  }

  private static @Nullable NamespaceCommand parse(String command) {
    return NamespaceCommand.parse(Arrays.asList(command.strip().split("\\s+", 16)));
  }

  private static long lengthMs(String number, String unit) {
    long seconds = unit.equals("h") ? 3_600 : unit.equals("m") ? 60 : 1;
    return Long.parseLong(number) * seconds * 1_000;
  }

  private static @Nullable Long tookMs(String text) {
    for (Pattern form : new Pattern[] {REAL, TOTAL, GNU, MEAN}) {
      Matcher took = form.matcher(text);
      if (took.find()) {
        long minutes = took.group(1) == null ? 0 : Long.parseLong(took.group(1));
        String fraction = (took.group(3) + "00").substring(0, 3);
        return (minutes * 60 + Long.parseLong(took.group(2))) * 1000 + Long.parseLong(fraction);
      }
    }
    return null;
  }

  @Override
  public void end() {
    timed = null;
  }
}
