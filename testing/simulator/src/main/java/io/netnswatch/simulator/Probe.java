package io.netnswatch.simulator;

import io.netnswatch.schema.CommandOrigin;
import io.netnswatch.schema.CommandOutcome;
import io.netnswatch.schema.NetnsCommand;
import io.netnswatch.schema.NetnsLatency;
import org.jspecify.annotations.Nullable;

/**
 * The probe of one collector run: rounds of ADD, LIST and DELETE. A command that hangs is reported
 * every 5 s and killed at its limit; one that can't be killed keeps the round until it is gone.
 */
final class Probe {
  private static final String PLACEHOLDER_ERROR = "Error: Peer netns reference is invalid.\n";

  private static final long SLOW_MS = 1_500;

  private final HostSpec host;
  private final Dice dice;
  private final Pids pids;
  private final CollectorRun run;
  private final int collectorPid;
  private long round;
  private long turnMs;
  private @Nullable RunningCommand command;
  private long progressMs;
  private long killMs;
  private boolean killed;
  private boolean lookedAt;
  private boolean placeholderLeft;

  Probe(HostSpec host, Dice dice, Pids pids, CollectorRun run) {
    this.host = host;
    this.dice = dice;
    this.pids = pids;
    this.run = run;
    collectorPid = pids.next();
    turnMs = run.beginMs();
  }

  /** When {@link #act} is to be called next. */
  long dueMs() {
    RunningCommand running = command;
    return running == null
        ? turnMs
        : Math.min(running.endsMs(), Math.min(progressMs, killed ? RunningCommand.NEVER : killMs));
  }

  /** When the creation that is running has taken so long that the collector looks closer. */
  long slowMs() {
    RunningCommand creation = creation();
    return creation == null ? RunningCommand.NEVER : creation.startedMs() + SLOW_MS;
  }

  /** The creation that is running, if one is. */
  @Nullable RunningCommand creation() {
    RunningCommand running = command;
    return running != null && running.command() == NetnsCommand.ADD ? running : null;
  }

  /** Takes its turn later, since another program's creation hangs. */
  void skipTurn() {
    turnMs += host.cadence().probeEveryMs();
  }

  boolean waitsForTurn() {
    return command == null;
  }

  /**
   * Does what is due.
   *
   * @param clockOffsetMs of the host now
   * @param othersHang creations of other programs that hang
   * @return a record, or null
   */
  @Nullable NetnsLatency act(
      long nowMs, long clockOffsetMs, Appearance appearance, int othersHang) {
    RunningCommand running = command;
    if (running == null) {
      round++;
      begin(NetnsCommand.ADD, nowMs, clockOffsetMs, appearance);
      return null;
    }
    if (nowMs >= running.endsMs()) {
      return ended(running, nowMs, clockOffsetMs, appearance, othersHang);
    }
    if (nowMs >= progressMs) {
      progressMs += RunningCommand.PROGRESS_MS;
      lookedAt = true;
      return record(running, nowMs, CommandOutcome.STILL_RUNNING, null);
    }
    if (run.kernel().creationIsKillable()) {
      return timedOut(running, nowMs, clockOffsetMs, appearance);
    }
    killed = true;
    return null;
  }

  private NetnsLatency ended(
      RunningCommand running,
      long nowMs,
      long clockOffsetMs,
      Appearance appearance,
      int othersHang) {
    if (killed) {
      return timedOut(running, nowMs, clockOffsetMs, appearance);
    }
    int invalid =
        running.command() == NetnsCommand.LIST ? othersHang + (placeholderLeft ? 1 : 0) : 0;
    NetnsLatency record =
        record(running, nowMs, CommandOutcome.SUCCEEDED, PLACEHOLDER_ERROR.repeat(invalid));
    switch (running.command()) {
      case ADD -> begin(NetnsCommand.LIST, nowMs, clockOffsetMs, appearance);
      case LIST -> {
        if (placeholderLeft) {
          endRound(nowMs);
        } else {
          begin(NetnsCommand.DELETE, nowMs, clockOffsetMs, appearance);
        }
      }
      case DELETE -> endRound(nowMs);
    }
    return record;
  }

  private NetnsLatency timedOut(
      RunningCommand running, long nowMs, long clockOffsetMs, Appearance appearance) {
    NetnsLatency record = record(running, nowMs, CommandOutcome.TIMED_OUT, "");
    placeholderLeft = true;
    begin(NetnsCommand.LIST, nowMs, clockOffsetMs, appearance);
    return record;
  }

  private void begin(NetnsCommand kind, long nowMs, long clockOffsetMs, Appearance appearance) {
    Span creationMs = appearance.creation().durationMs();
    Span durationMs = kind == NetnsCommand.ADD ? creationMs : appearance.otherCommandMs();
    long endsMs =
        durationMs == null ? RunningCommand.NEVER : nowMs + Math.round(durationMs.skewed(dice));
    command =
        new RunningCommand(
            kind,
            CommandOrigin.PROBE,
            pids.next(),
            kind == NetnsCommand.LIST ? null : "netnswatch-probe-" + collectorPid + "-" + round,
            nowMs,
            clockOffsetMs,
            appearance.creation(),
            endsMs);
    progressMs = nowMs + RunningCommand.PROGRESS_MS;
    killMs = nowMs + host.cadence().probeLimitMs() + dice.between(2, 50);
    killed = false;
    lookedAt = false;
  }

  private void endRound(long nowMs) {
    command = null;
    placeholderLeft = false;
    long every = host.cadence().probeEveryMs();
    turnMs = run.beginMs() + ((nowMs - run.beginMs()) / every + 1) * every;
  }

  private NetnsLatency record(
      RunningCommand running, long nowMs, CommandOutcome outcome, @Nullable String stderr) {
    return running.record(
        run,
        nowMs,
        (long) host.cadence().probeLimitMs(),
        outcome,
        lookedAt,
        stderr,
        host.visibility());
  }
}
