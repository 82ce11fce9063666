package io.netnswatch.detection.evidence;

import io.netnswatch.detection.cause.Reading;
import io.netnswatch.detection.cause.Role;
import io.netnswatch.detection.cause.StackReader;
import io.netnswatch.detection.cause.Task;
import io.netnswatch.schema.KernelLogEntry;
import io.netnswatch.schema.StackLook;
import io.netnswatch.schema.TaskOfInterest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A task that has to do with network namespaces, or may have.
 *
 * @param task the task
 * @param weight how much it is worth keeping, by its role
 * @param source record it was read from
 */
public record SeenTask(Task task, int weight, @Nullable SourceRef source) {

  /** So many of a host are kept. */
  public static final int MAX_PER_HOST = 12;

  /** Categories of what the kernel reports of tasks that run. */
  public static final Set<String> RUNNING = Set.of("RCU_STALL", "SOFT_LOCKUP");

  /** One task as one source sees it. */
  record Key(Task.Origin origin, int pid) {}

  /** Worth more is greater, then longer blocked, then hotter; the rest makes the order total. */
  static final Comparator<SeenTask> BY_WEIGHT =
      Comparator.comparingInt(SeenTask::weight)
          .thenComparing(it -> it.task.sinceMs(), Comparator.nullsFirst(Comparator.reverseOrder()))
          .thenComparing(it -> it.task.cpuUse(), Comparator.nullsFirst(Comparator.naturalOrder()))
          .thenComparing(it -> it.task.origin())
          .thenComparingLong(it -> it.task.observedAtMs())
          .thenComparingInt(it -> it.task.pid())
          .thenComparing(it -> it.task.comm())
          .thenComparing(it -> it.task.state())
          .thenComparing(it -> it.task.kernelThread())
          .thenComparing(it -> String.valueOf(it.task.looks()))
          .thenComparing(SeenTask::source, Merge.EARLIEST_SOURCE);

  /**
   * The task that a snapshot shows.
   *
   * @param atMs when the snapshot was taken, epoch milliseconds
   */
  public static Task taskOf(TaskOfInterest task, long atMs) {
    List<List<String>> stacks = new ArrayList<>();
    if (task.getStack() != null) {
      stacks.add(task.getStack());
    }
    task.getMoreStacks().stream().map(StackLook::getFrames).forEach(stacks::add);
    Long blockedForMs = task.getBlockedForMs();
    return Task.of(
        Task.Origin.PROC,
        task.getPid(),
        task.getComm(),
        task.getKernelThread(),
        task.getState(),
        task.getCpuUse(),
        stacks,
        task.getWchan(),
        blockedForMs == null ? null : Long.valueOf(atMs - blockedForMs),
        atMs);
  }

  /**
   * The task that an entry of the kernel's log is about.
   *
   * @param pid of the entry
   */
  public static Task taskOf(KernelLogEntry entry, int pid) {
    long atMs = entry.getLoggedAt().toEpochMilli();
    boolean running = RUNNING.contains(entry.getCategory());
    String state = entry.getState() != null ? entry.getState() : running ? "R" : "D";
    String comm = entry.getComm() == null ? "unknown" : entry.getComm();
    Long blockedForMs = entry.getBlockedForMs();
    return Task.of(
        Task.Origin.LOG,
        pid,
        comm,
        EventRules.isKworker(comm),
        state,
        null,
        List.of(entry.getStack()),
        null,
        blockedForMs == null ? null : Long.valueOf(atMs - blockedForMs),
        atMs);
  }

  /** The task with its weight; null if it is of no concern to anyone. */
  static @Nullable SeenTask of(Task task, @Nullable SourceRef source) {
    Reading reading = StackReader.read(task);
    return reading == null ? null : new SeenTask(task, weightOf(reading), source);
  }

  /** What its stack says; null if it showed none of concern. */
  public @Nullable Reading reading() {
    return StackReader.read(task);
  }

  /** What the stacks of tasks say, of those that say anything. */
  public static List<Reading> readings(List<SeenTask> tasks) {
    List<Reading> readings = new ArrayList<>();
    for (SeenTask task : tasks) {
      Reading reading = task.reading();
      if (reading != null) {
        readings.add(reading);
      }
    }
    return readings;
  }

  @Nullable Long sinceMs() {
    return task.sinceMs();
  }

  @Nullable Double cpuUse() {
    return task.cpuUse();
  }

  Key key() {
    return new Key(task.origin(), task.pid());
  }

  /** As it is now, with the stack it last showed: that of a running task often reads empty. */
  public SeenTask rememberingStackOf(SeenTask older) {
    boolean forgotten =
        task.isRunning()
            && older.task.isRunning()
            && task.comm().equals(older.task.comm())
            && (task.looks().isEmpty() || isUnread())
            && !older.isUnread();
    return forgotten
        ? new SeenTask(task.withLooks(older.task.looks()), older.weight, source)
        : this;
  }

  private boolean isUnread() {
    Reading reading = reading();
    return reading == null || reading.role() == Role.HOT_WORKER;
  }

  private static int weightOf(Reading reading) {
    return switch (reading.role()) {
      case CLEANUP -> 7;
      case PERNET_WRITER -> 6;
      case CREATOR -> reading.isVictim() ? 2 : 5;
      case RTNL_OWNER, LOCK_OWNER -> 4;
      case HOT_WORKER, DEVICE_WORKER -> 3;
      case DEVICE_REMOVER -> 2;
      case RTNL_WAITER -> 1;
    };
  }
}
