package io.netnswatch.collector.text;

import io.netnswatch.collector.text.LogFinding.Category;
import io.netnswatch.detection.cause.KernelFunctions;
import io.netnswatch.detection.cause.Reading;
import io.netnswatch.detection.cause.Role;
import io.netnswatch.detection.cause.StackReader;
import io.netnswatch.detection.cause.Task;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Traces of the kernel log, of all eras: hung tasks (kernel/hung_task.c), soft lockups
 * (kernel/watchdog.c), RCU stalls, task dumps of sysrq-w, -t and -l, warnings and dumps of probes.
 * Lines of several callers may be mixed where each says its caller; lines of others between those
 * of a trace do no harm. Takes messages without their prefixes.
 */
public final class KernelLogText implements TextParser {

  private static final int MAX_OPEN = 64;

  /** So many other lines in a row end a trace. */
  private static final int MOST_FOREIGN_LINES = 12;

  private static final Pattern HUNG =
      Pattern.compile(
          "INFO: task (\\S.{0,63}?):(\\d{1,9}) (?:blocked(?: in I/O wait)? for more than|is blocked"
              + " for more than|can't die for more than) (\\d{1,7}) seconds?");

  private static final Pattern HUNG_BEGUN = Pattern.compile("INFO: task \\S.{0,63}:\\d{1,9}\\b");

  private static final Pattern TASK =
      Pattern.compile("^task:(\\S.{0,63}?)\\s+state:([A-Za-z])\\b.{0,80}?\\bpid:\\s*(\\d{1,9})\\b");

  /** What is left of it where somebody cut the line. */
  private static final Pattern TASK_CUT =
      Pattern.compile("^task:(\\S.{0,63}?)\\s+state:([A-Za-z])\\b");

  private static final Pattern OLD_TASK =
      Pattern.compile(
          "^(\\S.{0,31}?)\\s+([RSDTtXZPIKWN])\\s*(?:running"
              + " task\\s+)?(?:([0-9a-f]{16}|[0-9a-f]{8})\\s+)?(\\d{1,7})\\s+(\\d{1,9})\\s+(\\d{1,9})(?:\\s+0x[0-9a-f]{1,16})?\\s*$");

  private static final Pattern SOFT_LOCKUP =
      Pattern.compile(
          "BUG: soft lockup - CPU#(\\d{1,5}) stuck for (\\d{1,7})s!"
              + " \\[(\\S.{0,63}?):(\\d{1,9})\\]");

  private static final Pattern RCU =
      Pattern.compile(
          "INFO: (rcu_\\w+) (?:self-)?detected (?:expedited )?stalls?\\b|INFO: rcu_tasks detected"
              + " stalls");

  /** Who holds a grace period up without running: {@code rcu_node (CPUs 0-1): P1208/1:b..l}. */
  private static final Pattern PREEMPTED = Pattern.compile("\\bP(\\d{1,9})(?=[\\s/]|$)");

  private static final Pattern HARD_LOCKUP =
      Pattern.compile("Watchdog detected hard LOCKUP on cpu (\\d{1,5})");

  private static final Pattern CPU_LINE =
      Pattern.compile(
          "^CPU: (\\d{1,5})(?: UID: \\d{1,10})? PID: (\\d{1,9}) Comm: (\\S.{0,63}?)(?: Kdump:"
              + " \\w+)?(?: (?:Tainted: \\S|Not tainted).*)?$");

  private static final Pattern OLD_CPU_LINE =
      Pattern.compile("^Pid: (\\d{1,9}), comm: (\\S.{0,63}?)(?: (?:Tainted: \\S|Not tainted).*)?$");

  private static final Pattern TAINT =
      Pattern.compile(
          "(?:Not tainted|Tainted: [A-Z][A-Z\\s-]{0,60}?) ?(\\d{1,2}\\.\\d{1,3}[\\w.+~-]{0,100})(?:"
              + " #|\\s|$)");

  /** The same where a margin cut it before the release, and what follows then. */
  private static final Pattern TAINT_CUT =
      Pattern.compile("(?:Not tainted|Tainted: [A-Z][A-Z\\s-]{0,60})$");

