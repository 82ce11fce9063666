package io.netnswatch.collector.text;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How long calls of a function took, or waited for a lock ({@code perf lock contention}); the
 * former as histograms of bcc's funclatency ({@code 16384 -> 32767 : 7 |*** |}) and of bpftrace
 * ({@code [16K, 32K) 3 |@@@ |}) show it. Which function and which unit stand in the lines above.
 */
final class LatencyText implements TextParser {

  /** It stays for the histogram that follows; others read this line, too. */
  private static final Pattern OF_BCC =
      Pattern.compile("^Tracing \\d{1,6} functions? for \"?([\\w.*]{1,64})\"?\\.\\.\\..*");

  private static final Pattern OF_BPFTRACE =
      Pattern.compile(
          "\\b(?:kprobe|kretprobe|kfunc|kretfunc|fentry|fexit):(?:vmlinux:)?(\\w{1,64})");

  private static final Pattern BCC_HEAD =
      Pattern.compile("^(nsecs|usecs|msecs|secs)\\s+: count\\s+distribution$");

  private static final Pattern BPFTRACE_HEAD =
      Pattern.compile("^@(\\w{0,64})(?:\\[([^\\]]{0,128})\\])?:$");

  private static final Pattern BCC_ROW =
      Pattern.compile("^(\\d{1,19})\\s+-> \\d{1,19}\\s+: (\\d{1,12})\\s+\\|[* ]{0,64}\\|$");

  private static final Pattern BPFTRACE_ROW =
      Pattern.compile(
          "^(?:\\[(\\d{1,19})([KMGT]?)(?:, \\d{1,19}[KMGT]?\\)|\\])|\\(\\.\\.\\., \\d{1,19}\\))\\s+(\\d{1,12})"
              + " \\|[@ ]{0,64}\\|$");

  /** {@code perf lock contention}: how often, how long altogether, at most, on the average, who. */
  private static final Pattern CONTENTION =
      Pattern.compile(
          "^(\\d{1,12})\\s+[\\d.]{1,16} [munsh]{1,2}\\s+[\\d.]{1,16} [munsh]{1,2}\\s+(\\d{1,9}\\.\\d{1,3}) (s|m)\\s+(?:mutex|rwsem\\S{0,4})\\s+(\\w{1,64})\\+0x[0-9a-f]{1,8}.*");

  private static final Pattern UNIT =
      Pattern.compile("(?:^|_)(nsecs?|ns|usecs?|us|msecs?|ms|secs?|s)$");

  private static final Pattern OTHER = Pattern.compile("^(?:\\^C|avg = .*|Detaching\\.\\.\\.)$");

  private static final double SLOW_S = 5;

  private final Findings findings;
  private @Nullable String function;
  private double unitS;
  private long slow;
  private double slowFromS;

  LatencyText(Findings findings) {
    this.findings = findings;
  }

  @Override
  public boolean begins(TextLine line) {
    String text = line.stripped();
    if (text.length() > 1024) {
      return false;
    }
    Matcher contention = text.contains("+0x") ? CONTENTION.matcher(text) : null;
    if (contention != null && contention.matches()) {
      return contention(line, contention);
    }
    Matcher ofBcc = OF_BCC.matcher(text);
    Matcher ofBpftrace = OF_BPFTRACE.matcher(text);
    if (ofBcc.matches() || ofBpftrace.find()) {
      function = ofBcc.matches() ? ofBcc.group(1) : ofBpftrace.group(1);
      return false;
    }
    Matcher bcc = BCC_HEAD.matcher(text);
    if (bcc.matches()) {
      return histogram(line, seconds(bcc.group(1)));
    }
    Matcher bpftrace = BPFTRACE_HEAD.matcher(text);
    if (!bpftrace.matches()) {
      return false;
    }
    Matcher unit = UNIT.matcher(bpftrace.group(1));
    boolean said = unit.find();
    String named = said ? bpftrace.group(1).substring(0, unit.start()) : bpftrace.group(1);
    String key = bpftrace.group(2);
    if (key != null && TraceFrames.isOfNamespaces(key)) {
      function = key;
    } else if (TraceFrames.isOfNamespaces(named)) {
      function = named;
    }
    return said && histogram(line, seconds(unit.group(1)));
  }

  private boolean contention(TextLine line, Matcher waits) {
    double averageS = Double.parseDouble(waits.group(2)) * (waits.group(3).equals("m") ? 60 : 1);
    if (averageS < SLOW_S || !TraceFrames.isOfNamespaces(waits.group(4))) {
      return false;
    }
    findings.suspicion(
        String.format(
            Locale.ROOT,
            "%s waited %s times for a lock, %.1f s each on the average, by perf lock, and got it: who"
                + " had it is not shown",
            waits.group(4),
            waits.group(1),
            averageS));
    findings.used(Format.LATENCIES, line.number());
    return true;
  }

  private boolean histogram(TextLine line, double unit) {
    end();
    String of = function;
    if (of == null || !TraceFrames.isOfNamespaces(of)) {
      return false;
    }
    unitS = unit;
    findings.used(Format.LATENCIES, line.number());
    return true;
  }

  private static double seconds(String unit) {
    return switch (unit.charAt(0)) {
      case 'n' -> 1e-9;
      case 'u' -> 1e-6;
      case 'm' -> 1e-3;
      default -> 1;
    };
  }

  @Override
  public boolean goesOn(TextLine line) {
    String text = line.stripped();
    Matcher bcc = BCC_ROW.matcher(text);
    if (bcc.matches()) {
      count(line, Double.parseDouble(bcc.group(1)), Long.parseLong(bcc.group(2)));
      return true;
    }
    Matcher bpftrace = BPFTRACE_ROW.matcher(text);
    if (bpftrace.matches()) {
      if (bpftrace.group(1) != null) {
        double from = Double.parseDouble(bpftrace.group(1)) * factor(bpftrace.group(2));
        count(line, from, Long.parseLong(bpftrace.group(3)));
      }
      return true;
    }
    return text.isEmpty() || OTHER.matcher(text).matches() || begins(line);
  }

  private static double factor(String prefix) {
    return prefix.isEmpty() ? 1 : Math.pow(1024, 1 + "KMGT".indexOf(prefix));
  }

  private void count(TextLine line, double from, long calls) {
    findings.used(Format.LATENCIES, line.number());
    double fromS = from * unitS;
    if (calls > 0 && fromS >= SLOW_S) {
      slowFromS = slow == 0 ? fromS : Math.min(slowFromS, fromS);
      slow += calls;
    }
  }

  @Override
  public void end() {
    String of = function;
    if (slow > 0 && of != null) {
      findings.suspicion(
          slow
              + (slow == 1 ? " call of " : " calls of ")
              + of
              + " took "
              + Math.round(slowFromS)
              + " s or longer, by a histogram, and ended"
              + (of.equals("cleanup_net")
                  ? ": that is the namespace cleanup, and what it waits for is not shown"
                  : ": others take milliseconds; what they waited for is not shown"));
    }
    slow = 0;
  }
}
