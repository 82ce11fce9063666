package io.netnswatch.simulator;

import io.netnswatch.schema.CommandOrigin;
import io.netnswatch.schema.CommandOutcome;
import io.netnswatch.schema.NetnsCommand;
import io.netnswatch.schema.NetnsLatency;
import java.util.ArrayList;
import java.util.List;

/** Other programs that create namespaces, as snapshots show them. */
final class OtherPrograms {
  private static final double MEAN_PAUSE_MS = 20_000;

  /** Whoever orders creations gives up ordering when so many hang. */
  private static final int MAX_HANGING = 8;

  /** From this age on the probe waits for it too. */
  private static final long HOLDS_PROBE_MS = 5_000;

  private final HostSpec host;
  private final Dice dice;
  private final Pids pids;
  private final List<RunningCommand> running = new ArrayList<>();
  private long created;
  private long nextMs;
  private boolean holdsProbe;

  OtherPrograms(HostSpec host, Dice dice, Pids pids, long beginMs) {
    this.host = host;
    this.dice = dice;
    this.pids = pids;
    nextMs = host.othersCreate() ? beginMs + pauseMs() : RunningCommand.NEVER;
  }

  /** When the next creation begins. */
  long nextMs() {
    return nextMs;
  }

  /** Another creation begins. */
  void create(long nowMs, long clockOffsetMs, Appearance appearance) {
    nextMs = nowMs + pauseMs();
    if (running.size() >= MAX_HANGING) {
      return;
    }
    Span durationMs = appearance.creation().durationMs();
    running.add(
        new RunningCommand(
            NetnsCommand.ADD,
            CommandOrigin.OBSERVED,
            pids.next(),
            "vm-" + ++created,
            nowMs,
            clockOffsetMs,
            appearance.creation(),
            durationMs == null
                ? RunningCommand.NEVER
                : nowMs + Math.round(durationMs.skewed(dice))));
  }

  /** What they waited for is free. */
  void released(long nowMs) {
    for (RunningCommand command : running) {
      command.released(nowMs + dice.between(100, 2_000));
    }
  }

  /** A new run of the collector has seen none. */
  void forgetSeen() {
    holdsProbe = false;
    running.forEach(RunningCommand::forgetSeen);
  }

  /** Creations that are running. */
  List<RunningCommand> creations(long nowMs) {
    return running.stream().filter(command -> command.endsMs() > nowMs).toList();
  }

  int hanging() {
    return running.size();
  }

  /** Whether the latest snapshot showed one that has been hanging. */
  boolean holdsProbe() {
    return holdsProbe;
  }

  /** What the collector makes of a snapshot; to be called after it has been taken. */
  List<NetnsLatency> observed(CollectorRun run, long nowMs) {
    holdsProbe = false;
    if (running.isEmpty()) {
      return List.of();
    }
    List<NetnsLatency> records = new ArrayList<>();
    for (RunningCommand command : running) {
      if (command.endsMs() <= nowMs) {
        if (command.hasBeenSeen()) {
          records.add(record(command, run, nowMs, CommandOutcome.SUCCEEDED));
        }
        continue;
      }
      holdsProbe |= command.seenForMs(nowMs) >= HOLDS_PROBE_MS;
      if (command.isReportDue(nowMs)) {
        records.add(record(command, run, nowMs, CommandOutcome.STILL_RUNNING));
      }
    }
    running.removeIf(command -> command.endsMs() <= nowMs);
    return records;
  }

  private NetnsLatency record(
      RunningCommand command, CollectorRun run, long nowMs, CommandOutcome outcome) {
    return command.record(run, nowMs, null, outcome, true, null, host.visibility());
  }

  private long pauseMs() {
    return 1 + Math.round(dice.exponential(MEAN_PAUSE_MS));
  }
}