  private static final Pattern REST_OF_TAINT =
      Pattern.compile("^(\\d{1,2}\\.\\d{1,3}[\\w.+~-]{0,100})(?: #\\d.*)?$");

  /** As lockdep has it: the release comes first. */
  private static final Pattern RELEASE_FIRST =
      Pattern.compile(
          "^(\\d{1,2}\\.\\d{1,3}[\\w.+~-]{0,100}) #\\d{1,6} (?:Not tainted|Tainted: [A-Z])");

  private static final Pattern NMI = Pattern.compile("^NMI backtrace for cpu (\\d{1,5})(.*)$");
  private static final Pattern DUMP_FOR_CPU = Pattern.compile("^Task dump for CPU (\\d{1,5}):");

  private static final Pattern WARNING =
      Pattern.compile(
          "^(?:WARNING: .{0,40}\\bat |kernel BUG at |BUG: unable to handle|BUG: kernel NULL|BUG:"
              + " Bad |Unable to handle kernel |Internal error: |Unhandled fault|Oops(?:\\[#\\d+\\])?: |Kernel panic - |general protection fault|conntrack cleanup blocked for"
              + " |BUG: K[A-Z]SAN|BUG: sleeping function|BUG: scheduling while|UBSAN: |WARNING: (?:possible|inconsistent|bad|suspicious|nested|held) )");

  /**
   * Reports after which the kernel ends the task that ran (make_task_dead of kernel/exit.c, up to
   * 5.16 do_exit), and takes none of its mutexes and semaphores from it.
   */
  private static final Pattern DEADLY =
      Pattern.compile(
          "^(?:kernel BUG at |BUG: unable to handle|BUG: kernel NULL|Unable to handle kernel"
              + " |Internal error: Oops|Unhandled fault|Oops(?:\\[#\\d+\\])?: |general protection"
              + " fault)");

  private static final String PANIC = "Kernel panic - ";

  private static final Pattern WORKQUEUE_OF = Pattern.compile("^Workqueue: (\\S+) \\.?(\\S+)");
  private static final Pattern CALL_TRACE = Pattern.compile("^(?:Call [Tt]race|Backtrace):?\\s*$");

  /** Registers, code and other lines that belong to a trace and say nothing here. */
  private static final Pattern PART_OF_TRACE =
      Pattern.compile(
          "^(?:R[A-Z0-9]{1,2}: |RSP: |ORIG_|Code: |FS: |GS: |CS: |CR\\d: |DR\\d: |PKRU: |Hardware"
              + " name:|Modules linked in:|Stack:|EFLAGS|x\\d{1,2}\\s?: |sp : |lr : |pstate:"
              + " |Sending NMI|\"echo 0 > /proc/sys/kernel/hung|echo 0 > /proc/sys|disables this"
              + " message|task\\s+PC stack|Call Trace|--\\[|Showing |\\(detected by|\\(t=|ID:"
              + " |Tainted: |Not tainted|\\[\\w+\\]=|irq event stamp|hardirqs|softirqs|Last"
              + " Breaking|Krnl|\\d+-\\.{3}|rcu: \\s*\\d+-|rcu: \\s*\\().*");

  private static final Pattern TASK_SUFFIX = Pattern.compile("[ +]$");

  /** Of a worker whose work is the cleanup of namespaces, though its frames don't reach it. */
  static final String CUT =
      "its work is the namespace cleanup, and its trace is cut off before what that waits for";

  /** Of a task that an oops ended. */
  static final String DIED =
      "an oops ended it there, and the kernel takes no mutex or semaphore from a dead task";

  /** Of a task that holds a grace period up because it does not get a CPU, or sleeps. */
  static final String RUNNABLE =
      "it could have run and did not when it was looked at: what CPU it uses is not said";

  /** From 6.19 on, with CONFIG_DEBUG_NET: the one warning that is of a loop. */
  private static final String CONNTRACK_BLOCKED = "conntrack cleanup blocked for ";

  /** The function that writes it. */
  private static final String CONNTRACK_LOOP = "nf_conntrack_cleanup_net_list";

  /** So long a loop takes at least that is warned of. */
  private static final Long CONNTRACK_BLOCKED_MS = 60_000L;

