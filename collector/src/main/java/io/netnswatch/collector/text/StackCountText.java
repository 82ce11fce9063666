package io.netnswatch.collector.text;

import io.netnswatch.collector.perf.SampleCounts;
import io.netnswatch.collector.text.Findings.Measure;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Stacks counted by bpftrace ({@code @[}, the frames, {@code , kworker/u64:2]: 1812}, or the name
 * in the first line) and by bcc's profile, stackcount and offcputime (the frames, {@code -
 * kworker/u8:1 (137)}, the count). The innermost frame stands first.
 */
final class StackCountText implements TextParser {

  private static final Pattern BEGIN =
      Pattern.compile(
          "^@\\w{0,64}\\[(?:([A-Za-z]\\S{0,62}?)(?:, ?(\\d{1,9}))?,)?$|^@\\w{0,64}\\[(\\d{1,9}), ?(\\S{1,63}?),$");

  private static final Pattern FRAME =
      Pattern.compile(
          "^(?:b')?([A-Za-z_$][\\w.$]{1,255})(?:\\+(?:0x[0-9a-f]+|\\d{1,6}))?(?:\\([\\w. ]{0,64}\\))?(?: \\[\\w+\\])?'?$");

  private static final Pattern END =
      Pattern.compile("^(?:, ?(\\S.{0,62}?)(?:, ?(\\d{1,9}))?)?\\]: (\\d{1,15})$");

  private static final Pattern OF_BCC = Pattern.compile("^-\\s+(\\S.{0,62}?) \\((\\d{1,9})\\)$");

  /** The first line of bcc's tools; those that trace time off the CPU count it. */
  private static final Pattern BCC_HEAD =
      Pattern.compile(
          "^(?:Tracing (off-CPU|blocked|\\w{0,12} ?off-CPU) time \\((?:us|ns)\\) .*|Sampling at \\d{1,6} Hertz of .*|Tracing \\d{1,6} functions? for .*)$");

  /** Of one task: what is asleep for less passes by. */
  private static final long LEAST_ASLEEP_US = 20_000_000;

  /** bpftrace counts in whatever unit its program does: milliseconds at most. */
  private static final long LEAST_ASLEEP = 5_000;

  private static final String ASLEEP =
      "its stack begins in the scheduler: it counts time asleep, not at work";

  private static final Pattern COUNT = Pattern.compile("^\\d{1,15}$");

  private final Findings findings;
  private final List<String> frames = new ArrayList<>();
  private SampleCounts counts = new SampleCounts();
  private boolean any;
  private boolean open;
  private boolean inMicroseconds;
  private @Nullable String comm;
  private @Nullable Integer pid;

  StackCountText(Findings findings) {
    this.findings = findings;
  }

  @Override
  public boolean begins(TextLine line) {
    Matcher begin = BEGIN.matcher(line.stripped());
    if (begin.matches()) {
      begin(line, begin);
      return true;
    }
    Matcher ofBcc = BCC_HEAD.matcher(line.stripped());
    if (!ofBcc.matches()) {
      return false;
    }
    open = true;
    inMicroseconds = ofBcc.group(1) != null;
    findings.used(Format.STACK_COUNTS, line.number());
    return true;
  }

  private void begin(TextLine line, Matcher begin) {
    frames.clear();
    boolean pidFirst = begin.group(3) != null;
    comm = pidFirst ? begin.group(4) : begin.group(1);
    String number = pidFirst ? begin.group(3) : begin.group(2);
    pid = number == null ? null : Integer.valueOf(number);
    open = true;
    findings.used(Format.STACK_COUNTS, line.number());
  }

  @Override
  public boolean goesOn(TextLine line) {
    String text = line.stripped();
    if (text.length() > 512) {
      return false;
    }
    Matcher begin = BEGIN.matcher(text);
    if (begin.matches()) {
      begin(line, begin);
      return true;
    }
    Matcher end = END.matcher(text);
    if (open && end.matches()) {
      comm = end.group(1) != null ? end.group(1) : comm;
      pid = end.group(2) != null ? Integer.valueOf(end.group(2)) : pid;
      count(Long.parseLong(end.group(3)));
      open = false;
      findings.used(Format.STACK_COUNTS, line.number());
      return true;
    }
    Matcher ofBcc = OF_BCC.matcher(text);
    if (open && ofBcc.matches()) {
      comm = ofBcc.group(1);
      pid = Integer.valueOf(ofBcc.group(2));
      return true;
    }
    if (open && comm != null && COUNT.matcher(text).matches()) {
      count(Long.parseLong(text)); // bcc begins the next one without a mark
      return true;
    }
    Matcher frame = FRAME.matcher(text);
    if (open && frame.matches()) {
      if (frames.size() < SampleCounts.MAX_FRAMES) {
        frames.add(frame.group(1));
      }
      findings.used(Format.STACK_COUNTS, line.number());
      return true;
    }
    return text.isEmpty();
  }

  private void count(long number) {
    if (!frames.isEmpty() && TraceFrames.isScheduler(frames.get(0))) {
      if (number >= (inMicroseconds ? LEAST_ASLEEP_US : LEAST_ASLEEP)) {
        findings.task(
            LogStamp.NONE,
            TaskSighting.of(pid, comm)
                .withState("D")
                .withStack(CallTrace.withLock(List.copyOf(frames)))
                .inferring(ASLEEP));
      }
    } else if (!frames.isEmpty()) {
      boolean cleanup = TraceFrames.has(frames, "cleanup_net");
      String name = comm != null ? comm : cleanup ? "kworker" : "?";
      int id = pid != null ? pid : name.equals("?") ? -2 : -1;
      counts.add(name, id, List.copyOf(frames), null, frames.get(frames.size() - 1), number);
      any = true;
    }
    frames.clear();
    comm = null;
    pid = null;
  }

  @Override
  public void end() {
    if (any) {
      findings.profile(LogStamp.NONE, counts.profile(null), new Measure(null, null, null, false));
    }
    any = false;
    open = false;
    inMicroseconds = false;
    frames.clear();
    counts = new SampleCounts();
  }
}
