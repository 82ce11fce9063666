package io.netnswatch.collector.text;

import io.netnswatch.detection.cause.Reading;
import io.netnswatch.detection.cause.Role;
import io.netnswatch.detection.cause.StackReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who holds the lock that a hung task waits for, by the kernel's own guess, from 6.16 on
 * (CONFIG_DETECT_HUNG_TASK_BLOCKER of kernel/hung_task.c).
 *
 * @param waiter the hung task
 * @param waiterComm its name
 * @param lock the kind of lock, such as mutex
 * @param owner who holds it
 * @param ownerComm its name
 */
record LikelyOwner(int waiter, String waiterComm, String lock, int owner, String ownerComm) {

  private static final Pattern REPORT =
      Pattern.compile(
          "INFO: task (\\S.{0,63}?):(\\d{1,9}) (?:<\\w+> )?(?:is )?blocked on an? ([\\w-]+)(?:"
              + " \\S+)?,? ?likely (?:last )?(?:owned|held) by task (\\S.{0,63}?):(\\d{1,9})(?![:\\d])");

  /** Where nobody sleeps who holds rtnl: for a child, a clock or what others send. */
  private static final Set<String> WITHOUT_RTNL =
      Set.of(
          "do_wait",
          "kernel_wait4",
          "futex_wait",
          "futex_wait_queue",
          "futex_wait_queue_me",
          "ep_poll",
          "do_epoll_wait",
          "do_sys_poll",
          "do_select",
          "pipe_read",
          "n_tty_read",
          "hrtimer_nanosleep",
          "do_sigtimedwait");

  /** Null if the message is no such report. */
  static @Nullable LikelyOwner of(String message) {
    Matcher report = REPORT.matcher(message);
    return report.find()
        ? new LikelyOwner(
            Integer.parseInt(report.group(2)),
            report.group(1),
            report.group(3),
            Integer.parseInt(report.group(5)),
            report.group(4))
        : null;
  }

  /** The message from where the report begins. */
  static String trimmed(String message) {
    return message.substring(message.indexOf("INFO: task "));
  }

  /** For people. */
  String words() {
    return TaskName.of(owner, ownerComm)
        + ": by the kernel's own guess it holds the "
        + lock
        + " that "
        + TaskName.of(waiter, waiterComm)
        + " waits for";
  }

  /**
   * The owner's stack, marked as of somebody who likely holds rtnl.
   *
   * @param shown as it was printed; empty if it was not
   * @param reading what it says by itself; null if nothing
   * @return the same where that says already what the owner has to do with rtnl, or that it has
   *     nothing to do with it by now
   */
  static List<String> holdingRtnl(List<String> shown, @Nullable Reading reading) {
    boolean says = reading != null && reading.role() != Role.DEVICE_WORKER;
    if (says || shown.stream().anyMatch(WITHOUT_RTNL::contains)) {
      return shown;
    }
    List<String> stack = new ArrayList<>(shown);
    stack.add(StackReader.GUESSED_TO_HOLD_RTNL);
    return stack;
  }
}
