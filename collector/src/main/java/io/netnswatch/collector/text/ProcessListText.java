package io.netnswatch.collector.text;

import io.netnswatch.collector.netns.NamespaceCommand;
import io.netnswatch.collector.text.Findings.Creation;
import io.netnswatch.schema.NetnsCommand;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code ps} in its usual forms (aux, -ef, -eo …, axl, -eLf), {@code top -b}, {@code htop}, {@code
 * atop} and {@code pidstat}: rows below a head that names their columns; and single rows of {@code
 * ps aux}, {@code ps ax}, {@code ps -ef} and {@code top}, as people quote them. Of command lines
 * only the program's name is kept, and the arguments of ip netns and unshare.
 */
final class ProcessListText implements TextParser {

  /** From here on a kernel thread is worth noting, in CPUs. */
  private static final double BUSY = 0.2;

  private static final int MOST_COLUMNS = 40;

  private static final int MOST_LINES_BELOW = 500;

  private static final Pattern HEAD = Pattern.compile("(?:^|\\s)(?:PID|LWP|SPID|TID)\\s");

  /** Which columns make a head one: a name, or what a task waits in. */
  private static final Pattern NAMING =
      Pattern.compile("\\b(?:U?COMMAND|Command|U?CMD|CMDLINE|U?COMM|WCHAN|ARGS)\\b");

  /** The line below the head of a table. */
  private static final Pattern RULE = Pattern.compile("^[\\s|+:=-]{3,}$");

  /** What {@code ps -o lstart} prints in one column. */
  private static final Pattern LONG_START =
      Pattern.compile("\\b[A-Z][a-z]{2} [A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d \\d{4}\\b");

  /** The same moment in one word. */
  private static final String STARTED = "-";

  /** The closest name first. */
  private static final List<String> PIDS = List.of("LWP", "PID", "TGID");

  /** pidstat's last lines have this where the others have a time. */
  private static final String AVERAGE = "Average:";

  /** {@code ps l} and {@code -l} show no more of what a task waits in. */
  private static final int CUT_WCHAN = 6;

  /** What is worth knowing when it is cut: no other function that tasks wait in begins so. */
  private static final List<String> WCHANS = List.of("copy_net_ns", "cleanup_net", "rtnl_lock");

  /** The end of unregistering devices: of unbound workers only the cleanup gets there. */
  private static final String DEVICE_TODO = "netdev_run_todo";

  /** What it calls, from 5.18 on with {@code _any}. */
  private static final String WITHIN_DEVICE_TODO = "netdev_wait_allrefs";

  private static final String CLEANUP = "cleanup_net";

  /** Behind a worker's name as long as it runs work of that queue (Linux 4.18 and later). */
  private static final String AT_WORK = "+netns";

  private static final String BY_ITS_WAIT =
      "that it runs the namespace cleanup is taken from the function it waits in";

  /** Programs that do one thing and end, and what others fork to create a namespace. */
  private static final Pattern ONE_PURPOSE =
      Pattern.compile(
          "runc(?::.*)?|docker-runc|crun|youki|exe|bwrap|unshare|nsenter|lxc-\\w+|\\(.*\\)|ip|tc|bridge|brctl"
              + "|ethtool|ifconfig|route|modprobe|insmod|rmmod|kmod|conntrack|ip6?tables(?:-\\w+)?|nft");

  /** From that age on a creation is a slow one; a shorter one may be a passing one. */
  private static final long SLOW_MS = 5_000;

  private static final Pattern AUX_ROW =
      Pattern.compile(
          "^\\s*[\\w+.-]{1,32}\\s+(?<pid>\\d{1,9})\\s+(?<cpu>\\d{1,4}(?:\\.\\d)?)\\s+\\d{1,3}(?:\\.\\d)?\\s+\\d+\\s+\\d+\\s+\\S+\\s+(?<state>[RSDTtXZI][<NLsl+]*)\\s+\\S+\\s+(?<time>\\d[\\d:.-]*)\\s+(?<command>\\S.*)$");

