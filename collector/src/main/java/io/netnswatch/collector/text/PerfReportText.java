package io.netnswatch.collector.text;

import io.netnswatch.collector.perf.PerfProfile;
import io.netnswatch.collector.perf.SampleCounts;
import io.netnswatch.collector.text.Findings.Measure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code perf report --stdio}, with children and without, with call graphs and without, and {@code
 * perf top --stdio}. Shares are turned into samples of a slice. Where the children's shares say
 * that all of a task's time is spent below a function, that function is put on every path of it.
 */
final class PerfReportText implements TextParser {

  private static final Pattern ROW =
      Pattern.compile(
          "^\\s*(\\d{1,3}[.,]\\d{1,2})%(?:\\s+(\\d{1,3}[.,]\\d{1,2})%)?(?:\\s+\\d{1,12})?(?:\\s+(\\S.{0,40}?))??(?:\\s+(\\[?[^\\s\\[\\]]\\S{0,100}?\\]?))?\\s+\\[([k.gGuHh!])\\]\\s+([^\\s]{1,256}).*$");

  private static final Pattern SAMPLES =
      Pattern.compile(
          "^#? ?Samples: (\\d{1,9}(?:\\.\\d+)?)([KMG]?)\\s+of (?:events? |anon group"
              + " )'?([^',]{1,64})'?(?:,.*?(\\d{1,6}) Hz)?.*");

  private static final Pattern LOST = Pattern.compile("^# Total Lost Samples: (\\d{1,12})$");

  private static final Pattern TOP_HEAD =
      Pattern.compile(
          "^PerfTop:\\s+\\d+ irqs/sec.*?(?:\\[(\\d{1,6})Hz (\\S+?)\\])?,?\\s*\\(all, (\\d{1,5})"
              + " CPUs?\\).*");

  /** Its own, not what somebody asked for next, behind root's prompt. */
  private static final Pattern COMMENT =
      Pattern.compile(
          "^#(?! (?:cat|grep|head|tail|ps|echo|for|top|uname|dmesg)\\b).*|^-{20,}$|^\\.{4,}.*");

  private static final Pattern GRAPH =
      Pattern.compile(
          "^[\\s|]*(?:-{1,3}|--\\d{1,3}\\.\\d{1,2}%--)?([A-Za-z_$][\\w.$]{1,255})?[\\s|]*$");

  private static final Pattern BRANCH =
      Pattern.compile("^([\\s|]*)--(\\d{1,3}\\.\\d{1,2})%--([A-Za-z_$][\\w.$]{1,255})");

  /** {@code -g folded}: a call path in a line of its own. */
  private static final Pattern FOLDED =
      Pattern.compile("^\\d{1,3}\\.\\d{1,2}% (\\w\\S{0,4000};\\S+)$");

  /** {@code --hierarchy}: a task, or an object, alone above its rows. */
  private static final Pattern LEVEL =
      Pattern.compile("^\\d{1,3}\\.\\d{1,2}%\\s{2,}(\\[?[\\w/:+.-]{1,63}\\]?)$");

  /** What the kernel's functions are in; sorted otherwise, a report names the task there. */
  private static final Pattern KERNEL_OBJECT =
      Pattern.compile("\\[.*|.*(?:vmlinux|kernel|kallsyms|kcore|\\.ko(?:\\.\\w+)?$).*");

  /** The same on the screens of perf, whose marks open and close it. */
  private static final Pattern SCREEN_BRANCH =
      Pattern.compile(
          "^(\\s*)[-+]?\\s+(\\d{1,3}\\.\\d{1,2})%\\s+([A-Za-z_$][\\w.$]{1,255})\\W{0,8}$");

  private static final Pattern PID_AND_COMM =
      Pattern.compile("^(?:(\\d{1,9}):(\\S.*)|(\\S.*?):(\\d{1,9}))$");

  private static final List<String> OUTERMOST =
      List.of(
          "ops_exit_list",
          "ops_undo_list",
          "cleanup_net",
          "process_one_work",
          "process_scheduled_works",
          "worker_thread",
          "kthread",
          "ret_from_fork",
          "ret_from_fork_asm");

  /** Of a task's time that a function must be below to stand on all its paths. */
  private static final double NEARLY_ALL = 0.8;

