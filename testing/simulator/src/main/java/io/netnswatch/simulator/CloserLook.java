package io.netnswatch.simulator;

import io.netnswatch.schema.InterestReason;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.TaskOfInterest;
import java.util.List;

/** When a collector looks closer, and how soon. */
final class CloserLook {

  private static final long LOOK_EVERY_MS = 1_000;
  private static final long SOONEST_MS = 100;

  /** A creation that has run as long counts as blocked. */
  private static final long BLOCKED_MS = 5_000;

  private CloserLook() {}

  /** Whether a task is in the code of namespaces, or hot and does not show in what. */
  static boolean isRaisedBy(ProcSnapshot snapshot) {
    for (TaskOfInterest task : snapshot.getTasksOfInterest()) {
      List<InterestReason> reasons = task.getReasons();
      List<String> stack = task.getStack();
      if (reasons.contains(InterestReason.NETNS_STACK)
          || (reasons.contains(InterestReason.HOT_KERNEL_THREAD)
              && (stack == null || stack.isEmpty()))) {
        return true;
      }
    }
    return false;
  }

  /** Each second, and at the moment at which a creation counts as blocked. */
  static long lookAgainWithinMs(ProcSnapshot snapshot) {
    long soonestMs = LOOK_EVERY_MS;
    for (TaskOfInterest task : snapshot.getTasksOfInterest()) {
      Long blockedForMs = task.getNetnsArguments() == null ? null : task.getBlockedForMs();
      if (blockedForMs != null && blockedForMs < BLOCKED_MS) {
        soonestMs = Math.min(soonestMs, BLOCKED_MS - blockedForMs);
      }
    }
    return Math.max(soonestMs, SOONEST_MS);
  }
}
