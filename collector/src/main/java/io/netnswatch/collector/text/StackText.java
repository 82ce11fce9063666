package io.netnswatch.collector.text;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code /proc/PID/stack}, with and without addresses, one or many in a text: {@code [<0>]
 * copy_net_ns+0xb2/0x210}. Whose it is stands in a line before it: the command that printed it
 * ({@code cat /proc/137/stack}, or {@code echo /proc/137} before it), what {@code head} and {@code
 * tail} print ({@code ==> … <==}), {@code grep}'s prefixes, or a comment. SystemTap's {@code
 * print_backtrace} is read, too: {@code 0xffffffff8c3a1f40 : inet_evict_bucket+0x0/0x1a0 [kernel]};
 * and so are frames of the kernel's log without their head, as people cut them out.
 */
final class StackText implements TextParser {

  private static final Pattern FRAME =
      Pattern.compile(
          "^(?:/proc/(\\d{1,9})/(?:task/(\\d{1,9})/)?stack:)?\\s*(?:\\[<[0-9a-f]{1,16}>\\]|0x[0-9a-f]{16} :)"
              + " (\\? )?(\\S{1,256})(?:\\+0x[0-9a-f]+/0x[0-9a-f]+)?(?: \\[\\w+\\])?(?:"
              + " \\(.{1,200}\\))?\\s*$");

  private static final Pattern PATH =
      Pattern.compile(
          "(?:^|[\\s/=>\"'])proc/(\\d{1,9})/(?:task/(\\d{1,9})/)?(stack|wchan|syscall|status)\\b");

  /** {@code (kworker/u4:3, R (running))} behind the path, or {@code 137 (kworker/u4:3)} before. */
  private static final Pattern WHO = Pattern.compile("\\(([^(),]{1,63})(?:, ?([RSDTtXZIP])\\b)?");

  /**
   * What scripts print above a stack without its path: {@code == 2712 kworker/u32:4+netns}, {@code
   * pid 2712 (runc)}, {@code 2712 (runc) D}, {@code /proc/2712 runc}, {@code runc[2712]:}, {@code
   * kworker/u8:1 (pid 137)}. It counts only if a frame comes next.
   */
  private static final Pattern OWNER =
      Pattern.compile(
          "^[\\s=#>*-]{0,12}(?:(?:[Pp][Ii][Dd]|[Tt][Ii][Dd]|[Tt]ask)\\s*[:=]?\\s*|/proc/)?\\[?(\\d{1,9})\\]?[\\s:,=|-]+"
              + "(?:comm|name|cmd)?[\\s:=]*[(\\[]?([A-Za-z(][\\w/:.+@<>()\\[\\]-]{0,40}?)[)\\]]?(?:[\\s,]{1,3}([RSDTtXZI]))?[\\s=#<*:-]*$");

  private static final Pattern OWNER_BY_NAME =
      Pattern.compile(
          "^[\\s=#>*-]{0,12}([A-Za-z(][\\w/:.+@-]{1,40})[\\s,]*[(\\[/:]\\s*(?:[Pp][Ii][Dd]|[Tt][Ii][Dd])?[\\s:=]*"
              + "(\\d{1,9})[)\\]]?[\\s=#<*:-]*$");

  private static final Pattern OWNER_BY_PID =
      Pattern.compile(
          "^[\\s=#>*-]{0,12}(?:[Pp][Ii][Dd]\\s*[:=]?|[Tt][Ii][Dd]\\s*[:=]?|(?:/proc/\\d{1,9}/)?task/|/proc/)?\\s*(\\d{1,9})[\\s=#<*:/-]*$");