  /** What stands between lockdep's report of locks that may once block each other and its trace. */
  private static final String FORECAST = "stack backtrace:";

  /** What is printed above the trace of a task that asked for memory in vain. */
  private static final Pattern OUT_OF_MEMORY =
      Pattern.compile("kmem_cache_create\\(\\S{1,64}\\) failed with error -12\\b");

  private static final int TRACE_WITHIN_LINES = 4;

  private static final String END = "---[ end trace";

  private final Findings findings;
  private final Map<String, Trace> open = new LinkedHashMap<>();

  /** The line before, where it was cut within a message. */
  private @Nullable TextLine cut;

  private boolean taintCut;
  private @Nullable String saidRelease;
  private boolean hung;
  private boolean hungOfNamespaces;
  private boolean askedForLocks;

  /** Hung tasks that wait for a lock, by their pids: the function that takes it. */
  private final Map<Integer, String> hungForLocks = new HashMap<>();

  /** Tasks that, by the kernel's guess, hold the lock that a hung one waits for. */
  private final Set<Integer> owners = new HashSet<>();

  /** Of the last RCU stall: the tasks that hold it up, and whether a stall is of tasks alone. */
  private final Set<Integer> preempted = new HashSet<>();

  private boolean stallOfTasks;

  /** The last line that says so. */
  private @Nullable TextLine outOfMemory;

  /** Whether lockdep's report of what may once happen stands above the next trace. */
  private boolean forecasts;

  /** What it finds goes there. */
  public KernelLogText(Findings findings) {
    this.findings = findings;
  }

  /** A trace in the making. */
  private static final class Trace {
    final Category category;
    final Format format;
    final String message;
    final LogStamp at;
    List<Integer> lines = new ArrayList<>();
    final CallTrace calls = new CallTrace();
    @Nullable Integer pid;
    @Nullable String comm;
    @Nullable String state;
    @Nullable Long blockedForMs;
    @Nullable String workqueue;
    boolean stalled;
    boolean ended;

    /** Whether it holds a grace period up without running. */
    boolean waited;

    /** Whether the line that frames come after has been seen. */
    boolean headed;

    /** Whether the kernel panicked with it, and went on with nothing. */
    boolean panicked;

    /** Whether its frames have addresses that are hidden, as those of /proc have. */
    boolean hidden;

    /** Whether it begins without a word of why the kernel printed it. */
    boolean unexplained;

    int foreign;

    Trace(Category category, Format format, String message, LogStamp at) {
      this.category = category;
      this.format = format;
      this.message = message;
      this.at = at;
    }

    void took(TextLine line) {
      foreign = 0;
      if (lines.size() < 512) {
        lines.add(line.number());
      }
    }
  }

  /** Whether a line may begin a trace; a cheap look that lets all through that do. */
  static boolean mayBegin(String text) {
    return text.contains("INFO: ")
        || text.contains("task:")
        || text.contains("lockup")
        || text.contains("Comm: ")
        || text.contains("comm: ")
        || text.contains("BUG")
        || text.contains("WARNING: ")
        || text.contains("backtrace")
        || text.contains("Call ")
        || text.contains("Task dump")
        || text.contains("ysRq")
        || text.contains("sysrq")
        || text.contains("PC stack")
        || text.contains("Oops")
        || text.contains("general protection")
        || text.contains("nable to handle ")
        || text.contains("Internal error: ")
        || text.contains("hard LOCKUP")
        || text.contains("panic")
        || text.contains("ainted")
        || text.contains("conntrack cleanup")
        || text.contains("failed with error -12")
        || OLD_TASK.matcher(text.strip()).matches();
  }

  /** Whether a message is one of a trace's, whole. */
  static boolean isWhole(String message) {
    String text = message.strip();
    return CallTrace.functionOf(message) != null
        || HUNG.matcher(text).find()
        || SOFT_LOCKUP.matcher(text).find()
        || TASK.matcher(text).find()
        || OLD_TASK.matcher(text).matches()
        || text.endsWith("is message.");
  }

