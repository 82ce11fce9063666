package io.netnswatch.simulator;

import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.simulator.TimelineStep.ClockStep;
import io.netnswatch.simulator.TimelineStep.CollectorRestart;
import io.netnswatch.simulator.TimelineStep.ConditionBegins;
import io.netnswatch.simulator.TimelineStep.Reboot;
import io.netnswatch.simulator.TimelineStep.Silence;
import io.netnswatch.simulator.TimelineStep.SourcesLost;
import io.netnswatch.simulator.TimelineStep.TroubleBegins;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One host in virtual time: its events, in the order in which they happen. */
final class HostSimulation implements EventCursor {
  private static final long NEVER = RunningCommand.NEVER;
  private static final long RESTART_MS = 1_000;

  private final HostSpec host;
  private final Repertoire repertoire;
  private final Dice dice;
  private final long startMs;
  private final long endMs;
  private final Set<TelemetrySource> sources;
  private final Queue<TelemetryEvent> ready = new ArrayDeque<>(4);
  private @Nullable TelemetryEvent current;
  private long nowMs;
  private int nextStep;
  private long clockOffsetMs;

  private SimulatedKernel kernel;
  private String bootId;
  private long bootedMs;
  private Pids pids;
  private Appearance appearance;
  private long conditionSinceMs;
  private Snapshots snapshots;
  private PerfSlices perfSlices;
  private OtherPrograms others;

  /** Null while the collector is down. */
  private @Nullable CollectorRun run;

  private @Nullable Probe probe;
  private long resumeMs;
  private long snapshotMs = NEVER;
  private long previousSnapshotMs;
  private long sliceCount;
  private long sliceBeginMs;
  private long sliceEndMs = NEVER;

  HostSimulation(Fleet fleet, HostSpec host, Repertoire repertoire) {
    this.host = host;
    this.repertoire = repertoire;
    dice = Dice.of(fleet.seed(), host.name());
    startMs = fleet.start().toEpochMilli();
    endMs = startMs + fleet.length().toMillis();
    sources = EnumSet.noneOf(TelemetrySource.class);
    sources.addAll(host.sources());
    clockOffsetMs = host.clockOffsetMs();
    kernel = host.kernel();
    bootedMs = startMs - dice.between(600_000, 100 * 24 * 3_600_000);
    bootId = newBootId();
    pids = new Pids(dice, host.cpus(), kernel);
    appearance = dice.oneOf(repertoire.appearances(Condition.HEALTHY, kernel));
    snapshots = new Snapshots(host, dice, pids, appearance);
    perfSlices = new PerfSlices(host, repertoire, dice, pids, appearance);
    others = new OtherPrograms(host, dice, pids, startMs);
    resumeMs = startMs + dice.below(host.cadence().probeEveryMs());
  }

  @Override
  public boolean advance() {
    while (ready.isEmpty()) {
      nowMs = dueMs();
      if (nowMs >= endMs) {
        return false;
      }
      act();
    }
    current = ready.poll();
    return true;
  }

  @Override
  public long atMs() {
    return nowMs;
  }

  @Override
  public TelemetryEvent event() {
    TelemetryEvent event = current;
    if (event == null) {
      throw new IllegalStateException("before the first event");
    }
    return event;
  }

  private long dueMs() {
    long due = Math.min(stepMs(), others.nextMs());
    Probe probing = probe;
    return run == null
        ? Math.min(due, resumeMs)
        : Math.min(
            Math.min(due, probing == null ? NEVER : probing.dueMs()),
            Math.min(lookMs(), sliceEndMs));
  }

  /** When the next snapshot is taken: a creation of the probe's that becomes slow hurries it. */
  private long lookMs() {
    long slowMs = probe == null ? NEVER : probe.slowMs();
    return snapshotMs != NEVER && slowMs > previousSnapshotMs
        ? Math.min(snapshotMs, slowMs)
        : snapshotMs;
  }

  private long stepMs() {
    return nextStep < host.timeline().size()
        ? startMs + host.timeline().get(nextStep).atMs()
        : NEVER;
  }

  private void act() {
    CollectorRun running = run;
    Probe probing = probe;
    if (nowMs == stepMs()) {
      take(host.timeline().get(nextStep++));
    } else if (nowMs == others.nextMs()) {
      others.create(nowMs, clockOffsetMs, appearance);
    } else if (running == null) {
      startCollector();
    } else if (nowMs == lookMs()) {
      snapshot(running);
    } else if (nowMs == sliceEndMs) {
      endSlice(running);
    } else if (probing != null) {
      probe(probing);
    }
  }

  private void take(TimelineStep step) {
    if (step instanceof ConditionBegins begins) {
      begin(dice.oneOf(repertoire.appearances(begins.condition(), kernel)));
    } else if (step instanceof TroubleBegins begins) {
      begin(begins.trouble().appearance());
    } else if (step instanceof Reboot reboot) {
      reboot(reboot);
    } else if (step instanceof Silence silence) {
      stopCollector(silence.forMs());
    } else if (step instanceof CollectorRestart) {
      stopCollector(RESTART_MS);
    } else if (step instanceof ClockStep clock) {
      clockOffsetMs += clock.byMs();
    } else if (step instanceof SourcesLost lost) {
      lose(lost.sources());
    }
  }