  /**
   * {@code 2712 D runc copy_net_ns}, {@code === 2712: runc (D) ===}, with what it waits in or not.
   */
  private static final Pattern OWNER_AND_STATE =
      Pattern.compile(
          "^[\\s=#>*-]{0,12}[\\[<(]?(\\d{1,9})[\\]>)]?[\\s:,|-]{1,6}(?:([RSDTtXZI])[\\s,|]{1,6})?"
              + "([A-Za-z(][\\w/:.+@<>()\\[\\]-]{0,40}?)(?:[\\s,|]{1,6}\\(?([RSDTtXZI])\\)?)?"
              + "(?:[\\s,|]{1,6}[a-z_]\\w{2,63})?[\\s=#<*:-]*$");

  /** {@code pid=2712 comm=runc state=D}, {@code Process 2712 (runc):}, in any order and quotes. */
  private static final Pattern KEYED_PID =
      Pattern.compile("(?i)\\b(?:tid|lwp|thread|pid|task|process)\\b[\"'\\s:=#]{1,6}(\\d{1,9})\\b");

  private static final Pattern KEYED_NAME =
      Pattern.compile(
          "(?i)(?:\\b(?:comm|name|cmd|command)\\b[\"'\\s]{0,3}[:=][\"'\\s]{0,3}\\[?|[\\s\\d]\\()([A-Za-z(][\\w/:.+@()\\[\\]-]{0,40}?)(?=[\"'\\]),|;\\s]|$)");

  private static final Pattern KEYED_STATE =
      Pattern.compile("(?i)\\bstate\\b[\"'\\s]{0,3}[:=][\"'\\s]{0,3}([RSDTXZI])\\b");

  /** Where a task's name comes from, by itself or with it, as grep prints it. */
  private static final Pattern COMM_OF =
      Pattern.compile("proc/(\\d{1,9})/comm\\b(?::([A-Za-z(].{0,62})$)?");

  private static final int MOST_NAMES = 4_096;

  /** What {@code cat comm} printed between them. */
  private static final Pattern COMM = Pattern.compile("^[A-Za-z(][\\w/:.+@<>()\\[\\]-]{0,62}$");

  /** A wchan, which ends without a line feed, before the first frame. */
  private static final Pattern WCHAN = Pattern.compile("^[a-z_]\\w{2,63}(?=\\[<)");

  /** One for many tasks: all of a process, or of a process that a command names. */
  private static final Pattern GLOB =
      Pattern.compile(
          "proc/[^\\s/]*(?:`[^`]{0,64}`|\\$\\([^)]{0,64}\\))?[^\\s/]*/(task/[^\\s/]+/)?stack\\b");

  /** Where a task entered the kernel, or began in it: the next frame is another stack's. */
  private static final Pattern OUTERMOST =
      Pattern.compile(
          "entry_SYSCALL\\w*|entry_SYSENTER\\w*|entry_INT80\\w*|ret_from_fork(?:_asm)?|system_call\\w*|sysenter_\\w+|tracesys\\w*"
              + "|el0t?_\\w*sync\\w*|el0_svc_naked|ret_fast_syscall|stub_clone|ret_from_syscall|kernel_thread_helper");

  private static final Pattern END_OF_STACK = Pattern.compile("0x[f0]{8,16}|0x[0-9a-f]{8,16}");

  /** Of a creation of which nothing else says so. */
  static final String ASLEEP = "that it sleeps is taken from its stack alone";

  private final Findings findings;
  private final List<String> frames = new ArrayList<>();

  /** Of these the ones that the kernel is sure of. */
  private final List<String> reliable = new ArrayList<>();

  private @Nullable Integer pid;
  private @Nullable String comm;
  private @Nullable String state;
  private LogStamp at = LogStamp.NONE;
  private boolean begun;

  /** Whether each stack is another task's, and how many of them were seen, downwards from 0. */
  private boolean many;

  private int unnamed;

  /** The line before, and the one before that, where no parser knew them. */
  private @Nullable TextLine above;

  private @Nullable TextLine furtherAbove;
  private boolean waiting;

  /** Names of tasks that stand apart from their stacks, and the task whose name comes next. */
  private final Map<Integer, String> names = new HashMap<>();

  private @Nullable Integer asked;

