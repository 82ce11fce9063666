package io.netnswatch.collector.text;

import static java.util.stream.Collectors.joining;

import io.netnswatch.detection.cause.KernelFunctions;
import io.netnswatch.detection.cause.StackReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Lockdep's list behind reports of hung tasks (kernel/locking/lockdep.c): {@code Showing all locks
 * held in the system}, {@code 2 locks held by ip/504:} and for each lock where it was taken, the
 * outermost first. The functions stand for the stack of a task that shows none; the last lock may
 * be one that is only waited for, those before it are held. Lists of one task, as lockdep's
 * warnings have them, are of a moment and not read; nor are those behind hung tasks that have
 * nothing to do with namespaces, unless one of them waits for a lock whose holder has.
 */
final class LockListText implements TextParser {

  private static final String HEAD = "Showing all locks held in the system";

  private static final Pattern TASK =
      Pattern.compile("^(?:no|\\d{1,3}) locks? held by (\\S.{0,63}?)/(\\d{1,9}):?$");

  private static final Pattern LOCK =
      Pattern.compile(
          "^#(\\d{1,3}): ([0-9a-f]{8,16} | )\\(([^{]{1,128})\\)\\{[^}]*\\}(?:-\\{[^}]*\\})?, at:"
              + " (?:\\[<[0-9a-f]{8,16}>\\] )?([A-Za-z_$][\\w.$]{1,255})(\\+0x)?.*$");

  /** What a mail's margin, or a console that lines of others get into, leaves of a lock. */
  private static final Pattern CUT_OFF =
      Pattern.compile("^#\\d{1,3}:(?!.{0,400} at: \\S).{0,400}$");

  private static final int MOST_PARTS = 8;

  /** The place in the sources that goes on below it. */
  private static final Pattern SOURCE =
      Pattern.compile("^[\\w./-]{1,200}\\.[chS]:\\d{1,6}(?: \\[inline\\])?$");

  /** Of a task of which nothing else shows more. */
  static final String INFERENCE = "its stack follows from the locks that it holds or waits for";

  private static final String PERNET_LOCK = "pernet_ops_rwsem";

  private static final String RTNL = "rtnl_mutex";

  private static final String OF_OTHERS =
      "the tasks that hang have nothing to do with namespaces, and the list is of a moment";

  private static final String ALONE = "a list of a moment, without a report of a task that hangs";

  private static final int MAX_TASKS = 4_096;

  private static final int MOST_CANDIDATES = 8;

  private static final Set<String> OF_CONCERN =
      Set.of(PERNET_LOCK, "net_mutex", RTNL, "net_cleanup_work");

  /**
   * All locks of a task, by their address or, where that is not shown, their name.
   *
   * @param held those it has for sure
   * @param last the one it may only wait for
   * @param function where it takes that one
   * @param concerns whether one of them is of concern for namespaces
   */
  private record Locks(int pid, Set<String> held, String last, String function, boolean concerns) {}

  /** A task of a list: the functions that took its locks, and the last lock. */
  private record Holder(
      LogStamp at,
      int pid,
      @Nullable String comm,
      List<String> functions,
      String lastLock,
      boolean hasPernetLock,
      boolean hasRtnl) {

    /** Whether it takes the lock of the namespaces as a writer, or has it so. */
    boolean isWriter() {
      return functions.stream().anyMatch(KernelFunctions::registersPernet);
    }

    /** Whether it works on namespaces, whatever lock it is in. */
    boolean isOfNamespaces() {
      return isWriter() || functions.contains("cleanup_net") || functions.contains("copy_net_ns");
    }

    /** Whether it is the cleanup, and has the lock of the namespaces or waits for it. */
    boolean isCleanup() {
      return lastLock.equals(PERNET_LOCK) && functions.get(0).equals("cleanup_net");
    }

    /** Whether all that is seen of it is that a creation reads under the lock, or wants to. */
    boolean isReader() {
      return lastLock.equals(PERNET_LOCK) && functions.equals(List.of("copy_net_ns"));
    }
  }