  private static final Pattern TOP_ROW =
      Pattern.compile(
          "^\\s*(?<pid>\\d{1,9})\\s+[\\w+.-]{1,32}\\s+(?:rt|-?\\d{1,3})\\s+-?\\d{1,2}\\s+\\S+\\s+\\S+\\s+\\S+\\s+(?<state>[RSDTtXZI])\\s+(?<cpu>\\d{1,4}(?:[.,]\\d)?)\\s+\\d{1,3}(?:[.,]\\d)?\\s+(?<time>\\d[\\d:.,]*)\\s+(?<command>\\S.*)$");

  /** The same with columns left out, as people do: whose, state, CPU, time and name. */
  private static final Pattern TOP_ROW_CUT =
      Pattern.compile(
          "^\\s*(?<pid>\\d{1,9})\\s+[a-z_][\\w+.-]{0,31}\\s+(?<state>[RSDTtXZI])\\s+(?<cpu>\\d{1,4}[.,]\\d)\\s+(?:\\d{1,3}[.,]\\d\\s+)?(?<time>\\d{1,6}:\\d\\d[.,]\\d\\d)\\s+(?<command>\\S.*)$");

  private static final String TERMINAL = "(?:\\?|pts/\\d{1,5}|tty\\w{1,8}|console|hvc\\d|-)";

  /**
   * A row of {@code ps ax} and {@code ps -e}: hardly any words of it tell it from other tables, so
   * only workers are taken, and commands of namespaces that are blocked.
   */
  private static final Pattern AX_ROW =
      Pattern.compile(
          "^\\s*(?<pid>\\d{1,9})\\s+"
              + TERMINAL
              + "\\s+(?<state>[RSDTtXZI][<NLsl+]*)\\s+(?<time>\\d[\\d:-]*:\\d\\d)\\s+(?<command>\\S.*)$(?<cpu>)");

  /** A row of {@code ps -ef}, which has no state: only workers are taken. */
  private static final Pattern EF_ROW =
      Pattern.compile(
          "^\\s*[\\w+.-]{1,32}\\s+(?<pid>\\d{1,9})\\s+\\d{1,9}\\s+(?<cpu>\\d{1,3})\\s+(?:\\d\\d:\\d\\d|[A-Z][a-z]{2}\\d\\d|\\d{4})\\s+"
              + TERMINAL
              + "\\s+(?<time>\\d[\\d:-]*:\\d\\d)\\s+(?<command>\\[kworker\\S.*)$(?<state>)");

  private static final List<Pattern> ROWS = List.of(AUX_ROW, TOP_ROW, TOP_ROW_CUT, AX_ROW, EF_ROW);

  /** The command itself, whose head a filter took off: {@code ps -eo pid,stat,wchan:32,comm}. */
  private static final Pattern PS_COMMAND =
      Pattern.compile(
          "(?:^|[\\s$#>(;|`'\"])ps\\s+(?:-\\w+\\s+)*-?\\w*o\\s+([a-z%][\\w%,:=]{3,200})");

  /**
   * A blocked task in a list without a head, by what it waits in: its state stands first or not.
   */
  private static final Pattern BLOCKED_ROW =
      Pattern.compile(
          "^\\s*(?:[a-z_][\\w+.-]{0,31}\\s+)?(?:(?<id>\\d{1,9})\\s+(?:\\d{1,9}\\s+){0,3}(?<state>D[<NLsl+]*)"
              + "|(?<first>D[<NLsl+]*)\\s+(?<second>\\d{1,9}))\\s+(?:\\S+\\s+){0,3}?"
              + "(?<wchan>copy_net_ns|rtnl_lock\\w*|cleanup_net|netdev_run_todo|netdev_wait_allrefs\\w*"
              + "|default_device_exit_batch|register_pernet_\\w+|unregister_pernet_\\w+)\\s+(?:[\\d:.-]+\\s+){0,3}(?<command>\\S.*)$");

  /**
   * A creation by what it waits in, where only that is listed, as Android's bug reports do; with
   * two numbers it is a probe's event, which passes by ({@code trace -K} of bcc).
   */
  private static final Pattern WAITING_ROW =
      Pattern.compile(
          "^\\s*(\\d{1,9})\\s+(?:D\\s+)?(?!\\d+\\s)(\\S.{0,31}?)\\s+(copy_net_ns)\\s*$");

  private static final Pattern TIME =
      Pattern.compile("(?:(\\d{1,6})-)?(?:(\\d{1,6}):)?(\\d{1,6}):(\\d{1,2})(?:[.,](\\d{1,2}))?");