  StackText(Findings findings, @Nullable Integer pidByPath) {
    this.findings = findings;
    this.pid = pidByPath;
  }

  @Override
  public boolean begins(TextLine line) {
    if (header(line)) {
      return true;
    }
    if ((line.text().contains("[<") || line.text().contains("0x")) && frame(line)) {
      return true;
    }
    passedOver(line);
    return false;
  }

  private void passedOver(TextLine line) {
    furtherAbove = above;
    above = line;
    boolean isShort = line.text().length() <= 120;
    Matcher commOf = isShort ? COMM_OF.matcher(line.text()) : null;
    if (commOf != null && commOf.find()) {
      name(Integer.valueOf(commOf.group(1)), commOf.group(2));
    } else if (asked != null && !line.text().isBlank()) {
      name(asked, COMM.matcher(line.stripped()).matches() ? line.stripped() : "");
    }
    waiting = asked != null || (isShort && OWNER_BY_PID.matcher(line.text()).matches());
  }

  private void name(Integer id, @Nullable String name) {
    asked = name == null ? id : null;
    if (name != null && !name.isEmpty() && names.size() < MOST_NAMES) {
      names.put(id, name);
    }
  }

  /** Whether the next line may be the name of the task whose id came by. */
  boolean isWaiting() {
    return waiting;
  }

  /** Whose stack begins, if the line above says so. */
  private void ownerAbove(TextLine frame) {
    TextLine header = above;
    TextLine further = furtherAbove;
    above = null;
    furtherAbove = null;
    if (header != null
        && further != null
        && header.number() == further.number() + 1
        && frame.number() == header.number() + 1
        && COMM.matcher(header.stripped()).matches()) {
      Matcher byPid = OWNER_BY_PID.matcher(further.text());
      if (byPid.matches()) {
        owner(header, Integer.valueOf(byPid.group(1)), header.stripped());
        return;
      }
    }
    if (header == null || frame.number() - header.number() > 2 || header.text().length() > 120) {
      return;
    }
    Matcher owner = OWNER.matcher(header.text());
    Matcher byName = OWNER_BY_NAME.matcher(header.text());
    Matcher byPid = OWNER_BY_PID.matcher(header.text());
    if (owner.matches()) {
      owner(header, Integer.valueOf(owner.group(1)), owner.group(2));
      state = owner.group(3);
    } else if (byName.matches()) {
      owner(header, Integer.valueOf(byName.group(2)), byName.group(1));
    } else if (byPid.matches()) {
      owner(header, Integer.valueOf(byPid.group(1)), comm);
    } else {
      ownerInOtherForms(header);
    }
  }

  private void ownerInOtherForms(TextLine header) {
    Matcher keyed = KEYED_PID.matcher(header.text());
    if (keyed.find()) {
      Matcher name = KEYED_NAME.matcher(header.text());
      Matcher letter = KEYED_STATE.matcher(header.text());
      owner(header, Integer.valueOf(keyed.group(1)), name.find() ? name.group(1) : null);
      state = letter.find() ? letter.group(1) : null;
      return;
    }
    Matcher free = OWNER_AND_STATE.matcher(header.text());
    if (free.matches()) {
      owner(header, Integer.valueOf(free.group(1)), free.group(3));
      state = free.group(2) != null ? free.group(2) : free.group(4);
    }
  }

  private void owner(TextLine header, Integer id, @Nullable String name) {
    pid = id;
    // Of runc:[1:CHILD] the bracket is its own.
    comm = name != null && name.indexOf('[') > 0 && !name.endsWith("]") ? name + "]" : name;
    state = null;
    at = header.stamp();
    findings.used(Format.PROC_STACK, header.number());
  }

  @Override
  public boolean goesOn(TextLine line) {
    if (line.text().isBlank()) {
      return true;
    }
    if (header(line)) {
      return true;
    }
    return frame(line);
  }

