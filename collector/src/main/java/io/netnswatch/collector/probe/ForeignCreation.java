package io.netnswatch.collector.probe;

import io.netnswatch.collector.proc.OfInterest;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.TaskOfInterest;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Another program's blocked namespace creation, as a snapshot shows it. */
final class ForeignCreation {
  private ForeignCreation() {}

  /** The first task that has been inside the creation of one for at least that long. */
  static Optional<TaskOfInterest> blocked(ProcSnapshot snapshot, Duration atLeast) {
    return snapshot.getTasksOfInterest().stream()
        .filter(ForeignCreation::inCreation)
        .filter(task -> !isProbe(task))
        .filter(task -> blockedForMs(task) >= atLeast.toMillis())
        .findFirst();
  }

  private static boolean inCreation(TaskOfInterest task) {
    List<String> stack = Objects.requireNonNullElse(task.getStack(), List.of());
    String wchan = task.getWchan();
    return stack.stream().anyMatch(OfInterest::isCreation)
        || (wchan != null && OfInterest.isCreation(wchan));
  }

  private static boolean isProbe(TaskOfInterest task) {
    String arguments = task.getNetnsArguments();
    return arguments != null && arguments.contains(ProbeName.PREFIX);
  }

  private static long blockedForMs(TaskOfInterest task) {
    Long blockedForMs = task.getBlockedForMs();
    return blockedForMs == null ? -1 : blockedForMs;
  }
}