  private static final Pattern TOP_HEADING =
      Pattern.compile(
          "^(?:top - |Tasks: |Threads: |%?Cpu|[KMG]iB (?:Mem|Swap)|Mem:|Swap:|KiB Mem).*");

  private static final Pattern TREE = Pattern.compile("^[\\s|\\\\_`-]+(?=\\S)");

  /** A column of busybox's top, which gives shares of all CPUs together. */
  private static final String OF_ALL_CPUS = "%VSZ";

  private static final int MOST_SHARES = 256;

  /** A worker of busybox's top. */
  private record Share(
      TextLine line, Integer pid, String command, @Nullable String state, double percent) {}

  /** What {@code ps m} prints for a process where a thread has it, and the other way round. */
  private static final String NOT_HERE = "-";

  private final List<Share> shares = new ArrayList<>();
  private int cpusSeen;
  private final Findings findings;
  private List<String> columns = List.of();
  private Map<String, Integer> at = Map.of();
  private boolean top;

  /** Of the last command that was quoted, and where it stands. */
  private List<String> asked = List.of();

  private int askedAt;

  /** Of the threads that stand below it. */
  private @Nullable String process;

  ProcessListText(Findings findings) {
    this.findings = findings;
  }

  @Override
  public boolean begins(TextLine line) {
    String text = line.text();
    if (text.length() > 1024) {
      return false;
    }
    if (isHead(text)) {
      head(line);
      return true;
    }
    if (text.startsWith("top - ")) {
      top = true;
      findings.used(Format.TOP, line.number());
      return true;
    }
    Matcher command = text.contains("ps ") ? PS_COMMAND.matcher(text) : null;
    if (command != null && command.find()) {
      asked =
          Arrays.stream(command.group(1).split(","))
              .map(it -> it.replaceFirst("[:=].*", ""))
              .toList();
      askedAt = line.number();
      columns(asked);
      findings.used(format(), line.number());
      return true;
    }
    return rowAsAsked(line) || single(line, text);
  }

  /** A row of what was asked for above, with other lines between, as where a loop prints times. */
  private boolean rowAsAsked(TextLine line) {
    if (asked.isEmpty() || line.number() - askedAt > MOST_LINES_BELOW) {
      return false;
    }
    columns(asked);
    if (at.containsKey("S") && row(line)) {
      return true;
    }
    columns = List.of();
    at = Map.of();
    return false;
  }

  private static boolean isHead(String text) {
    return HEAD.matcher(text).find()
        && NAMING.matcher(text).find()
        && !text.contains("PATH")
        && !text.contains("NPROCS")
        && !text.contains("FUNC");
  }

  private void head(TextLine line) {
    shares();
    columns(Arrays.asList(line.stripped().split("\\s+", MOST_COLUMNS)));
    findings.used(format(), line.number());
  }

  private void columns(List<String> heads) {
    Map<String, Integer> places = new HashMap<>();
    for (int i = 0; i < heads.size(); i++) {
      places.putIfAbsent(column(heads.get(i)), i);
    }
    columns = heads;
    at = places;
    top = heads.contains("TIME+");
  }

  private Format format() {
    return top ? Format.TOP : Format.PROCESS_LIST;
  }

  private static String column(String head) {
    return switch (head.toUpperCase(Locale.ROOT)) {
      case "STAT", "STATE" -> "S";
      case "PCPU", "CPU%", "C" -> "%CPU";
      case "TIME+" -> "TIME";
      case "COMM", "CMD", "ARGS", "UCMD", "UCOMM", "COMMAND" -> "COMMAND";
      case "SPID", "TID" -> "LWP";
      case "ETIME" -> "ELAPSED";
      default -> head.toUpperCase(Locale.ROOT);
    };
  }

  @Override
  public boolean goesOn(TextLine line) {
    String text = line.text();
    if (text.isBlank()) {
      return true;
    }
    if (isHead(text)) {
      head(line);
      return true;
    }
    if (!columns.isEmpty() && RULE.matcher(text).matches()) {
      return true;
    }
    if (top && TOP_HEADING.matcher(text).matches()) {
      findings.used(Format.TOP, line.number());
      return true;
    }
    return !columns.isEmpty() && row(line);
  }