  /** A message that a margin cut in two; null if the two are none together. */
  static @Nullable TextLine unwrapped(TextLine first, String second) {
    for (String between : List.of("", " ")) {
      String message = first.text() + between + (between.isEmpty() ? second : second.strip());
      if (isWhole(message)) {
        return new TextLine(first.number(), message, first.stamp(), first.kernel());
      }
    }
    return null;
  }

  @Override
  public boolean begins(TextLine line) {
    if (!line.kernel()) {
      return false;
    }
    String text = line.stripped();
    if (beginTrace(line, text)) {
      return true;
    }
    if (text.contains("SysRq") || text.startsWith("sysrq:") || text.startsWith("task  ")) {
      if (text.contains("Show ") || text.contains("PC stack")) {
        askedForLocks |= text.contains("Show Locks Held");
        findings.used(Format.TASK_DUMP, line.number());
        return true;
      }
      return false;
    }
    if (CALL_TRACE.matcher(text).matches()) {
      Trace trace = begin(line, Category.OTHER, Format.TASK_DUMP, text);
      trace.headed = true;
      trace.unexplained = true;
      trace.took(line);
      return true;
    }
    forecasts |= text.equals(FORECAST);
    if (OUT_OF_MEMORY.matcher(text).find()) {
      outOfMemory = line;
      findings.used(Format.TASK_DUMP, line.number());
      return true;
    }
    noteRelease(text);
    return false;
  }

  @Override
  public boolean goesOn(TextLine line) {
    if (!line.kernel()) {
      return false;
    }
    String text = line.stripped();
    TextLine before = cut;
    cut = null;
    if (before != null && isInsideTrace(text)) {
      taskCutOff(before);
    } else if (before != null && !text.isEmpty()) {
      TextLine whole =
          new TextLine(before.number(), before.stripped() + " " + text, before.stamp(), true);
      if (beginTrace(whole, whole.stripped())) {
        return true;
      }
    }
    if (isRestOfTaint(line, text)) {
      return true;
    }
    Trace trace = current(line);
    if (trace != null && AllocationText.isHead(text)) {
      trace.ended = true;
      return true;
    }
    if (trace == null
        || trace.ended
        || trace.at.isEmpty() != line.stamp().isEmpty()
        || isOfProc(trace, text)) {
      return begins(line);
    }
    if (trace.calls.accept(line.text()) || isHeaderOf(trace, text) || partOf(trace, text)) {
      trace.took(line);
      return true;
    }
    return text.isEmpty() || begins(line);
  }

  /** Whether a line stands below the one that says whose trace it is, and is none of its rest. */
  private static boolean isInsideTrace(String text) {
    return CALL_TRACE.matcher(text).matches()
        || text.equals("<TASK>")
        || WORKQUEUE_OF.matcher(text).find()
        || CallTrace.functionOf(text) != null;
  }

  /** Somebody cut the line behind the state: of a task reported before, or of one without a pid. */
  private void taskCutOff(TextLine line) {
    Matcher task = TASK_CUT.matcher(line.stripped());
    if (!task.find()) {
      return;
    }
    Trace before = current(line);
    boolean same =
        before != null
            && !before.ended
            && before.calls.isEmpty()
            && task.group(1).equals(before.comm);
    Trace trace =
        same && before != null
            ? before
            : begin(line, Category.OTHER, Format.TASK_DUMP, line.stripped());
    trace.comm = task.group(1);
    trace.state = task.group(2);
    trace.took(line);
  }

  /** Whether a frame is of /proc/PID/stack, which may stand behind a trace. */
  private static boolean isOfProc(Trace trace, String text) {
    boolean hides = text.startsWith("[<0>]");
    boolean own = trace.calls.isEmpty() ? trace.headed : trace.hidden;
    trace.hidden |= hides && own;
    return hides && !own;
  }

  /** Whether a trace may go on. */
  boolean isOpen() {
    return cut != null || !open.isEmpty();
  }

  /** Whether a task was reported to hang, or somebody asked which locks are held (sysrq-d). */
  boolean isReasonForLocks() {
    return hung || askedForLocks;
  }

  /** Whether one of the hung tasks has to do with namespaces, or with the locks they need. */
  boolean isReasonForLocksOfNamespaces() {
    return hungOfNamespaces || askedForLocks;
  }

