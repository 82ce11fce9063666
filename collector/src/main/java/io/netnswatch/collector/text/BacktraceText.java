package io.netnswatch.collector.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What crash's and drgn's backtraces have in common: numbered frames below a line that says whose.
 */
abstract sealed class BacktraceText implements TextParser permits CrashText, DrgnText {

  private static final Pattern EXCEPTION =
      Pattern.compile("^\\[exception RIP: ([A-Za-z_]\\w*(?:\\.\\w+)*)[+\\]].*$");

  /** Of {@code bt -l}: where a frame is in the sources, and of which kernel these are. */
  private static final Pattern SOURCE =
      Pattern.compile(
          "^/\\S{1,300}?(?:/linux-([2-9]\\.\\d{1,3}[\\w.+~-]{1,100})/\\S{1,200})?: \\d{1,7}$");

  /** Of {@code bt -f}: the stack itself. */
  private static final Pattern WORDS =
      Pattern.compile("^[0-9a-f]{8,16}: (?:[0-9a-f]{8,16}\\s{0,4}){1,4}$");

  /** The dump was made because of an error of this task's: it hung no more than the others. */
  private static final String OF_AN_OOPS = "oops_end";

  private final Findings findings;
  private final Format format;
  private final List<String> frames = new ArrayList<>();
  private @Nullable Integer pid;
  private @Nullable String comm;
  private @Nullable String state;
  private LogStamp at = LogStamp.NONE;
  private int last = -1;
  private boolean interrupted;
  private boolean panicked;

  BacktraceText(Findings findings, Format format) {
    this.findings = findings;
    this.format = format;
  }

  /** Whose backtrace begins; null if the line does not say. */
  abstract @Nullable Matcher head(String text);

  /** A frame with its number and its function; null if the line is none. */
  abstract @Nullable Matcher frame(String text);

  /** A task of a list that the tool prints beside; null if the line is none of it. */
  @Nullable TaskSighting listed(String text) {
    return null;
  }

  @Override
  public boolean begins(TextLine line) {
    return accept(line);
  }

  private boolean accept(TextLine line) {
    String text = line.stripped();
    if (text.length() > 1024 || text.isEmpty()) {
      return false;
    }
    Matcher head = head(text);
    if (head != null) {
      flush();
      pid = Integer.valueOf(head.group("pid"));
      comm = group(head, "comm");
      state = group(head, "state");
      at = line.stamp();
      findings.used(format, line.number());
      return true;
    }
    TaskSighting listed = listed(text);
    if (listed != null) {
      findings.task(line.stamp(), listed);
      findings.used(format, line.number());
      return true;
    }
    Matcher frame = frame(text);
    if (frame == null) {
      return false;
    }
    String numbered = frame.group("number");
    int number = numbered == null ? last + 1 : Integer.parseInt(numbered);
    if (number <= last) {
      flush();
    }
    last = number;
    String function = frame.group("function");
    boolean said = interrupted && frames.size() == 1 && frames.get(0).equals(function);
    if (frames.size() < 64 && !said) { // where it was interrupted is told twice
      frames.add(function);
    }
    findings.used(format, line.number());
    return true;
  }

  private static @Nullable String group(Matcher head, String name) {
    try {
      return head.group(name);
    } catch (IllegalArgumentException e) {
      return null; // this form does not say
    }
  }

  @Override
  public boolean goesOn(TextLine line) {
    if (accept(line)) {
      return true;
    }
    String text = line.stripped();
    Matcher exception = EXCEPTION.matcher(text);
    if (exception.matches()) {
      panicked = frames.contains(OF_AN_OOPS);
      frames.clear(); // above it stands what the dump itself did
      frames.add(exception.group(1));
      interrupted = true;
      state = "R";
      return true;
    }
    Matcher source = text.startsWith("/") ? SOURCE.matcher(text) : null;
    if (source != null && source.matches()) {
      if (source.group(1) != null) {
        findings.kernel(source.group(1), null);
      }
      return true;
    }
    return text.isEmpty()
        || text.startsWith("bt: ")
        || WORDS.matcher(text).matches()
        || text.matches("^(?:R[A-Z0-9]{1,2}|ORIG_RAX|RIP|CS|SS|RFLAGS): .*")
        || text.matches("^(?:PC|LR|SP|PSTATE|ORIG_X0|SYSCALLNO|X\\d{1,2}|NIP|MSR|OR3|CTR): .*")
        || isBeforeFrames(line)
        || text.startsWith("--- ");
  }

  /** On some machines (s390) registers stand between the head and the first frame, indented. */
  private boolean isBeforeFrames(TextLine line) {
    return pid != null && last < 0 && line.text().startsWith(" ");
  }

  private void flush() {
    if (!frames.isEmpty() && !panicked) {
      boolean asleep = TraceFrames.isScheduler(TraceFrames.withoutSuffix(frames.get(0)));
      List<String> stack = CallTrace.withLock(List.copyOf(frames));
      String letter = state != null ? state : asleep ? "D" : "R";
      TaskSighting task = TaskSighting.of(pid, comm).withStack(stack).withState(letter);
      findings.task(
          at,
          state != null
              ? task
              : task.inferring(
                  "a backtrace does not say the state: it is taken to "
                      + (asleep ? "sleep (D)" : "run (R)")
                      + " by its innermost frame"));
    }
    frames.clear();
    pid = null;
    comm = null;
    state = null;
    interrupted = false;
    panicked = false;
    last = -1;
  }

  @Override
  public void end() {
    flush();
    at = LogStamp.NONE;
  }
}