  private static final long SAMPLES_IF_NOT_SAID = 10_000;
  private static final int MAX_ROWS = 2_000;
  private static final String NO_TASK = "";
  private static final String UNKNOWN_OBJECT = "[unknown]";
  private static final String CLEANUP = "cleanup_net";

  private final Findings findings;
  private final List<Row> rows = new ArrayList<>();
  private @Nullable Row row;
  private final Set<Integer> branches = new LinkedHashSet<>();
  private boolean skipping;
  private String taskAbove = NO_TASK;
  private boolean begun;
  private boolean top;
  private long samples = SAMPLES_IF_NOT_SAID;
  private @Nullable String event;
  private @Nullable Integer cpus;
  private @Nullable Double frequencyHz;
  private LogStamp at = LogStamp.NONE;

  private static final class Row {
    final double share;
    final @Nullable Double self;
    final String comm;
    final @Nullable Integer pid;
    final String object;
    final boolean kernel;
    final String symbol;
    final List<String> graph = new ArrayList<>();

    /** So much of the graph is common to nearly all of its time; all of it where none forks off. */
    int trunk = Integer.MAX_VALUE;

    Row(
        double share,
        @Nullable Double self,
        String comm,
        @Nullable Integer pid,
        String object,
        boolean kernel,
        String symbol) {
      this.share = share;
      this.self = self;
      this.comm = comm;
      this.pid = pid;
      this.object = object;
      this.kernel = kernel;
      this.symbol = symbol;
    }

    List<String> trunk() {
      return graph.subList(0, Math.min(trunk, graph.size()));
    }

    double ownShare() {
      return self != null ? self : share;
    }
  }

  PerfReportText(Findings findings) {
    this.findings = findings;
  }

  @Override
  public boolean begins(TextLine line) {
    String text = line.stripped();
    if (text.length() > 1024) {
      return false;
    }
    if (heading(text) || row(text)) {
      begun = true;
      at = line.stamp();
      note(line);
      return true;
    }
    return false;
  }

  private void note(TextLine line) {
    findings.used(top ? Format.PERF_TOP : Format.PERF_REPORT, line.number());
  }

  private boolean heading(String text) {
    Matcher said = SAMPLES.matcher(text);
    if (said.matches()) {
      double number = Double.parseDouble(said.group(1));
      samples =
          Math.max(
              1,
              Math.round(
                  number
                      * switch (said.group(2)) {
                        case "K" -> 1e3;
                        case "M" -> 1e6;
                        case "G" -> 1e9;
                        default -> 1;
                      }));
      event = said.group(3);
      frequencyHz = said.group(4) == null ? null : Double.valueOf(said.group(4));
      return true;
    }
    Matcher topHead = TOP_HEAD.matcher(text);
    if (topHead.matches()) {
      flush(); // each picture says all anew
      top = true;
      event = topHead.group(2);
      cpus = Integer.valueOf(topHead.group(3));
      return true;
    }
    return LOST.matcher(text).matches()
        || text.startsWith("# Overhead ")
        || text.startsWith("# Children ");
  }

  @Override
  public boolean goesOn(TextLine line) {
    String text = line.stripped();
    if (text.isEmpty()) {
      return true;
    }
    if (text.length() > 1024) {
      return false;
    }
    if (heading(text) || row(text)) {
      note(line);
      return true;
    }
    if (folded(text) || level(text)) {
      note(line);
      return true;
    }
    if (row != null && graph(line.text())) {
      note(line);
      return true;
    }
    if (COMMENT.matcher(text).matches()) {
      return true;
    }
    return false;
  }