  /** Hung tasks that wait for a lock, by their pids: the function that takes it. */
  Map<Integer, String> hungForLocks() {
    return Map.copyOf(hungForLocks);
  }

  /** A line that is of no trace; many of them in a row end those that are open. */
  void passOver() {
    open.values().removeIf(trace -> ++trace.foreign > MOST_FOREIGN_LINES && finish(trace));
  }

  private @Nullable Trace current(TextLine line) {
    String caller = line.stamp().caller();
    return open.get(caller == null ? "" : caller);
  }

  private boolean beginTrace(TextLine line, String text) {
    Matcher hung = HUNG.matcher(text);
    if (hung.find()) {
      Trace trace = begin(line, Category.HUNG_TASK, Format.HUNG_TASK, text.substring(hung.start()));
      this.hung = true;
      trace.pid = Integer.valueOf(hung.group(2));
      trace.comm = hung.group(1);
      trace.state = "D";
      trace.blockedForMs = Long.parseLong(hung.group(3)) * 1000;
      return true;
    }
    LikelyOwner owner = LikelyOwner.of(text);
    if (owner != null) {
      likelyOwner(line, owner);
      return true;
    }
    if (HUNG_BEGUN.matcher(text).find() && text.contains("blocked")) {
      cut = line;
      findings.used(Format.HUNG_TASK, line.number());
      return true;
    }
    Matcher task = TASK.matcher(text);
    if (task.find()) {
      return task(line, text, task.group(1), task.group(2), Integer.valueOf(task.group(3)));
    }
    if (text.startsWith("task:") && text.contains("state:") && !text.contains("pid:")) {
      cut = line;
      return true;
    }
    Matcher old = OLD_TASK.matcher(text);
    if (old.matches() && !isNumber(old.group(1))) {
      return task(line, text, old.group(1), old.group(2), Integer.valueOf(old.group(5)));
    }
    Matcher lockup = SOFT_LOCKUP.matcher(text);
    if (lockup.find()) {
      Trace trace =
          begin(line, Category.SOFT_LOCKUP, Format.SOFT_LOCKUP, text.substring(lockup.start()));
      trace.pid = Integer.valueOf(lockup.group(4));
      trace.comm = lockup.group(3);
      trace.state = "R";
      trace.stalled = true;
      trace.blockedForMs = Long.parseLong(lockup.group(2)) * 1000;
      return true;
    }
    Matcher rcu = RCU.matcher(text);
    if (rcu.find()) {
      preempted.clear();
      stallOfTasks = rcu.group().contains("rcu_tasks");
      Trace stall = begin(line, Category.RCU_STALL, Format.RCU_STALL, text.substring(rcu.start()));
      stall.stalled = true;
      notePreempted(text.substring(rcu.end()));
      return true;
    }
    Matcher hard = HARD_LOCKUP.matcher(text);
    if (hard.find()) {
      Trace trace =
          begin(line, Category.SOFT_LOCKUP, Format.SOFT_LOCKUP, text.substring(hard.start()));
      trace.state = "R";
      trace.stalled = true;
      trace.blockedForMs = HARD_LOCKUP_MS;
      return true;
    }
    Matcher nmi = NMI.matcher(text);
    if (nmi.matches()) {
      Trace before = current(line);
      boolean ofStall = before != null && before.stalled;
      List<Integer> lines = List.of();
      if (before != null && before.stalled && before.calls.isEmpty() && before.pid == null) {
        lines = before.lines; // the headline of this one
        before.lines = List.of();
      }
      Trace trace =
          begin(
              line,
              ofStall && before != null ? before.category : Category.OTHER,
              ofStall && before != null ? before.format : Format.TASK_DUMP,
              ofStall && before != null ? before.message : text);
      trace.lines.addAll(lines);
      trace.stalled = ofStall && !text.contains("skipped");
      if (!text.contains("skipped")) {
        trace.state = "R";
      }
      return true;
    }
    if (WARNING.matcher(text).find()) {
      Trace before = current(line);
      if (before != null && before.calls.isEmpty() && isOfConntrackLoop(before)) {
        before.took(line); // the reason stands before the warning
        return true;
      }
      begin(line, Category.WARNING, Format.TASK_DUMP, text);
      return true;
    }
    Matcher cpu = CPU_LINE.matcher(text);
    Matcher oldCpu = OLD_CPU_LINE.matcher(text);
    if (cpu.matches() || oldCpu.matches()) {
      Trace before = current(line);
      boolean known = before != null && before.category == Category.WARNING && !before.ended;
      boolean ofWarning = known || forecasts;
      forecasts = false;
      Trace trace =
          begin(
              line,
              ofWarning ? Category.WARNING : Category.OTHER,
              Format.TASK_DUMP,
              known && before != null ? before.message : ofWarning ? FORECAST : text);
      trace.unexplained = !ofWarning;
      isHeaderOf(trace, text);
      return true;
    }
    return false;
  }

