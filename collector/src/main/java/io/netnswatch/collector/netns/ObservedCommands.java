package io.netnswatch.collector.netns;

import io.netnswatch.collector.proc.NamespaceTask;
import io.netnswatch.schema.CommandOrigin;
import io.netnswatch.schema.CommandOutcome;
import io.netnswatch.schema.NetnsCommand;
import io.netnswatch.schema.NetnsLatency;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Other programs' namespace commands, followed from snapshot to snapshot. A command that begins and
 * ends between two snapshots is never seen. Not thread-safe.
 */
public final class ObservedCommands {

  /** From this age on a command is reported while it runs, and again as often. */
  private static final Duration PROGRESS_INTERVAL = Duration.ofSeconds(5);

  /**
   * What is known of a command: all that was seen of it before, and what it did.
   *
   * @param startedAt by the wall clock of when it was first seen
   * @param seenMs the kernel's time at which it was last seen
   * @param reportedMs the kernel's time at which it was last reported as running; null if never
   */
  private record Watched(
      NamespaceTask task,
      Instant startedAt,
      long seenMs,
      @Nullable Long reportedMs,
      @Nullable Boolean existedBefore,
      boolean done) {}

  private record Id(int pid, long startTicks) {}

  private Map<Id, Watched> watched = new LinkedHashMap<>();

  /** Whether a command seen before has not been seen to end. */
  public boolean watching() {
    return !watched.isEmpty();
  }

  /**
   * Takes in a snapshot.
   *
   * @param tasks namespace commands running, not the collector's own
   * @param at time of the snapshot
   * @param kernelMs the same in milliseconds of the kernel's clock, which nobody sets
   * @param named names in /run/netns that a namespace is mounted on; null if that is not known
   * @return records to publish, without their envelope
   */
  public List<NetnsLatency.Builder> observe(
      List<NamespaceTask> tasks, Instant at, long kernelMs, @Nullable Set<String> named) {
    List<NetnsLatency.Builder> records = new ArrayList<>();
    Map<Id, Watched> running = new LinkedHashMap<>();
    for (NamespaceTask task : tasks) {
      Id id = new Id(task.pid(), task.startTicks());
      Watched before = watched.remove(id);
      Instant startedAt = before == null ? at.minus(task.age()) : before.startedAt();
      Long reportedMs = before == null ? null : before.reportedMs();
      Boolean existedBefore = before == null ? exists(task, named) : before.existedBefore();
      boolean wasDone = before != null && before.done();
      boolean done = wasDone || hasCreated(task);
      if (done) {
        if (!wasDone && before != null) {
          records.add(record(task, startedAt, at, task.age(), CommandOutcome.SUCCEEDED));
        }
      } else if (isDue(task, reportedMs, kernelMs)) {
        records.add(record(task, startedAt, at, task.age(), CommandOutcome.STILL_RUNNING));
        reportedMs = kernelMs;
      }
      running.put(id, new Watched(task, startedAt, kernelMs, reportedMs, existedBefore, done));
    }
    for (Watched gone : watched.values()) {
      CommandOutcome outcome = gone.done() ? null : outcome(gone, named);
      if (outcome != null) {
        Duration age = gone.task().age().plusMillis(Math.max(0, kernelMs - gone.seenMs()));
        records.add(record(gone.task(), gone.startedAt(), at, age, outcome));
      }
    }
    watched = running;
    return records;
  }

  /** How soon a command is to be reported that is a creation and runs on; empty if none is. */
  public Optional<Duration> dueWithin() {
    return watched.values().stream()
        .filter(it -> !it.done() && it.task().command() == NetnsCommand.ADD)
        .map(it -> PROGRESS_INTERVAL.minusMillis(quietMs(it.task(), it.reportedMs(), it.seenMs())))
        .min(Duration::compareTo);
  }

  private static boolean isDue(NamespaceTask task, @Nullable Long reportedMs, long kernelMs) {
    return quietMs(task, reportedMs, kernelMs) >= PROGRESS_INTERVAL.toMillis();
  }

  private static long quietMs(NamespaceTask task, @Nullable Long reportedMs, long kernelMs) {
    return reportedMs == null ? task.age().toMillis() : kernelMs - reportedMs;
  }

  /**
   * Whether unshare has its namespace: with {@code --fork} it then sleeps as long as its program
   * runs. While it creates it runs or is in D, on every kernel.
   */
  private static boolean hasCreated(NamespaceTask task) {
    return task.comm().equals("unshare") && task.at().getState().equals("S");
  }

  private static @Nullable Boolean exists(NamespaceTask task, @Nullable Set<String> named) {
    String name = task.netnsName();
    return (name == null || named == null) ? null : Boolean.valueOf(named.contains(name));
  }

  /**
   * How a command that is gone ended, as far as /run/netns tells: it succeeded if it changed what
   * was there when it was first seen, and failed if what it was for did not come about. Where
   * nothing is told (no name; a namespace that was there before its creation was seen, made by it
   * or by another), one that had been reported as running is closed as FAILED, which claims no
   * health; others are passed over.
   */
  private static @Nullable CommandOutcome outcome(Watched gone, @Nullable Set<String> named) {
    Boolean exists = exists(gone.task(), named);
    if (exists != null && gone.existedBefore() != null) {
      boolean shouldExist = gone.task().command() == NetnsCommand.ADD;
      if (exists != shouldExist) {
        return CommandOutcome.FAILED;
      }
      if (gone.existedBefore() != shouldExist) {
        return CommandOutcome.SUCCEEDED;
      }
    }
    return gone.reportedMs() == null ? null : CommandOutcome.FAILED;
  }

  private static NetnsLatency.Builder record(
      NamespaceTask task, Instant startedAt, Instant at, Duration age, CommandOutcome outcome) {
    return NetnsLatency.newBuilder()
        .setCommand(task.command())
        .setOrigin(CommandOrigin.OBSERVED)
        .setCommandId(task.pid() + "-" + startedAt.toEpochMilli())
        .setPid(task.pid())
        .setComm(task.comm())
        .setNetnsName(task.netnsName())
        .setStartedAt(startedAt)
        .setObservedAt(at)
        .setLatencyMs((double) age.toMillis())
        .setOutcome(outcome)
        .setBlockedAt(task.at());
  }
}
