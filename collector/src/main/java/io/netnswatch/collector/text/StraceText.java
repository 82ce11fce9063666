package io.netnswatch.collector.text;

import io.netnswatch.collector.text.Findings.Creation;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * strace of what creates a namespace: {@code unshare(CLONE_NEWNET) = 0 <0.02>}, or the same without
 * a result where it hangs; {@code clone(…CLONE_NEWNET…)} likewise. The program and the name come
 * from the {@code execve} before it.
 */
final class StraceText implements TextParser {

  private static final Pattern CALL =
      Pattern.compile(
          "^(?:\\[pid +(\\d{1,9})\\] |(\\d{1,9}) {1,3})?(?:[\\d:.]{5,24} )?(?:\\([^)]{0,20}\\)"
              + " )?(unshare|clone3?|setns)\\((.{0,600})$");

  private static final Pattern RESUMED =
      Pattern.compile(
          "^(?:\\[pid +(\\d{1,9})\\] |(\\d{1,9}) {1,3})?(?:[\\d:.]{5,24} )?<\\.\\.\\."
              + " (?:unshare|clone3?) resumed>(.*)$");

  private static final Pattern DONE =
      Pattern.compile("\\)\\s+= (-?\\d{1,10})\\b.*?(?:<(\\d{1,6}\\.\\d{1,9})>)?\\s*$");

  private static final Pattern EXECVE =
      Pattern.compile(
          "execve\\(\"[^\"]{1,200}\", \\[\"([^\"]{1,64})\"(?:, \"netns\", \"a(?:dd?)?\","
              + " \"([^\"]{1,64})\")?");

  /** Begins every line with {@code -tt} and {@code -ttt}. */
  private static final Pattern TIME =
      Pattern.compile(
          "^(?:\\[pid +\\d{1,9}\\] |\\d{1,9} {1,3})?(?:(\\d\\d):(\\d\\d):(\\d\\d)|(\\d{10}))(?:\\.\\d{1,9})? .*");

  /** Whatever a task that is followed does: calls, goes on with one, gets a signal, ends. */
  private static final Pattern EVENT =
      Pattern.compile(
          "^(?:\\[pid +\\d+\\] |\\d+ +)?(?:[\\d:.]{5,24} )?(?:[a-z_0-9]{2,32}\\(|<\\.\\.\\. [a-z_0-9]{2,32}"
              + " resumed>|--- SIG|\\+\\+\\+ (?:exited|killed)).*");

  private static final long DAY_MS = 86_400_000;

  private static final Pattern ATTACHED = Pattern.compile("strace: Process (\\d{1,9}) attached");

  private final Findings findings;
  private @Nullable TextLine hanging;
  private @Nullable Long hangingSinceMs;

  /** A call whose flags strace prints when it is over, and did not. */
  private boolean cut;

  private @Nullable Long lastMs;
  private @Nullable Integer pid;
  private @Nullable String comm;
  private @Nullable String netns;

  StraceText(Findings findings) {
    this.findings = findings;
  }

  @Override
  public boolean begins(TextLine line) {
    return accept(line);
  }

  private boolean accept(TextLine line) {
    String text = line.stripped();
    Matcher time = TIME.matcher(text);
    if (time.matches()) {
      lastMs = ms(time);
    }
    Matcher execve = EXECVE.matcher(text);
    if (execve.find()) {
      comm = execve.group(1).substring(execve.group(1).lastIndexOf('/') + 1);
      netns = execve.group(2);
      findings.used(Format.STRACE, line.number());
      return true;
    }
    Matcher attached = ATTACHED.matcher(text);
    if (attached.find()) {
      pid = Integer.valueOf(attached.group(1));
      findings.used(Format.STRACE, line.number());
      return true;
    }
    Matcher resumed = RESUMED.matcher(text);
    if (resumed.matches()) {
      Matcher done = DONE.matcher(resumed.group(3));
      hanging = null;
      cut = false;
      if (done.find()) {
        finished(line, done);
      }
      findings.used(Format.STRACE, line.number());
      return true;
    }
    Matcher call = CALL.matcher(text);
    boolean cutOff = call.matches() && call.group(3).startsWith("clone") && call.group(4).isBlank();
    if (!cutOff && (!call.matches() || !isCreation(call.group(3), call.group(4)))) {
      return false;
    }
    String who = call.group(1) != null ? call.group(1) : call.group(2);
    if (who != null) {
      pid = Integer.valueOf(who);
    }
    findings.used(Format.STRACE, line.number());
    if (cutOff) {
      cut = true;
      return true;
    }
    Matcher done = DONE.matcher(text);
    if (done.find()) {
      finished(line, done);
    } else {
      hanging = line;
      hangingSinceMs = time.matches() ? lastMs : null;
    }
    return true;
  }

  /** Of a day, or since 1970. */
  private static long ms(Matcher time) {
    return time.group(4) != null
        ? Long.parseLong(time.group(4)) * 1000
        : ((Long.parseLong(time.group(1)) * 60 + Long.parseLong(time.group(2))) * 60
                + Long.parseLong(time.group(3)))
            * 1000;
  }

  private static boolean isCreation(String call, String arguments) {
    return !call.equals("setns")
        && (arguments.contains("CLONE_NEWNET") || arguments.startsWith("0x40000000"));
  }

  private void finished(TextLine line, Matcher done) {
    boolean failed = done.group(1).startsWith("-");
    Long tookMs =
        done.group(2) == null ? null : Math.round(Double.parseDouble(done.group(2)) * 1000);
    if (!failed) {
      findings.creation(line.stamp(), new Creation(true, tookMs, pid, comm, netns));
    }
  }

  @Override
  public boolean goesOn(TextLine line) {
    if (accept(line)) {
      return true;
    }
    String text = line.stripped();
    boolean isCall = EVENT.matcher(text).matches();
    if (isCall && hanging != null && !text.startsWith("[pid") && pid == null) {
      hanging = null; // the next call of the same task: it went on
    }
    return isCall;
  }

  @Override
  public void end() {
    TextLine last = hanging;
    if (last != null) {
      findings.creation(last.stamp(), new Creation(false, hungMs(), pid, comm, netns));
    }
    if (cut) {
      findings.suspicion(
          "strace ends within clone"
              + (pid == null ? "" : " of pid " + pid)
              + ", before it prints the flags: whether that is a creation of a network namespace, and"
              + " what it waits for, /proc/PID/stack shows");
    }
    cut = false;
    hanging = null;
    hangingSinceMs = null;
    lastMs = null;
    pid = null;
    comm = null;
    netns = null;
  }

  /** How long others are followed after it began to hang; null if their lines have no times. */
  private @Nullable Long hungMs() {
    Long since = hangingSinceMs;
    Long until = lastMs;
    if (since == null || until == null || since.equals(until)) {
      return null;
    }
    return until > since ? until - since : until - since + DAY_MS;
  }
}