  private final Findings findings;
  private final List<Holder> holders = new ArrayList<>();
  private final List<Locks> all = new ArrayList<>();
  private final Set<String> keys = new LinkedHashSet<>();
  private final List<String> functions = new ArrayList<>();
  private final List<Integer> lines = new ArrayList<>();
  private String lastLock = "";
  private int pernet = -1;
  private int rtnl = -1;
  private boolean ofNamespaces;
  private boolean ofAMoment;
  private Map<Integer, String> hung = Map.of();
  private String lastKey = "";
  private @Nullable String cut;
  private int parts;
  private @Nullable String comm;
  private @Nullable Integer pid;
  private int lock = -1;
  private boolean concerns;
  private LogStamp at = LogStamp.NONE;

  LockListText(Findings findings) {
    this.findings = findings;
  }

  @Override
  public boolean begins(TextLine line) {
    boolean head = line.kernel() && line.text().contains(HEAD);
    if (head) {
      lines.add(line.number());
    }
    return head;
  }

  /**
   * Tells of the hung tasks that the list stands behind.
   *
   * @param of whether one of them has to do with namespaces, or with the locks they need
   * @param waiting those that wait for a lock, by their pids: the function that takes it
   */
  void behindHungTasks(boolean of, Map<Integer, String> waiting) {
    ofNamespaces = of;
    hung = Map.copyOf(waiting);
  }

  /** Whether no task was reported to hang, and nobody asked: why it was printed is not shown. */
  void ofAMoment(boolean alone) {
    ofAMoment = alone;
  }

  @Override
  public boolean goesOn(TextLine line) {
    if (task(line)) {
      cut = null;
      return true;
    }
    String stripped = line.stripped();
    boolean whole = cut == null || stripped.startsWith("#");
    String text = whole ? stripped : joined(cut + " " + stripped);
    parts = whole ? 1 : parts + 1;
    cut = null;
    Matcher held = LOCK.matcher(text);
    if (pid == null || !held.matches()) {
      cut = pid != null && parts < MOST_PARTS && CUT_OFF.matcher(text).matches() ? text : null;
      return text.isEmpty() || cut != null || SOURCE.matcher(text).matches();
    }
    int number = Integer.parseInt(held.group(1));
    if (number == lock && !functions.isEmpty()) {
      functions.remove(functions.size() - 1); // inlined into the one that comes now
    }
    lock = number;
    lastLock = held.group(3);
    lastKey = held.group(2).isBlank() ? lastLock : held.group(2).strip();
    keys.add(lastKey);
    concerns |= OF_CONCERN.contains(lastLock);
    if (lastLock.equals(PERNET_LOCK)) {
      pernet = functions.size();
    } else if (lastLock.equals(RTNL)) {
      rtnl = functions.size();
    }
    functions.add(held.group(4));
    lines.add(line.number());
    return true;
  }

  /** A lock's parts without the blanks that are at its breaks. */
  private static String joined(String parts) {
    return parts.replaceAll("\\( +", "(").replaceAll(" +(?=[){])", "");
  }

  private boolean task(TextLine line) {
    Matcher task = TASK.matcher(line.stripped());
    if (!task.matches()) {
      return false;
    }
    flush();
    comm = task.group(1);
    pid = Integer.valueOf(task.group(2));
    at = line.stamp();
    lines.add(line.number());
    return true;
  }

  private void flush() {
    Integer id = pid;
    if (id != null && !functions.isEmpty() && all.size() < MAX_TASKS) {
      Set<String> held = new HashSet<>(keys);
      held.remove(lastKey);
      all.add(new Locks(id, held, lastKey, functions.get(functions.size() - 1), concerns));
    }
    if (concerns && id != null && holders.size() < MAX_TASKS) {
      List<String> innermostFirst = new ArrayList<>();
      for (int i = 0; i < functions.size(); i++) {
        innermostFirst.add(0, functions.get(i));
        if (i == rtnl && has(rtnl)) {
          innermostFirst.add(0, StackReader.HOLDS_RTNL);
        }
      }
      holders.add(new Holder(at, id, comm, innermostFirst, lastLock, has(pernet), has(rtnl)));
    }
    functions.clear();
    keys.clear();
    lastKey = "";
    pid = null;
    comm = null;
    lock = -1;
    pernet = -1;
    rtnl = -1;
    lastLock = "";
    concerns = false;
    at = LogStamp.NONE;
  }

