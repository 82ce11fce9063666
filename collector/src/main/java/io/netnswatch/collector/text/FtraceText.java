package io.netnswatch.collector.text;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The trace of ftrace with {@code func_stack_trace}, or of a kprobe event with {@code stacktrace}:
 * {@code kworker/u4:3-137 [001] .... 611.48: <stack trace>}, then {@code => inet_evict_bucket}.
 */
final class FtraceText implements TextParser {

  private static final Pattern EVENT =
      Pattern.compile(
          "^(\\S.{0,31}?)-(\\d{1,9})\\s+(?:\\([\\s\\d-]{1,9}\\)\\s+)?\\[(\\d{1,5})\\]\\s+(?:\\S{4,6}\\s+)?(\\d{1,10}\\.\\d{3,9}):"
              + " (.{1,400})$");

  private static final Pattern FRAME =
      Pattern.compile(
          "^=> ([A-Za-z_$][\\w.$]{0,255})(?:\\+0x[0-9a-f]+(?:/0x[0-9a-f]+)?)?(?: <[0-9a-f]+>)?$");

  /** An event of the function tracer: {@code inet_evict_bucket <-inet_frags_exit_net}. */
  private static final Pattern CALL =
      Pattern.compile(
          "^(?:function:\\s{1,32})?([A-Za-z_]\\w{0,127}) <-{1,2} ?([A-Za-z_]\\w{0,127})$");

  /** An event of the workqueues: which work a worker begins. */
  private static final Pattern BEGUN =
      Pattern.compile(
          "^workqueue_execute_start:\\s+work struct \\S{1,20}:? function cleanup_net\\b.*$");

  private static final Pattern ENDED = Pattern.compile("^workqueue_execute_end:\\s.*$");

  private static final String BY_ITS_CALLS =
      "that it runs the namespace cleanup is taken from the functions it calls";

  private static final int MOST_CALLERS = 64;

  private final Findings findings;

  /** Tasks whose calls were told of: each goes on to call thousands of times a second. */
  private final Set<Integer> callers = new HashSet<>();

  /** Workers in a round of the cleanup, and when they began it. */
  private final Map<Integer, Matcher> rounds = new LinkedHashMap<>();

  private long lastMs;
  private final List<String> frames = new ArrayList<>();
  private @Nullable Matcher event;

  FtraceText(Findings findings) {
    this.findings = findings;
  }

  @Override
  public boolean begins(TextLine line) {
    return goesOn(line);
  }

  @Override
  public boolean goesOn(TextLine line) {
    String text = line.stripped();
    Matcher frame = FRAME.matcher(text);
    if (frame.matches() && event != null) {
      if (frames.size() < 64) {
        frames.add(frame.group(1));
      }
      findings.used(Format.FTRACE, line.number());
      return true;
    }
    Matcher begun = text.indexOf('[') > 0 ? EVENT.matcher(text) : null;
    if (begun == null || !begun.matches()) {
      return false;
    }
    round(begun);
    Matcher call = CALL.matcher(begun.group(5).strip());
    if (call.matches()) {
      flush();
      call(begun, call);
    } else if (begun.group(5).contains("<stack trace>")) {
      flush();
      event = begun;
    } else if (event == null || !frames.isEmpty()) {
      flush();
      event = begun;
    }
    findings.used(Format.FTRACE, line.number());
    return true;
  }

  private void call(Matcher begun, Matcher call) {
    Integer pid = Integer.valueOf(begun.group(2));
    if (begun.group(1).startsWith("kworker/u")
        && TraceFrames.isOfCleanup(call.group(2))
        && callers.size() < MOST_CALLERS
        && callers.add(pid)) {
      findings.task(
          new LogStamp(Math.round(Double.parseDouble(begun.group(4)) * 1000), null, null),
          TaskSighting.of(pid, begun.group(1))
              .withState("R")
              .withStack(List.of(call.group(1), call.group(2), "cleanup_net"))
              .inferring(BY_ITS_CALLS));
    }
  }

  private void round(Matcher event) {
    String what = event.group(5).strip();
    Integer pid = Integer.valueOf(event.group(2));
    lastMs = Math.max(lastMs, ms(event));
    if (BEGUN.matcher(what).matches() && rounds.size() < MOST_CALLERS) {
      rounds.put(pid, event);
    } else if (rounds.containsKey(pid) && ENDED.matcher(what).matches()) {
      round(Objects.requireNonNull(rounds.remove(pid)), true);
    }
  }

  private void round(Matcher begun, boolean finished) {
    findings.cleanupRound(
        new Findings.Round(
            Integer.parseInt(begun.group(2)),
            begun.group(1),
            Math.max(0, lastMs - ms(begun)),
            finished));
  }

  private static long ms(Matcher event) {
    return Math.round(Double.parseDouble(event.group(4)) * 1000);
  }

  private void flush() {
    Matcher begun = event;
    event = null;
    if (begun != null && !frames.isEmpty()) {
      List<String> own = new ArrayList<>(frames);
      own.removeIf(function -> TraceFrames.isDumper(TraceFrames.withoutSuffix(function)));
      long atMs = Math.round(Double.parseDouble(begun.group(4)) * 1000);
      findings.task(
          new LogStamp(atMs, null, null),
          TaskSighting.of(Integer.valueOf(begun.group(2)), begun.group(1))
              .withState("R")
              .withStack(List.copyOf(own.subList(0, Math.min(own.size(), CallTrace.MAX_FRAMES)))));
    }
    frames.clear();
  }

  @Override
  public void end() {
    flush();
    callers.clear();
    rounds.values().forEach(begun -> round(begun, false));
    rounds.clear();
    lastMs = 0;
  }
}
