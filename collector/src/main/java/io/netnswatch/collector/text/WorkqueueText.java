package io.netnswatch.collector.text;

import io.netnswatch.collector.text.LogFinding.Category;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Dumps of workqueues (kernel/workqueue.c, show_workqueue_state; sysrq-t, and by itself with
 * CONFIG_WQ_WATCHDOG): {@code workqueue netns: flags=…}, {@code pwq N: cpus=…}, {@code in-flight:
 * PID:cleanup_net}, {@code delayed:} or {@code inactive:} the next round, {@code pending:
 * flush_backlog BAR(PID)} a flush that the task in flight waits for.
 */
public final class WorkqueueText implements TextParser {

  private static final Pattern LOCKUP =
      Pattern.compile("BUG: workqueue lockup - pool\\b.* stuck for (\\d{1,7})s!");

  private static final Pattern QUEUE = Pattern.compile("^workqueue (\\S{1,64}): flags=");
  private static final Pattern PWQ = Pattern.compile("^pwq \\d{1,6}: ?(?:cpus=(\\S{1,64}))?.*");

  private static final Pattern WORK =
      Pattern.compile("^(in-flight|pending|delayed|inactive)\\s*: (.{1,2000})$");

  private static final Pattern ITEM =
      Pattern.compile(
          "(?:(\\d{1,9})(\\(RESCUER\\))?:)?([A-Za-z_][\\w.]{0,127})(?: for \\d{1,9}s)?(?:"
              + " BAR\\((\\d{1,9})\\))?");

  private static final Pattern OTHER =
      Pattern.compile("^(?:Showing (?:busy|all) workqueues|pool \\d{1,6}:|Showing backtraces).*");

  /** Of a worker of which a dump shows only what work it does. */
  static final String INFERENCE =
      "it runs cleanup_net, by the workqueue dump; where in it is not shown";

  /** Of a worker of which a dump shows what it waits for, and so where it is. */
  static final String FOLLOWS = "its stack follows from the dump: ";

  private final Findings findings;
  private String queue = "";
  private String cpus = "";
  private @Nullable TextLine lockup;
  private @Nullable Long stuckMs;
  private @Nullable Integer cleanupPid;
  private @Nullable Long cleanupForMs;
  private boolean another;
  private @Nullable Integer barrierOf;
  private String barrierCpus = "";
  private @Nullable LogStamp at;

  /** What it finds goes there. */
  public WorkqueueText(Findings findings) {
    this.findings = findings;
  }

  @Override
  public boolean begins(TextLine line) {
    String text = line.stripped();
    return text.contains("workqueue") && line.kernel() && accept(line, text);
  }

  @Override
  public boolean goesOn(TextLine line) {
    return accept(line, line.stripped());
  }

  private boolean accept(TextLine line, String text) {
    Matcher stuck = LOCKUP.matcher(text);
    if (stuck.find()) {
      stuckMs = Long.parseLong(stuck.group(1)) * 1000;
      lockup = line;
      at = line.stamp();
      findings.used(Format.WORKQUEUES, line.number());
      return true;
    }
    Matcher named = QUEUE.matcher(text);
    if (named.find()) {
      queue = named.group(1);
      at = at == null ? line.stamp() : at;
      note(line);
      return true;
    }
    Matcher pwq = PWQ.matcher(text);
    if (pwq.matches()) {
      cpus = pwq.group(1) == null ? "" : pwq.group(1);
      note(line);
      return true;
    }
    Matcher work = WORK.matcher(text);
    if (work.matches()) {
      items(line, work.group(1), work.group(2));
      return true;
    }
    if (OTHER.matcher(text).matches()) {
      at = at == null ? line.stamp() : at;
      note(line);
      return true;
    }
    return false;
  }

  private void note(TextLine line) {
    findings.used(Format.WORKQUEUES, line.number());
  }

  private void items(TextLine line, String kind, String list) {
    boolean ofUse = false;
    Matcher item = ITEM.matcher(list);
    while (item.find()) {
      String function = item.group(3);
      if (kind.equals("in-flight") && function.equals("cleanup_net") && item.group(1) != null) {
        cleanupPid = Integer.valueOf(item.group(1));
        ofUse = true;
      } else if (kind.equals("in-flight")
          && item.group(1) != null
          && TraceFrames.isOfNamespaces(function)) {
        workOf(line, Integer.valueOf(item.group(1)), function);
        ofUse = true;
      } else if (function.equals("cleanup_net")) {
        another = true;
        ofUse = true;
      } else if (function.equals("flush_backlog") && item.group(4) != null) {
        barrierOf = Integer.valueOf(item.group(4));
        barrierCpus = cpus;
        ofUse = true;
      }
    }
    if (ofUse) {
      findings.used(Format.WORKQUEUES, line.number());
    } else {
      findings.recognised(
          Format.WORKQUEUES, line.number(), "work of " + queue + ", not of namespaces");
    }
  }

  private void workOf(TextLine line, Integer pid, String function) {
    findings.log(
        line.stamp(),
        new LogFinding(
            Category.WORKQUEUE,
            "workqueue " + queue + ": in-flight: " + pid + ":" + function,
            null,
            null,
            pid,
            "kworker",
            null,
            null,
            List.of()));
  }

  @Override
  public void end() {
    LogStamp when = at == null ? LogStamp.NONE : at;
    if (lockup != null) {
      findings.log(when, LogFinding.of(Category.WORKQUEUE, lockup.stripped()));
    }
    Integer pid = cleanupPid;
    if (pid == null && another && stuckMs != null) {
      findings.suspicion(
          "the namespace cleanup is queued, by a workqueue dump, and no worker is at it, while a pool"
              + " of workers has been stuck for "
              + stuckMs / 1000
              + " s: dead namespaces wait to be torn down; that creations wait is not shown");
    }
    if (pid != null) {
      boolean barrier = pid.equals(barrierOf);
      Long forMs = barrier && stuckMs != null ? stuckMs : cleanupForMs;
      findings.log(
          when,
          new LogFinding(
              Category.WORKQUEUE,
              "workqueue netns: in-flight: "
                  + pid
                  + ":cleanup_net"
                  + (another ? ", another round waits behind it" : "")
                  + (barrier
                      ? "; it waits for flush_backlog, pending"
                          + (barrierCpus.isEmpty() ? "" : " on CPU " + barrierCpus)
                      : ""),
              null,
              null,
              pid,
              "kworker",
              null,
              forMs,
              List.of()));
      if (barrier && !barrierCpus.isEmpty()) {
        findings.beside(
            "flush_backlog is pending on CPU "
                + barrierCpus
                + ", by the workqueue dump, and the namespace cleanup (pid "
                + pid
                + ") waits for it: what keeps the workers of that CPU from running holds it up");
      }
      TaskSighting worker = TaskSighting.of(pid, "kworker");
      if (barrier) {
        findings.task(
            when,
            worker
                .withState("D")
                .withStack(
                    List.of(
                        "flush_work",
                        "flush_all_backlogs",
                        "unregister_netdevice_many",
                        "default_device_exit_batch",
                        "ops_exit_list",
                        "cleanup_net",
                        "process_one_work",
                        "worker_thread",
                        "kthread"))
                .withBlockedFor(forMs)
                .inferring(FOLLOWS + "flush_backlog with BAR(" + pid + ") is what it waits for"));
      } else {
        findings.task(when, worker.inferring(INFERENCE));
      }
    }
    queue = "";
    cpus = "";
    lockup = null;
    stuckMs = null;
    cleanupPid = null;
    cleanupForMs = null;
    another = false;
    barrierOf = null;
    barrierCpus = "";
    at = null;
  }
}
