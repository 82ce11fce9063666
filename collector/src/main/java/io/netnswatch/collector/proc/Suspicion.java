package io.netnswatch.collector.proc;

import io.netnswatch.collector.metrics.BlockedCreations;
import io.netnswatch.collector.probe.ProbeName;
import io.netnswatch.schema.InterestReason;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.TaskOfInterest;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Whether a snapshot shows something that may become an incident, so that looking closer is worth
 * its cost. Judging it is the detection's.
 */
public final class Suspicion {

  /** How often to look while something is suspicious. */
  static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  /** A creation that has run as long counts as blocked (the signatures' default). */
  private static final Duration BLOCKED = Duration.ofSeconds(5);

  private static final Duration SOONEST = Duration.ofMillis(100);

  private Suspicion() {}

  /**
   * Whether a task is in the code of namespaces, or a kernel worker is hot and does not show in
   * what.
   */
  public static boolean isRaisedBy(ProcSnapshot snapshot) {
    return snapshot.getTasksOfInterest().stream().anyMatch(Suspicion::isRaisedBy);
  }

  /**
   * How soon to look again: each second, and at the moment at which a creation has run for so long
   * that it counts as blocked; empty if nothing is suspicious.
   */
  static Optional<Duration> lookAgainWithin(ProcSnapshot snapshot) {
    if (!isRaisedBy(snapshot)) {
      return Optional.empty();
    }
    return snapshot.getTasksOfInterest().stream()
        .filter(Suspicion::isCreation)
        .map(TaskOfInterest::getBlockedForMs)
        .filter(Objects::nonNull)
        .map(blockedForMs -> BLOCKED.minusMillis(blockedForMs))
        .filter(left -> !left.isNegative() && !left.isZero() && left.compareTo(LOOK_EVERY) < 0)
        .min(Duration::compareTo)
        .map(left -> left.compareTo(SOONEST) < 0 ? SOONEST : left)
        .or(() -> Optional.of(LOOK_EVERY));
  }

  /** Creations that have not finished; empty if stacks and wchan could not be read. */
  public static Optional<BlockedCreations> blockedCreations(ProcSnapshot snapshot) {
    return Optional.ofNullable(snapshot.getBlockedCreationCount())
        .map(
            count ->
                new BlockedCreations(
                    snapshot.getCollectedAt(),
                    count,
                    snapshot.getTasksOfInterest().stream()
                        .filter(Suspicion::isCreation)
                        .map(TaskOfInterest::getBlockedForMs)
                        .filter(Objects::nonNull)
                        .max(Long::compare)
                        .map(Duration::ofMillis)
                        .orElse(Duration.ZERO)));
  }

  private static boolean isRaisedBy(TaskOfInterest task) {
    List<InterestReason> reasons = task.getReasons();
    if (reasons.contains(InterestReason.NETNS_STACK)) {
      return !task.getState().equals("S") && !isFreshProbe(task);
    }
    List<String> stack = task.getStack();
    return reasons.contains(InterestReason.HOT_KERNEL_THREAD)
        && task.getComm().startsWith("kworker")
        && (stack == null || stack.isEmpty());
  }

  /** Seen for the first time: it knows itself when it takes long. */
  private static boolean isFreshProbe(TaskOfInterest task) {
    String arguments = task.getNetnsArguments();
    Long blockedForMs = task.getBlockedForMs();
    return arguments != null
        && arguments.contains(ProbeName.PREFIX)
        && (blockedForMs == null || blockedForMs == 0);
  }

  private static boolean isCreation(TaskOfInterest task) {
    String wchan = task.getWchan();
    return (wchan != null && OfInterest.isCreation(wchan))
        || Objects.requireNonNullElse(task.getStack(), List.<String>of()).stream()
            .anyMatch(OfInterest::isCreation);
  }
}
