package io.netnswatch.collector.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Lockdep's list behind reports of hung tasks (kernel/locking/lockdep.c): {@code Showing all locks
 * held in the system}, {@code 2 locks held by ip/504:} and for each lock where it was taken, the
 * outermost first. The functions stand for the stack; the last lock may be one that is only waited
 * for. Lists of one task, as lockdep's warnings have them, are of a moment and not read.
 */
final class LockListText implements TextParser {

  private static final String HEAD = "Showing all locks held in the system";

  private static final Pattern TASK =
      Pattern.compile("^(?:no|\\d{1,3}) locks? held by (\\S.{0,63}?)/(\\d{1,9}):?$");

  private static final Pattern LOCK =
      Pattern.compile(
          "^#(\\d{1,3}): [0-9a-f]{8,16} \\(([^{]{1,128})\\)\\{[^}]*\\}(?:-\\{[^}]*\\})?, at:"
              + " ([A-Za-z_$][\\w.$]{1,255})(\\+0x)?.*$");

  private static final Set<String> OF_CONCERN =
      Set.of("pernet_ops_rwsem", "net_mutex", "rtnl_mutex", "net_cleanup_work");

  private final Findings findings;
  private final List<String> functions = new ArrayList<>();
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
      findings.used(Format.LOCKS, line.number());
    }
    return head;
  }

  @Override
  public boolean goesOn(TextLine line) {
    String text = line.stripped();
    if (task(line)) {
      return true;
    }
    Matcher held = LOCK.matcher(text);
    if (pid == null || !held.matches()) {
      return text.isEmpty();
    }
    int number = Integer.parseInt(held.group(1));
    if (number == lock && !functions.isEmpty()) {
      functions.remove(functions.size() - 1); // inlined into the one that comes now
    }
    lock = number;
    concerns |= OF_CONCERN.contains(held.group(2));
    functions.add(held.group(3));
    findings.used(Format.LOCKS, line.number());
    return true;
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
    findings.used(Format.LOCKS, line.number());
    return true;
  }

  private void flush() {
    if (concerns && pid != null) {
      List<String> innermostFirst = new ArrayList<>();
      for (String function : functions) {
        innermostFirst.add(0, function);
      }
      findings.task(
          at,
          TaskSighting.of(pid, comm)
              .withStack(innermostFirst)
              .inferring("its stack follows from the locks that it holds or waits for"));
    }
    functions.clear();
    pid = null;
    comm = null;
    lock = -1;
    concerns = false;
    at = LogStamp.NONE;
  }

  @Override
  public void end() {
    flush();
  }
}