  private void begin(Appearance next) {
    appearance = next;
    conditionSinceMs = nowMs;
    snapshots.begin(appearance);
    perfSlices.begin(appearance);
    if (appearance.creation().durationMs() != null) {
      others.released(nowMs);
      RunningCommand hanging = probe == null ? null : probe.creation();
      if (hanging != null) {
        hanging.released(nowMs + dice.between(100, 2_000));
      }
    }
  }

  private void reboot(Reboot reboot) {
    stopCollector(reboot.downMs() + dice.between(2_000, 8_000));
    SimulatedKernel other = reboot.kernel();
    kernel = other == null ? kernel : other;
    bootedMs = nowMs + reboot.downMs();
    bootId = newBootId();
    pids = new Pids(dice, host.cpus(), kernel);
    appearance = dice.oneOf(repertoire.appearances(Condition.HEALTHY, kernel));
    conditionSinceMs = bootedMs;
    snapshots = new Snapshots(host, dice, pids, appearance);
    perfSlices = new PerfSlices(host, repertoire, dice, pids, appearance);
    others = new OtherPrograms(host, dice, pids, bootedMs);
  }

  private void stopCollector(long forMs) {
    resumeMs = Math.max(run == null ? resumeMs : 0, nowMs + forMs);
    run = null;
    probe = null;
  }

  private void startCollector() {
    CollectorRun started = new CollectorRun(host.name(), bootId, kernel, byClock(nowMs), nowMs);
    run = started;
    snapshots.forget();
    others.forgetSeen();
    previousSnapshotMs = NEVER;
    sliceCount = 0;
    snapshotMs = sources.contains(TelemetrySource.PROC) ? nowMs + dice.below(20) : NEVER;
    probe = sources.contains(TelemetrySource.PROBE) ? new Probe(host, dice, pids, started) : null;
    beginSlice(started);
  }

  private void lose(Set<TelemetrySource> lost) {
    sources.removeAll(lost);
    if (lost.contains(TelemetrySource.PROC)) {
      snapshotMs = NEVER;
    }
    if (lost.contains(TelemetrySource.PERF)) {
      sliceEndMs = NEVER;
    }
    if (lost.contains(TelemetrySource.PROBE)) {
      probe = null;
    }
  }

  private void snapshot(CollectorRun running) {
    RunningCommand probed = probe == null ? null : probe.creation();
    List<RunningCommand> creations = others.creations(nowMs);
    if (probed != null) {
      creations = new ArrayList<>(creations);
      creations.add(probed);
    }
    double share = previousSnapshotMs == NEVER ? 1 : share(nowMs - previousSnapshotMs);
    ProcSnapshot snapshot =
        snapshots.take(running, byClock(nowMs), nowMs, nowMs - bootedMs, share, creations);
    ready.add(TelemetryEvent.of(snapshot));
    for (NetnsLatency record : others.observed(running, nowMs)) {
      ready.add(TelemetryEvent.of(record));
    }
    previousSnapshotMs = nowMs;
    boolean slow = probe != null && probe.slowMs() <= nowMs;
    snapshotMs =
        slow || CloserLook.isRaisedBy(snapshot)
            ? nowMs + CloserLook.lookAgainWithinMs(snapshot)
            : Math.max(nowMs + 1, nextTurnMs(running) + dice.below(20));
  }

  private long nextTurnMs(CollectorRun running) {
    long every = host.cadence().snapshotEveryMs();
    return running.beginMs() + ((nowMs - running.beginMs()) / every + 1) * every;
  }

  private void beginSlice(CollectorRun running) {
    Cadence cadence = host.cadence();
    sliceBeginMs = running.beginMs() + sliceCount++ * cadence.perfEveryMs();
    sliceEndMs =
        sources.contains(TelemetrySource.PERF)
            ? sliceBeginMs
                + cadence.perfSliceMs()
                + dice.between(cadence.perfSliceMs() / 400, cadence.perfSliceMs() / 20)
            : NEVER;
  }

  private void endSlice(CollectorRun running) {
    int durationMs = (int) (sliceEndMs - sliceBeginMs);
    ready.add(
        TelemetryEvent.of(
            perfSlices.sample(running, byClock(sliceBeginMs), durationMs, share(durationMs))));
    beginSlice(running);
  }

  private void probe(Probe probing) {
    if (probing.waitsForTurn() && others.holdsProbe()) {
      probing.skipTurn();
      return;
    }
    NetnsLatency record = probing.act(nowMs, clockOffsetMs, appearance, others.hanging());
    if (record != null) {
      ready.add(TelemetryEvent.of(record));
    }
  }

  /** Of the time just gone by, the share in which the condition prevailed. */
  private double share(long lastMs) {
    return Math.min(1, (double) (nowMs - conditionSinceMs) / lastMs);
  }

  private Instant byClock(long trueMs) {
    return Instant.ofEpochMilli(trueMs + clockOffsetMs);
  }

  private String newBootId() {
    return new UUID(
            (dice.nextLong() & 0xFFFFFFFFFFFF0FFFL) | 0x4000L,
            (dice.nextLong() & 0x3FFFFFFFFFFFFFFFL) | 0x8000000000000000L)
        .toString();
  }
}