  private void likelyOwner(TextLine line, LikelyOwner owner) {
    if (owners.size() < MAX_OPEN) {
      owners.add(owner.owner());
    }
    findings.used(Format.HUNG_TASK, line.number());
    findings.log(
        line.stamp(),
        new LogFinding(
            Category.OTHER,
            LikelyOwner.trimmed(line.stripped()),
            null,
            null,
            owner.owner(),
            owner.ownerComm(),
            null,
            null,
            List.of()));
  }

  private boolean task(TextLine line, String text, String comm, String state, Integer pid) {
    Trace before = current(line);
    boolean same = before != null && !before.ended && before.calls.isEmpty();
    if (same
        && before != null
        && (pid.equals(before.pid) || (before.pid == null && before.stalled))) {
      before.pid = pid;
      before.comm = fuller(comm, before.comm);
      before.state = state;
      before.waited =
          before.category == Category.RCU_STALL && (stallOfTasks || preempted.contains(pid));
      before.took(line);
      return true;
    }
    boolean ofStall = before != null && before.stalled && before.ended;
    Trace trace =
        begin(
            line,
            ofStall && before != null ? before.category : Category.OTHER,
            Format.TASK_DUMP,
            text);
    trace.pid = pid;
    trace.comm = comm;
    trace.state = state;
    trace.waited = preempted.contains(pid);
    return true;
  }

  private static boolean isNumber(String text) {
    return text.chars().allMatch(c -> (c >= '0' && c <= '9') || c == '.' || c == ':');
  }

  private static String fuller(String comm, @Nullable String other) {
    return other != null && other.length() > comm.length() ? other : comm;
  }

  private Trace begin(TextLine line, Category category, Format format, String message) {
    String caller = line.stamp().caller();
    String key = caller == null ? "" : caller;
    Trace before = open.remove(key);
    if (before != null) {
      before.panicked = message.startsWith(PANIC);
      finish(before);
    }
    if (open.size() >= MAX_OPEN) {
      String oldest = open.keySet().iterator().next();
      Trace ended = open.remove(oldest);
      if (ended != null) {
        finish(ended);
      }
    }
    Trace trace = new Trace(category, format, message, line.stamp());
    trace.took(line);
    noteRelease(message);
    open.put(key, trace);
    return trace;
  }

  /** Lines that say whose trace it is. */
  private boolean isHeaderOf(Trace trace, String text) {
    Matcher cpu = CPU_LINE.matcher(text);
    Matcher old = OLD_CPU_LINE.matcher(text);
    boolean isNew = cpu.matches();
    if (isNew || old.matches()) {
      Integer pid = Integer.valueOf(isNew ? cpu.group(2) : old.group(1));
      if (trace.pid != null && !trace.pid.equals(pid) && trace.category == Category.HUNG_TASK) {
        return true; // khungtaskd's own, 6.x
      }
      if (!trace.calls.isEmpty()) {
        return false; // another one's begins
      }
      trace.pid = pid;
      trace.comm = fuller(isNew ? cpu.group(3) : old.group(2), trace.comm);
      if (trace.stalled || "R".equals(trace.state)) {
        trace.state = "R";
      }
      noteRelease(text);
      return true;
    }
    Matcher workqueue = WORKQUEUE_OF.matcher(text);
    if (workqueue.find()) {
      trace.workqueue = workqueue.group(2);
      return true;
    }
    return false;
  }