  /** What is a share of all CPUs becomes one of a single CPU by the highest that a task ran on. */
  private void shares() {
    for (Share share : shares) {
      Double cpus = ofOneCpu(share.percent() * cpusSeen);
      found(share.line(), share.pid(), share.command(), share.state(), cpus, null, null, null);
    }
    shares.clear();
    cpusSeen = 0;
  }

  private boolean row(TextLine line) {
    List<String> cells = cells(whole(line.stripped()));
    Integer pid = pid(cells);
    String command = cell(cells, "COMMAND");
    String state = cell(cells, "S");
    String wchan = cell(cells, "WCHAN");
    if (NOT_HERE.equals(state)) { // it stands with each of its threads, below
      process = command;
      return pid != null;
    }
    command = NOT_HERE.equals(command) ? process : command;
    if (pid == null || (command == null && state == null) || (state != null && !isState(state))) {
      return false;
    }
    Double cpu = decimal(cpu(cells));
    Integer onCpu = at.containsKey(OF_ALL_CPUS) ? number(cell(cells, "CPU")) : null;
    if (onCpu != null && cpu != null) {
      cpusSeen = Math.max(cpusSeen, onCpu + 1);
      if (command != null && command.startsWith("[kworker") && shares.size() < MOST_SHARES) {
        shares.add(new Share(line, pid, command, state, cpu));
        findings.used(format(), line.number());
        return true;
      }
    }
    Long time = timeMs(cell(cells, "TIME"));
    Long elapsed = elapsedMs(cells);
    found(line, pid, command, state, cpu == null ? null : ofOneCpu(cpu), time, elapsed, wchan);
    return true;
  }

  /** One word a column, as the head has them. */
  private String whole(String row) {
    String text = LONG_START.matcher(row).replaceAll(STARTED);
    boolean halfDays = columns.size() > 1 && columns.get(1).matches("[AP]M");
    return halfDays && text.startsWith(AVERAGE) ? AVERAGE + " -" + text.substring(8) : text;
  }

  /** Of atop's column CPU only a share is one; others list the CPU's number there. */
  private @Nullable String cpu(List<String> cells) {
    String share = cell(cells, "%CPU");
    String other = share == null ? cell(cells, "CPU") : null;
    return other != null && other.endsWith("%") ? other : share;
  }

  private @Nullable Integer pid(List<String> cells) {
    for (String column : PIDS) {
      Integer pid = number(cell(cells, column));
      if (pid != null) {
        return pid;
      }
    }
    return null;
  }

  /** The last column takes the rest of the row; so does COMMAND wherever it stands. */
  private List<String> cells(String row) {
    List<String> all = Arrays.asList(row.split("\\s+", columns.size()));
    Integer command = at.get("COMMAND");
    if (command == null || command == columns.size() - 1) {
      return all;
    }
    List<String> words = Arrays.asList(row.split("\\s+"));
    int extra = words.size() - columns.size();
    if (extra <= 0) {
      return all;
    }
    List<String> cells = new ArrayList<>(words.subList(0, command));
    cells.add(String.join(" ", words.subList(command, command + extra + 1)));
    cells.addAll(words.subList(command + extra + 1, words.size()));
    return cells;
  }

  private @Nullable String cell(List<String> cells, String column) {
    Integer place = at.get(column);
    return place == null || place >= cells.size() ? null : cells.get(place);
  }

  private static boolean isState(String state) {
    return state.length() <= 6 && "RSDTtXZIKWPN".indexOf(state.charAt(0)) >= 0;
  }