  private boolean row(String text) {
    if (text.indexOf('%') < 0) {
      return false;
    }
    Matcher found = ROW.matcher(text);
    if (!found.matches()) {
      return false;
    }
    if (rows.size() >= MAX_ROWS) {
      row = null;
      return true;
    }
    boolean kernel = found.group(5).equals("k");
    String task = found.group(3) == null ? taskAbove : found.group(3).strip();
    String object = found.group(4) == null ? UNKNOWN_OBJECT : found.group(4);
    if (task.isEmpty() && kernel && !KERNEL_OBJECT.matcher(object).matches()) {
      task = object;
      object = UNKNOWN_OBJECT;
    }
    Integer pid = null;
    Matcher both = PID_AND_COMM.matcher(task);
    if (both.matches() && !task.startsWith("kworker/")) {
      pid = Integer.valueOf(both.group(1) != null ? both.group(1) : both.group(4));
      task = both.group(1) != null ? both.group(2).strip() : both.group(3);
    } else if (task.matches("kworker/\\S+:\\d+[A-Z]?:\\d{1,9}")) {
      pid = Integer.valueOf(task.substring(task.lastIndexOf(':') + 1));
      task = task.substring(0, task.lastIndexOf(':'));
    }
    Double second = found.group(2) == null ? null : percent(found.group(2));
    Row read = new Row(percent(found.group(1)), second, task, pid, object, kernel, found.group(6));
    row = read;
    rows.add(read);
    branches.clear();
    skipping = false;
    return true;
  }

  private boolean folded(String text) {
    Matcher path = row == null ? null : FOLDED.matcher(text);
    if (path == null || !path.matches()) {
      return false;
    }
    if (row != null && row.graph.isEmpty()) {
      Arrays.stream(path.group(1).split(";")).limit(CallTrace.MAX_FRAMES).forEach(row.graph::add);
    }
    return true;
  }

  private boolean level(String text) {
    Matcher level = LEVEL.matcher(text);
    if (!level.matches()) {
      return false;
    }
    if (!level.group(1).startsWith("[")) {
      taskAbove = level.group(1);
    }
    return true;
  }

  private static double percent(String text) {
    return Double.parseDouble(text.replace(',', '.')) / 100;
  }

  /** Of a graph the first branch of each fork is taken, which is the largest. */
  private boolean graph(String text) {
    Row of = row;
    if (of == null) {
      return false;
    }
    Matcher drawn = BRANCH.matcher(text);
    Matcher branch = drawn.find() ? drawn : SCREEN_BRANCH.matcher(text);
    if (branch == drawn || branch.find()) {
      if (percent(branch.group(2)) < NEARLY_ALL * of.share) {
        of.trunk = Math.min(of.trunk, of.graph.size());
      }
      int depth = branch.end(1);
      if (!branches.add(depth / 4)) {
        skipping = true;
      }
      if (!skipping && of.graph.size() < CallTrace.MAX_FRAMES) {
        of.graph.add(branch.group(3));
      }
      return true;
    }
    Matcher line = GRAPH.matcher(text);
    if (!line.matches()) {
      return false;
    }
    if (line.group(1) != null && !skipping && of.graph.size() < CallTrace.MAX_FRAMES) {
      of.graph.add(line.group(1));
    }
    return true;
  }

  @Override
  public void end() {
    flush();
    begun = false;
    taskAbove = NO_TASK;
    top = false;
    samples = SAMPLES_IF_NOT_SAID;
    event = null;
    cpus = null;
    frequencyHz = null;
    at = LogStamp.NONE;
  }

  private void flush() {
    if (!begun || rows.isEmpty()) {
      rows.clear();
      row = null;
      return;
    }
    Map<String, List<Row>> byTask = new LinkedHashMap<>();
    for (Row each : rows) {
      byTask.computeIfAbsent(each.comm + "\0" + each.pid, it -> new ArrayList<>()).add(each);
    }
    SampleCounts counts = new SampleCounts();
    byTask.values().forEach(task -> add(counts, task));
    PerfProfile profile = counts.profile(event);
    if (profile.sampleCount() > 0) {
      // Shares are of all samples, of which a list that was cut shows some.
      findings.profile(at, profile.ofSamples(samples), new Measure(null, frequencyHz, cpus, false));
    }
    rows.clear();
    row = null;
  }

  private void add(SampleCounts counts, List<Row> task) {
    boolean children = task.stream().anyMatch(it -> it.self != null);
    List<String> common = children ? commonPath(task) : List.of();
    String name = task.get(0).comm;
    if (name.equals(NO_TASK)) {
      name = task.stream().anyMatch(PerfReportText::isCleanup) ? "kworker" : "?";
    }
    boolean worker = name.startsWith("kworker");
    Integer said = task.get(0).pid;
    int pid = name.equals("swapper") ? 0 : said != null ? said : -1;
    for (Row each : task) {
      long number = Math.round(each.ownShare() * samples);
      if (number <= 0) {
        continue;
      }
      List<String> path = path(each, common);
      String comm = each.comm.equals(NO_TASK) && !(worker && isOwn(each)) ? "?" : name;
      counts.add(
          comm,
          comm.equals("?") ? -2 : pid,
          path,
          each.kernel
              ? "[kernel.kallsyms]"
              : each.object.startsWith("[") ? each.object : "/" + each.object,
          worker && path.size() > 1 ? "ret_from_fork" : path.get(path.size() - 1),
          number);
    }
    addBelowCleanup(counts, task, name, pid, common);
  }