  private boolean partOf(Trace trace, String text) {
    if (trace.category == Category.RCU_STALL && text.contains("Tasks blocked on level")) {
      notePreempted(text);
      return true;
    }
    if (text.startsWith(END)) {
      trace.ended = true;
      return true;
    }
    if (DUMP_FOR_CPU.matcher(text).find()) {
      return true;
    }
    if (CALL_TRACE.matcher(text).matches()) {
      trace.headed = true;
      return trace.calls.isEmpty();
    }
    if (PART_OF_TRACE.matcher(text).matches()) {
      noteRelease(text);
      return true;
    }
    return false;
  }

  private boolean isRestOfTaint(TextLine line, String text) {
    Matcher rest = taintCut ? REST_OF_TAINT.matcher(text) : null;
    taintCut = false;
    if (rest == null || !line.stamp().isEmpty() || !rest.matches()) {
      return false;
    }
    release(rest.group(1));
    return true;
  }

  private void noteRelease(String text) {
    if (text.length() > 400 || !text.contains("ainted")) {
      return;
    }
    taintCut = TAINT_CUT.matcher(text).find();
    Matcher taint = TAINT.matcher(text);
    Matcher first = RELEASE_FIRST.matcher(text);
    String release = first.find() ? first.group(1) : taint.find() ? taint.group(1) : null;
    if (release != null) {
      release(release);
    }
  }

  private void release(String release) {
    if (!release.equals(saidRelease)) {
      saidRelease = release;
      findings.kernel(release, null);
    }
  }

  @Override
  public void end() {
    open.values().forEach(this::finish);
    open.clear();
    cut = null;
    taintCut = false;
    saidRelease = null;
  }

  /** Always true, so that it can stand in a condition. */
  private boolean finish(Trace trace) {
    List<String> stack = stackOf(trace);
    boolean concerns =
        TraceFrames.anyOfNamespaces(stack)
            || "cleanup_net".equals(trace.workqueue)
            || (stack.isEmpty() && trace.category == Category.HUNG_TASK)
            || isOfConntrackLoop(trace)
            || (trace.pid != null && owners.contains(trace.pid))
            || ("D".equals(trace.state) && KernelFunctions.worksOnDevice(stack));
    noteLock(trace, stack);
    tellFailure(trace, stack);
    hungOfNamespaces |= trace.category == Category.HUNG_TASK && hasARole(trace, stack);
    boolean stalled = trace.stalled && !trace.waited;
    Category category = trace.waited ? Category.OTHER : trace.category;
    boolean blockedOrHot = "D".equals(trace.state) || stalled;
    if (!concerns || (trace.pid == null && stack.isEmpty())) {
      boolean known = trace.pid != null || !stack.isEmpty();
      Integer pid = trace.pid;
      if (trace.stalled && !trace.waited && pid != null && pid > 0) {
        findings.hog(
            trace.at,
            LogFinding.ofTask(
                trace.category, trace.message, pid, trace.comm, null, trace.blockedForMs, stack));
        trace.lines.forEach(line -> findings.used(trace.format, line));
        return true;
      }
      if (known || trace.category != Category.OTHER) {
        trace.lines.forEach(
            line -> findings.recognised(trace.format, line, "nothing in it concerns namespaces"));
      }
      return true;
    }
    trace.lines.forEach(line -> findings.used(trace.format, line));
    String comm = trace.comm == null ? null : TASK_SUFFIX.matcher(trace.comm).replaceAll("");
    String state = trace.state;
    String inference = null;
    if (state == null && !stack.isEmpty() && trace.calls.wasRunning()) {
      state = "R";
    }
    boolean ofAMoment =
        trace.unexplained && trace.state == null && "R".equals(state) && !trace.calls.isOfProbe();
    if (trace.calls.isUnreliable()) {
      inference = CallTrace.UNRELIABLE;
    }
    if ("cleanup_net".equals(trace.workqueue) && !TraceFrames.has(stack, "cleanup_net")) {
      inference = CUT;
    }
    TaskSighting task =
        TaskSighting.of(trace.pid, comm == null && trace.workqueue != null ? "kworker" : comm)
            .withState(state)
            .withStack(stack.isEmpty() ? null : stack)
            .withBlockedFor(stalled ? null : trace.blockedForMs);
    if (isOfConntrackLoop(trace)) {
      task = task.withCpu(null, CONNTRACK_BLOCKED_MS);
    }
    if (trace.waited && "R".equals(state)) {
      inference = RUNNABLE;
    }
    if (stalled) {
      task = task.withCpu(1.0, trace.blockedForMs != null ? trace.blockedForMs : STALL_MS);
      inference = "a stalled CPU is taken to be used wholly by the task that runs on it";
    }
    boolean died =
        DEADLY.matcher(trace.message).find() && !trace.panicked && !trace.calls.isOfInterrupt();
    if (died) {
      task = task.withState(Task.DEAD);
      inference = DIED;
    }
    // A warning is of a moment: that its task went on so is not to be taken from it.
    boolean goesOn = died || (category != Category.WARNING && !ofAMoment);
    if (goesOn || isOfConntrackLoop(trace)) {
      findings.task(trace.at, inference == null ? task : task.inferring(inference));
    }
    if (category != Category.OTHER || blockedOrHot) {
      findings.log(
          trace.at,
          LogFinding.ofTask(
              category,
              trace.message,
              trace.pid,
              comm,
              died ? Task.DEAD : state,
              stalled && trace.blockedForMs == null ? Long.valueOf(STALL_MS) : trace.blockedForMs,
              stack));
    }
    return true;
  }