  /**
   * Readers don't wait for each other: without a writer in the list, a creation that has taken the
   * lock of the namespaces is somewhere behind it, and may well be getting on.
   */
  @Override
  public void end() {
    flush();
    if (ofAMoment) {
      lines.forEach(line -> findings.recognised(Format.LOCKS, line, ALONE));
      suspectWaiters();
      holders.clear();
    } else if (ofNamespaces || leadsToNamespaces()) {
      lines.forEach(line -> findings.used(Format.LOCKS, line));
    } else {
      lines.forEach(line -> findings.recognised(Format.LOCKS, line, OF_OTHERS));
      holders.clear();
    }
    lines.clear();
    all.clear();
    tellCandidates();
    boolean writer = holders.stream().anyMatch(Holder::isWriter);
    boolean held = holders.stream().anyMatch(it -> it.hasPernetLock() && !it.isWriter());
    for (Holder holder : holders) {
      if (writer || !holder.isReader()) {
        findings.task(
            holder.at(),
            TaskSighting.of(holder.pid(), holder.comm())
                .withStack(stack(holder, writer && !held))
                .inferring(INFERENCE));
      }
    }
    holders.clear();
  }

  /** Whether a hung task waits for a lock that somebody has who is in or behind namespaces. */
  private boolean leadsToNamespaces() {
    return all.stream()
        .filter(task -> task.function().equals(hung.get(task.pid())))
        .map(Locks::last)
        .anyMatch(
            wanted -> all.stream().anyMatch(it -> it.concerns() && it.held().contains(wanted)));
  }

  /** Creations in a list alone are worth a look, and no more. */
  private void suspectWaiters() {
    if (holders.stream().anyMatch(it -> it.functions().contains("copy_net_ns"))) {
      findings.suspicion(
          "a list of locks, with no report of a task that hangs, shows a creation behind locks that"
              + " others take, too ("
              + holders.stream()
                  .limit(MOST_CANDIDATES)
                  .map(
                      it ->
                          TaskName.of(it.pid(), it.comm())
                              + " in "
                              + it.functions().get(0)
                              + ": "
                              + it.lastLock())
                  .collect(joining(", "))
              + "): it is of a moment, and does not show whether they get on");
    }
  }

  /** Of those whose last lock is rtnl one has it where nobody else does, and the others wait. */
  private void tellCandidates() {
    List<Holder> candidates =
        holders.stream()
            .filter(it -> it.lastLock().equals(RTNL))
            .sorted(Comparator.comparing(Holder::isOfNamespaces))
            .toList();
    if (candidates.size() < 2 || holders.stream().anyMatch(Holder::hasRtnl)) {
      return;
    }
    findings.beside(
        "one of these holds rtnl_mutex and the others wait for it, which a list of locks does not"
            + " tell apart: "
            + candidates.stream()
                .limit(MOST_CANDIDATES)
                .map(it -> TaskName.of(it.pid(), it.comm()) + " in " + it.functions().get(0))
                .collect(joining(", "))
            + (candidates.size() > MOST_CANDIDATES ? ", …" : ""));
  }

  /** Whether a lock is held for sure: others were taken after it. */
  private boolean has(int index) {
    return index >= 0 && index < functions.size() - 1;
  }

  /**
   * Which of its two locks somebody waits for who may wait for either is what the list says. Where
   * a writer waits for the lock of the namespaces, and nobody else has it, the cleanup does. The
   * barrier that stands above cleanup_net, as handlers take no locks, is not the one at its end,
   * which waits with that lock given back.
   */
  private static List<String> stack(Holder holder, boolean onlyCleanup) {
    List<String> stack = new ArrayList<>(holder.functions());
    String function = stack.get(0);
    int cleanup = stack.indexOf("cleanup_net");
    if (holder.hasPernetLock() && cleanup > 0 && stack.get(cleanup - 1).equals("rcu_barrier")) {
      stack.add(cleanup, StackReader.HOLDS_PERNET);
    } else if (onlyCleanup && holder.isCleanup()) {
      stack.add(0, StackReader.HOLDS_PERNET);
    } else if (KernelFunctions.registersPernet(function)
        && !KernelFunctions.tellsItsLock(function)) {
      stack.add(0, holder.lastLock().equals(PERNET_LOCK) ? "down_write" : "mutex_lock");
    }
    return List.copyOf(stack);
  }
}