  private boolean single(TextLine line, String text) {
    for (Pattern form : ROWS) {
      Matcher row = form.matcher(text);
      if (row.matches() && (form != AX_ROW || isTelling(row))) {
        columns = List.of();
        top = form == TOP_ROW || form == TOP_ROW_CUT;
        Double percent = decimal(row.group("cpu"));
        found(
            line,
            Integer.valueOf(row.group("pid")),
            row.group("command"),
            row.group("state").isEmpty() ? null : row.group("state"),
            percent == null ? null : ofOneCpu(percent),
            timeMs(row.group("time")),
            null,
            null);
        return true;
      }
    }
    Matcher blocked = BLOCKED_ROW.matcher(text);
    if (blocked.matches()) {
      found(
          line,
          Integer.valueOf(either(blocked, "id", "second")),
          blocked.group("command"),
          either(blocked, "state", "first"),
          null,
          null,
          null,
          blocked.group("wchan"));
      return true;
    }
    Matcher waiting = text.contains("copy_net_ns") ? WAITING_ROW.matcher(text) : null;
    if (waiting != null && waiting.matches()) {
      found(
          line,
          Integer.valueOf(waiting.group(1)),
          waiting.group(2),
          "D",
          null,
          null,
          null,
          waiting.group(3));
      return true;
    }
    return false;
  }

  /** Of a row of {@code ps ax}. */
  private static boolean isTelling(Matcher ax) {
    String command = ax.group("command");
    return program(command).startsWith("kworker")
        || (ax.group("state").startsWith("D") && netns(command) != null);
  }

  private static String either(Matcher row, String one, String other) {
    String text = row.group(one);
    return text != null ? text : row.group(other);
  }

  private void found(
      TextLine line,
      Integer pid,
      @Nullable String command,
      @Nullable String stat,
      @Nullable Double cpus,
      @Nullable Long timeMs,
      @Nullable Long elapsedMs,
      @Nullable String wchan) {
    String function = function(wchan);
    boolean locking = function != null && TraceFrames.isLock(function);
    String state = stat != null ? stat.substring(0, 1) : locking ? "D" : null;
    boolean oneThread = at.containsKey("LWP");
    String program = command == null ? null : program(command);
    NamespaceCommand netns = command == null ? null : netns(command);
    boolean kernel = program != null && program.startsWith("kworker");
    Double used = cpus != null && (kernel || oneThread) ? Double.valueOf(Math.min(cpus, 1)) : cpus;
    boolean busy = kernel && used != null && used >= BUSY;
    boolean blocked = "D".equals(state);
    boolean inNamespaces = function != null && TraceFrames.isOfNamespaces(function);
    findings.used(format(), line.number());
    if (!busy && !blocked && !inNamespaces && netns == null && !"R".equals(state)) {
      return;
    }
    TaskSighting task =
        TaskSighting.of(pid, program)
            .withState(state)
            .withCpu(used, busy ? usedMs(used, timeMs, elapsedMs) : null)
            .withWchan(function)
            .withArguments(netns == null ? null : netns.arguments())
            .withBlockedFor(
                blocked && !kernel && isOfOnePurpose(stat, program, netns) ? elapsedMs : null);
    if (blocked && function != null && isCleanup(program, function)) {
      task = task.withStack(cleanup(function)).inferring(BY_ITS_WAIT);
    } else if (task.blockedForMs() != null && !inNamespaces) {
      task = task.inferring("it is taken to have been blocked since it was started");
    }
    findings.task(line.stamp(), task);
    if (netns != null && netns.command() == NetnsCommand.ADD && !task.isCreating()) {
      creation(line, task, netns, elapsedMs);
    }
  }

  /**
   * Whether it was started for what it hangs in, so that its age tells how long it does. That of a
   * service, which has its session or several threads as a rule, says nothing of that.
   */
  private static boolean isOfOnePurpose(
      @Nullable String stat, @Nullable String program, @Nullable NamespaceCommand netns) {
    boolean service = stat != null && (stat.indexOf('s') > 0 || stat.indexOf('l') > 0);
    return netns != null || (!service && program != null && ONE_PURPOSE.matcher(program).matches());
  }

  /**
   * A command that creates a namespace, and hangs: it sleeps where nothing wakes it, or has run for
   * long. Where its state is not listed, or it sleeps as one that waits for its program, its age
   * alone says nothing.
   */
  private void creation(
      TextLine line, TaskSighting task, NamespaceCommand netns, @Nullable Long elapsedMs) {
    boolean slow = elapsedMs != null && elapsedMs >= SLOW_MS;
    if ("D".equals(task.state()) ? elapsedMs == null || slow : "R".equals(task.state()) && slow) {
      findings.creation(
          line.stamp(), new Creation(false, elapsedMs, task.pid(), task.comm(), netns.netnsName()));
    }
  }

