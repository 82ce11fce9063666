package io.netnswatch.simulator;

import io.netnswatch.schema.BlockedAt;
import io.netnswatch.schema.CommandOrigin;
import io.netnswatch.schema.CommandOutcome;
import io.netnswatch.schema.InterestReason;
import io.netnswatch.schema.NetnsCommand;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.TaskOfInterest;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A namespace command that has begun, and may never end. */
final class RunningCommand {
  static final long NEVER = Long.MAX_VALUE;

  /** How often a command that runs on is reported, for the first time after as long. */
  static final long PROGRESS_MS = 5_000;

  private static final List<InterestReason> CREATING =
      List.of(
          InterestReason.UNINTERRUPTIBLE, InterestReason.NETNS_STACK, InterestReason.NETNS_COMMAND);
  private static final List<InterestReason> UNSEEN_CREATING =
      List.of(InterestReason.UNINTERRUPTIBLE, InterestReason.NETNS_COMMAND);

  private static final BlockedAt RUNNING = new BlockedAt("R", null, List.of());
  private static final long SLOW_MS = 1_000;
  private static final long START_MS = 50;

  private final NetnsCommand command;
  private final CommandOrigin origin;
  private final int pid;
  private final @Nullable String netnsName;
  private final long startedMs;
  private final long clockOffsetMs;
  private final Creation creation;
  private long endsMs;
  private long firstSeenMs = -1;
  private long reportedMs;

  /**
   * Begins.
   *
   * @param startedMs true time
   * @param clockOffsetMs of the host then
   * @param creation where it waits, if it creates
   * @param endsMs {@link #NEVER} if it hangs
   */
  RunningCommand(
      NetnsCommand command,
      CommandOrigin origin,
      int pid,
      @Nullable String netnsName,
      long startedMs,
      long clockOffsetMs,
      Creation creation,
      long endsMs) {
    this.command = command;
    this.origin = origin;
    this.pid = pid;
    this.netnsName = netnsName;
    this.startedMs = startedMs;
    this.clockOffsetMs = clockOffsetMs;
    this.creation = creation;
    this.endsMs = endsMs;
    reportedMs = startedMs;
  }

  NetnsCommand command() {
    return command;
  }

  String netnsName() {
    return netnsName == null ? "" : netnsName;
  }

  long startedMs() {
    return startedMs;
  }

  long endsMs() {
    return endsMs;
  }

  /** What it waited for is free. */
  void released(long atMs) {
    if (endsMs == NEVER) {
      endsMs = atMs;
    }
  }

  /** A new run of the collector has not seen it. */
  void forgetSeen() {
    firstSeenMs = -1;
    reportedMs = startedMs;
  }

  /** Whether another program's command is to be reported while it runs; notes that it was. */
  boolean isReportDue(long nowMs) {
    if (nowMs - reportedMs < PROGRESS_MS) {
      return false;
    }
    reportedMs = nowMs;
    return true;
  }

  boolean hasBeenSeen() {
    return firstSeenMs >= 0;
  }

  /** For how long snapshots have shown it. */
  long seenForMs(long nowMs) {
    return hasBeenSeen() ? nowMs - firstSeenMs : -1;
  }

  /** The creation in a snapshot. */
  TaskOfInterest task(long nowMs, Visibility visibility) {
    boolean first = !hasBeenSeen();
    if (first) {
      firstSeenMs = nowMs;
    }
    boolean waits = waits(nowMs);
    BlockedAt at = waits ? blockedAt(visibility) : RUNNING;
    return TaskOfInterest.newBuilder()
        .setPid(pid)
        .setComm("ip")
        .setKernelThread(false)
        .setState(at.getState())
        .setCpuUse(first ? null : Double.valueOf(0))
        .setWchan(at.getWchan())
        .setStack(visibility.stacks() ? at.getStack() : null)
        .setBlockedForMs(waits ? Long.valueOf(nowMs - firstSeenMs) : null)
        .setNetnsArguments("netns add " + netnsName)
        .setReasons(waits ? whyBlocked(visibility) : List.of(InterestReason.NETNS_COMMAND))
        .setTgid(pid)
        .setMoreStacks(List.of())
        .build();
  }

  /** Only a creation that is slow waits for a lock, and not in its first moments. */
  private boolean waits(long nowMs) {
    return endsMs - startedMs >= SLOW_MS && nowMs - startedMs >= START_MS;
  }

  private static List<InterestReason> whyBlocked(Visibility visibility) {
    return visibility.stacks() || visibility.wchan() ? CREATING : UNSEEN_CREATING;
  }

  /**
   * A record of it.
   *
   * @param nowMs true time
   * @param timeLimitMs null for another program's
   * @param lookedAt whether it was looked at while it ran
   * @param stderr null while it runs, and for another program's
   */
  NetnsLatency record(
      CollectorRun run,
      long nowMs,
      @Nullable Long timeLimitMs,
      CommandOutcome outcome,
      boolean lookedAt,
      @Nullable String stderr,
      Visibility visibility) {
    long startedAt = startedMs + clockOffsetMs;
    boolean probe = origin == CommandOrigin.PROBE;
    return NetnsLatency.newBuilder()
        .setHost(run.host())
        .setBootId(run.bootId())
        .setCollectorStartedAt(run.startedAt())
        .setSequence(run.nextSequence())
        .setKernelRelease(run.kernel().release())
        .setCommand(command)
        .setOrigin(origin)
        .setCommandId(pid + "-" + startedAt)
        .setPid(pid)
        .setComm("ip")
        .setNetnsName(netnsName)
        .setStartedAt(Instant.ofEpochMilli(startedAt))
        .setObservedAt(Instant.ofEpochMilli(nowMs + clockOffsetMs))
        .setLatencyMs((double) (nowMs - startedMs))
        .setTimeLimitMs(timeLimitMs)
        .setOutcome(outcome)
        .setExitCode(probe && outcome == CommandOutcome.SUCCEEDED ? Integer.valueOf(0) : null)
        .setSignal(outcome == CommandOutcome.TIMED_OUT ? Integer.valueOf(9) : null)
        .setStderr(stderr)
        .setBlockedAt(lookedAt ? blockedAt(visibility) : null)
        .build();
  }

  private BlockedAt blockedAt(Visibility visibility) {
    List<String> stack =
        visibility.compilerSuffixes()
            ? CallPaths.withCompilerSuffixes(creation.stack())
            : creation.stack();
    return new BlockedAt(
        "D", visibility.wchan() ? creation.wchan() : null, visibility.stacks() ? stack : null);
  }
}