  private boolean header(TextLine line) {
    String text = line.text();
    if (!text.contains("proc/") || text.length() > 400) {
      return false;
    }
    Matcher path = PATH.matcher(text);
    Matcher glob = GLOB.matcher(text);
    if (!path.find() && glob.find() && !FRAME.matcher(text).matches()) {
      flush();
      pid = null;
      comm = null;
      state = null;
      many = glob.group().contains("*") || glob.group(1) != null;
      at = line.stamp();
      return true;
    }
    path.reset();
    if (!path.find() || !path.group(3).equals("stack") || FRAME.matcher(text).matches()) {
      return false;
    }
    flush();
    many = false;
    pid = Integer.valueOf(path.group(2) != null ? path.group(2) : path.group(1));
    Matcher who = WHO.matcher(text);
    comm = null;
    state = null;
    if (who.find(path.end())) {
      comm = who.group(1).strip();
      state = who.group(2);
    }
    at = line.stamp().and(stampIn(text.substring(0, path.start())));
    findings.used(Format.PROC_STACK, line.number());
    return true;
  }

  /** A time before the path, as scripts print it. */
  private static LogStamp stampIn(String before) {
    return LogPrefix.parse(
            before.replaceFirst("^[#=>\\s-]{1,8}", ""), LocalDateTime.of(2100, 1, 1, 0, 0))
        .stamp();
  }

  private boolean frame(TextLine line) {
    Matcher frame = FRAME.matcher(WCHAN.matcher(line.text()).replaceFirst(""));
    if (!frame.matches()) {
      return false;
    }
    if (frames.isEmpty()) {
      ownerAbove(line);
    }
    if (frame.group(1) != null) {
      Integer of = Integer.valueOf(frame.group(2) != null ? frame.group(2) : frame.group(1));
      if (!of.equals(pid)) {
        flush();
        pid = of;
      }
    } else if (!frames.isEmpty()
        && OUTERMOST.matcher(frames.get(frames.size() - 1)).matches()
        && !OUTERMOST.matcher(functionOf(frame)).matches()) {
      flush();
    }
    if (at.isEmpty()) {
      at = line.stamp();
    }
    begun = true;
    String name = functionOf(frame);
    findings.used(Format.PROC_STACK, line.number());
    if (END_OF_STACK.matcher(name).matches()) {
      TaskSighting last = sighting();
      findings.task(at, last);
      reset();
    } else if (frames.size() < CallTrace.MAX_FRAMES) {
      frames.add(name);
      if (frame.group(3) == null) {
        reliable.add(name);
      }
    }
    return true;
  }

  private static String functionOf(Matcher frame) {
    String function = frame.group(4);
    int offset = function.indexOf("+0x");
    return offset > 0 ? function.substring(0, offset) : function;
  }

  private TaskSighting sighting() {
    boolean unreliable =
        !TraceFrames.anyOfNamespaces(reliable) && TraceFrames.anyOfNamespaces(frames);
    List<String> stack = CallTrace.asProcShows(List.copyOf(unreliable ? frames : reliable));
    String letter = state;
    String inference = null;
    if (letter == null && TraceFrames.isCreating(stack)) {
      letter = "D";
      inference = ASLEEP;
    }
    if (unreliable) {
      inference = CallTrace.UNRELIABLE;
    }
    Integer id = pid == null && many ? Integer.valueOf(--unnamed) : pid;
    String name = comm != null || id == null ? comm : names.get(id);
    TaskSighting task = TaskSighting.of(id, name).withState(letter).withStack(stack);
    return inference == null ? task : task.inferring(inference);
  }

  private void flush() {
    if (begun && !CallTrace.isOfAMoment(frames)) {
      findings.task(at, sighting());
    }
    reset();
  }

  private void reset() {
    frames.clear();
    reliable.clear();
    begun = false;
  }

  @Override
  public void end() {
    flush();
    pid = null;
    comm = null;
    state = null;
    many = false;
    at = LogStamp.NONE;
  }
}