  /** A creation that fails for want of memory is another trouble than one that hangs. */
  private void tellFailure(Trace trace, List<String> stack) {
    TextLine failed = outOfMemory;
    int first = trace.lines.isEmpty() ? 0 : trace.lines.get(0);
    if (failed != null
        && first > failed.number()
        && first - failed.number() <= TRACE_WITHIN_LINES
        && TraceFrames.isCreating(stack)) {
      findings.suspicion(
          TaskName.of(trace.pid, trace.comm)
              + " could not create a namespace for want of memory ("
              + failed.stripped()
              + "): such creations fail, and do not hang");
      outOfMemory = null;
    }
  }

  private void noteLock(Trace trace, List<String> stack) {
    boolean locking =
        !stack.isEmpty() && TraceFrames.isLock(TraceFrames.withoutSuffix(stack.get(0)));
    String function = locking ? KernelFunctions.innermost(stack) : null;
    Integer pid = trace.pid;
    boolean hangs = trace.category == Category.HUNG_TASK && hungForLocks.size() < MAX_OPEN;
    if (hangs && pid != null && function != null) {
      hungForLocks.put(pid, function);
    }
  }

  /** Of the loop's warning also without the line of its registers, which names the function. */
  private static List<String> stackOf(Trace trace) {
    List<String> stack = trace.calls.stack();
    return !isOfConntrackLoop(trace) || stack.contains(CONNTRACK_LOOP)
        ? stack
        : Stream.concat(Stream.of(CONNTRACK_LOOP), stack.stream()).toList();
  }

  private static boolean isOfConntrackLoop(Trace trace) {
    return trace.message.startsWith(CONNTRACK_BLOCKED);
  }

  /** Whether a hung task has to do with namespaces, as far as its stack shows; if it shows any. */
  private static boolean hasARole(Trace trace, List<String> stack) {
    int pid = trace.pid == null ? 0 : trace.pid;
    String comm = trace.comm == null ? "" : trace.comm;
    Reading reading =
        StackReader.read(
            Task.of(Task.Origin.LOG, pid, comm, false, "D", null, List.of(stack), null, null, 0));
    return stack.isEmpty()
        || "cleanup_net".equals(trace.workqueue)
        || (reading != null && reading.role() != Role.DEVICE_WORKER);
  }

  private void notePreempted(String text) {
    Matcher reader = PREEMPTED.matcher(text);
    while (reader.find() && preempted.size() < MAX_OPEN) {
      preempted.add(Integer.valueOf(reader.group(1)));
    }
  }

  /** After so long without an interrupt of the timer (watchdog_thresh) a CPU is locked up. */
  private static final long HARD_LOCKUP_MS = 10_000;

  /** The shortest time after which RCU reports a stall by default (rcu_cpu_stall_timeout). */
  private static final long STALL_MS = 21_000;
}