  /** A function that is cut at the column's margin, if what it begins is known. */
  private static @Nullable String function(@Nullable String wchan) {
    if (wchan == null || wchan.equals("-") || wchan.equals("0") || wchan.equals("?")) {
      return null;
    }
    return wchan.length() != CUT_WCHAN
        ? wchan
        : WCHANS.stream().filter(it -> it.startsWith(wchan)).findFirst().orElse(wchan);
  }

  /** Of unbound workers only the cleanup of namespaces waits there, or the name says its work. */
  private static boolean isCleanup(@Nullable String program, String function) {
    return program != null
        && program.startsWith("kworker/u")
        && (program.endsWith(AT_WORK)
            || TraceFrames.isOfCleanup(function)
            || isDeviceTodo(function));
  }

  private static boolean isDeviceTodo(String function) {
    return function.equals(DEVICE_TODO)
        || function.equals(DEVICE_TODO.substring(0, CUT_WCHAN))
        || function.startsWith(WITHIN_DEVICE_TODO);
  }

  private static List<String> cleanup(String function) {
    boolean cut = DEVICE_TODO.startsWith(function);
    String whole = cut ? DEVICE_TODO : function;
    return whole.equals(CLEANUP) ? List.of(CLEANUP) : List.of(whole, CLEANUP);
  }

  /** CPU time used; where ps does not list it, its %CPU is that time by the age of the task. */
  private @Nullable Long usedMs(
      @Nullable Double cpus, @Nullable Long timeMs, @Nullable Long elapsedMs) {
    if (timeMs != null || cpus == null || elapsedMs == null || top) {
      return timeMs;
    }
    return Math.round(Math.min(cpus, 1) * elapsedMs);
  }

  private static @Nullable NamespaceCommand netns(String command) {
    return NamespaceCommand.parse(
        Arrays.asList(TREE.matcher(command).replaceFirst("").split("\\s+", 16)));
  }

  /** The name of the program, as /proc/PID/comm has it. */
  private static String program(String command) {
    String bare = TREE.matcher(command).replaceFirst("").strip();
    if (bare.startsWith("[")) {
      int end = bare.indexOf(']');
      return capped(end > 0 ? bare.substring(1, end) : bare.substring(1));
    }
    String first = bare.split("\\s+", 2)[0];
    boolean isKernel = first.startsWith("kworker") || first.startsWith("ksoftirqd");
    return capped(isKernel ? first : first.substring(first.lastIndexOf('/') + 1));
  }

  private static String capped(String name) {
    return name.length() <= 63 ? name : name.substring(0, 63);
  }

  private @Nullable Long elapsedMs(List<String> cells) {
    String seconds = cell(cells, "ELAPSED");
    if (seconds == null) {
      seconds = cell(cells, "ETIMES");
    }
    if (seconds == null) {
      return null;
    }
    return seconds.matches("\\d{1,9}") ? Long.valueOf(seconds) * 1000 : timeMs(seconds);
  }

  /** {@code [[dd-]hh:]mm:ss[.cc]}, in milliseconds. */
  private static @Nullable Long timeMs(@Nullable String text) {
    if (text == null) {
      return null;
    }
    Matcher time = TIME.matcher(text);
    if (!time.matches()) {
      return null;
    }
    long days = time.group(1) == null ? 0 : Long.parseLong(time.group(1));
    long hours = time.group(2) == null ? 0 : Long.parseLong(time.group(2));
    long seconds =
        ((days * 24 + hours) * 60 + Long.parseLong(time.group(3))) * 60
            + Long.parseLong(time.group(4));
    return seconds * 1000;
  }

  private static double ofOneCpu(double percent) {
    return Math.round(percent * 100) / 10_000.0;
  }

  private static @Nullable Integer number(@Nullable String text) {
    return text == null || !text.matches("\\d{1,9}") ? null : Integer.valueOf(text);
  }

  private static @Nullable Double decimal(@Nullable String text) {
    return text == null || !text.matches("\\d{1,5}(?:[.,]\\d{1,3}%?|%)|\\d{1,5}")
        ? null
        : Double.valueOf(text.replace(',', '.').replace("%", ""));
  }

  @Override
  public void end() {
    shares();
    columns = List.of();
    at = Map.of();
    top = false;
    process = null;
  }
}