  /** Of a list that was cut, what is spent below the cleanup in functions that it does not show. */
  private void addBelowCleanup(
      SampleCounts counts, List<Row> task, String name, int pid, List<String> common) {
    double below = 0;
    double shown = 0;
    for (Row each : task) {
      boolean ofCleanup = each.symbol.equals(CLEANUP) || each.trunk().contains(CLEANUP);
      below = each.self != null && ofCleanup ? Math.max(below, each.share) : below;
      boolean ofWorker = each.kernel && (!task.get(0).comm.equals(NO_TASK) || isOwn(each));
      shown += ofWorker ? each.ownShare() : 0;
    }
    long number = Math.round((below - shown) * samples);
    int cleanup = common.indexOf(CLEANUP);
    if (number > 0 && cleanup >= 0) {
      List<String> path = common.subList(0, Math.min(common.size(), SampleCounts.MAX_FRAMES));
      counts.add(name, pid, path, "[kernel.kallsyms]", "ret_from_fork", number);
    }
  }

  private static boolean isOwn(Row row) {
    return isCleanup(row) || isLock(row);
  }

  private static boolean isCleanup(Row row) {
    return row.kernel && TraceFrames.isOfNamespaces(row.symbol);
  }

  private static boolean isLock(Row row) {
    return row.kernel && row.symbol.startsWith("_raw_spin_lock");
  }

  private static List<String> path(Row row, List<String> common) {
    List<String> path = new ArrayList<>();
    path.add(SampleCounts.capped(row.symbol));
    List<String> callers = common;
    if (common.isEmpty() && row.graph.size() > 1) {
      List<String> graph = row.graph;
      boolean callersFirst =
          OUTERMOST.contains(graph.get(0)) && !OUTERMOST.contains(graph.get(graph.size() - 1));
      callers = callersFirst ? reversed(graph) : graph;
    }
    callers.stream().filter(it -> !path.contains(it)).forEach(path::add);
    return path.subList(0, Math.min(path.size(), SampleCounts.MAX_FRAMES));
  }

  private static List<String> reversed(List<String> list) {
    List<String> other = new ArrayList<>(list);
    Collections.reverse(other);
    return other;
  }

  /** Functions that nearly all of a task's time is spent below, innermost first. */
  private static List<String> commonPath(List<Row> task) {
    double most = task.stream().mapToDouble(row -> row.share).max().orElse(0);
    Map<String, Double> shares = new HashMap<>();
    for (Row row : task) {
      if (row.kernel
          && row.self != null
          && row.share >= NEARLY_ALL * most
          && row.share > row.self) {
        shares.merge(row.symbol, row.share, Math::max);
      }
    }
    List<String> inner =
        shares.keySet().stream()
            .filter(it -> !OUTERMOST.contains(it))
            .sorted(Comparator.comparing(shares::get))
            .toList();
    List<String> path = new ArrayList<>(inner);
    List<String> trunk = shares.containsKey(CLEANUP) ? List.of() : trunk(task, NEARLY_ALL * most);
    path.removeAll(trunk);
    path.addAll(trunk);
    OUTERMOST.stream()
        .filter(shares::containsKey)
        .filter(it -> !trunk.contains(it))
        .forEach(path::add);
    return path;
  }

  /** What the graphs say of the way from the cleanup to nearly all of a task's time. */
  private static List<String> trunk(List<Row> task, double atLeast) {
    List<String> longest = List.of();
    for (Row row : task) {
      List<String> trunk = row.trunk();
      if (row.share >= atLeast && trunk.size() > longest.size() && trunk.contains(CLEANUP)) {
        longest = OUTERMOST.contains(trunk.get(0)) ? reversed(trunk) : trunk;
      }
    }
    return longest;
  }
}
