package io.netnswatch.collector.probe;

import io.netnswatch.collector.Alertness;
import io.netnswatch.collector.Capabilities;
import io.netnswatch.collector.Emitter;
import io.netnswatch.collector.Source;
import io.netnswatch.collector.probe.TimedCommand.Ended;
import io.netnswatch.collector.probe.TimedCommand.Started;
import io.netnswatch.collector.proc.ProcDirectory;
import io.netnswatch.collector.proc.ProcFiles;
import io.netnswatch.collector.proc.ProcSampler;
import io.netnswatch.schema.BlockedAt;
import io.netnswatch.schema.CommandOrigin;
import io.netnswatch.schema.CommandOutcome;
import io.netnswatch.schema.NetnsCommand;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.TaskOfInterest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates and deletes a namespace of its own at each turn, now and then lists all, and times each.
 * One command is in flight, ever: one that hangs and can't be killed keeps the turn until it is
 * gone.
 */
public final class NetnsProbe implements Source {
  private static final Logger log = LoggerFactory.getLogger(NetnsProbe.class);
  private static final Duration FOREIGN_BLOCKED = Duration.ofSeconds(5);

  /** For one deletion of a leftover; at stop the collector has 5 s for everything. */
  private static final Duration CLEANING_LIMIT = Duration.ofSeconds(2);

  private static final int MAX_SIGNAL = 64;

  /** Listing takes no lock that creation needs: it tells little, and is done once a minute. */
  private static final int ROUNDS_PER_LIST = 6;

  private final ProbeSettings settings;
  private final Alertness alertness;
  private final TimedCommand timed;
  private final ProcFiles proc;
  private final NetnsFolder folder;
  private final long ownPid = ProcessHandle.current().pid();
  private long number;
  private boolean mayHaveLeftovers = true;
  private boolean foreignLogged;

  /**
   * A probe that has not begun.
   *
   * @param alertness is told of a creation that takes long; while its newest snapshot shows another
   *     program's creation blocked, none is added
   */
  public NetnsProbe(ProbeSettings settings, Alertness alertness) {
    this.settings = settings;
    this.alertness = alertness;
    timed = new TimedCommand(settings.timeLimit(), settings.progressEvery());
    proc = new ProcDirectory(settings.procRoot());
    folder = new NetnsFolder(settings.netnsFolder(), settings.procRoot());
  }

  @Override
  public String name() {
    return "probe";
  }

  @Override
  public Optional<String> unavailable() {
    if (Capabilities.program(settings.ip()).isEmpty()) {
      return Optional.of(
          "program '"
              + settings.ip()
              + "' not found; install iproute2 (Debian: apt-get install iproute2)");
    }
    try {
      return Capabilities.effective(settings.procRoot(), Capabilities.CAP_SYS_ADMIN)
          ? Optional.empty()
          : Optional.of("creating a namespace needs CAP_SYS_ADMIN; run as root");
    } catch (IOException e) {
      return Optional.of("own capabilities can't be read: " + e);
    }
  }

  @Override
  public void turn(Emitter emitter) throws IOException, InterruptedException {
    Optional<TaskOfInterest> foreign =
        alertness.latestSnapshot().flatMap(it -> ForeignCreation.blocked(it, FOREIGN_BLOCKED));
    if (foreign.isPresent()) {
      if (!foreignLogged) {
        log.warn(
            "no probes while {} (pid {}) is blocked creating a namespace: adding one would only queue behind it",
            foreign.get().getComm(),
            foreign.get().getPid());
      }
      foreignLogged = true;
      return;
    }
    foreignLogged = false;
    if (mayHaveLeftovers) {
      removeOwn();
    }
    mayHaveLeftovers = true; // until the round has come to its end
    round(emitter);
    mayHaveLeftovers = false;
  }

  private void round(Emitter emitter) throws IOException, InterruptedException {
    ProbeName name = new ProbeName(ownPid, ++number);
    boolean added = run(NetnsCommand.ADD, "add", name, emitter);
    if (name.number() % ROUNDS_PER_LIST == 1) {
      run(NetnsCommand.LIST, "list", null, emitter);
    }
    if (added || (folder.probes().contains(name) && folder.mounted(name))) {
      run(NetnsCommand.DELETE, "del", name, emitter);
    } else {
      folder.removePlaceholder(name);
    }
  }

  private boolean run(NetnsCommand command, String verb, @Nullable ProbeName name, Emitter emitter)
      throws IOException, InterruptedException {
    Watched watched = new Watched(command, name, emitter);
    Ended ended;
    try {
      ended = timed.run(ip(verb, name), watched);
    } finally {
      alertness.ownCreationIsSlow(false);
    }
    int signal = ended.exitStatus() - 128;
    boolean signalled = signal > 0 && signal <= MAX_SIGNAL;
    CommandOutcome outcome =
        ended.killed() && signalled
            ? CommandOutcome.TIMED_OUT
            : ended.exitStatus() == 0 ? CommandOutcome.SUCCEEDED : CommandOutcome.FAILED;
    emitter.emit(
        latency(command, name, ended.started(), ended.latencyMs(), watched.lastSeen)
            .setOutcome(outcome)
            .setExitCode(signalled ? null : Integer.valueOf(ended.exitStatus()))
            .setSignal(signalled ? Integer.valueOf(signal) : null)
            .setStderr(ended.stderr()));
    return outcome == CommandOutcome.SUCCEEDED;
  }

  /** A command of ours while it runs. */
  private final class Watched implements TimedCommand.Listener {

    private final NetnsCommand command;
    private final @Nullable ProbeName name;
    private final Emitter emitter;
    private @Nullable BlockedAt lastSeen;

    Watched(NetnsCommand command, @Nullable ProbeName name, Emitter emitter) {
      this.command = command;
      this.name = name;
      this.emitter = emitter;
    }

    @Override
    public void slow() {
      alertness.ownCreationIsSlow(command == NetnsCommand.ADD);
    }

    @Override
    public void progress(Started started, double elapsedMs) {
      lastSeen = ProcSampler.whereIs(proc, (int) started.pid());
      emitter.emit(
          latency(command, name, started, elapsedMs, lastSeen)
              .setOutcome(CommandOutcome.STILL_RUNNING));
    }
  }

  private NetnsLatency.Builder latency(
      NetnsCommand command,
      @Nullable ProbeName name,
      Started started,
      double latencyMs,
      @Nullable BlockedAt blockedAt) {
    Instant observedAt = started.at().plusNanos((long) (latencyMs * 1e6));
    return NetnsLatency.newBuilder()
        .setCommand(command)
        .setOrigin(CommandOrigin.PROBE)
        .setCommandId(started.pid() + "-" + started.at().toEpochMilli())
        .setPid((int) started.pid())
        .setComm("ip")
        .setNetnsName(name == null ? null : name.toString())
        .setStartedAt(started.at())
        .setObservedAt(observedAt)
        .setLatencyMs(latencyMs)
        .setTimeLimitMs(settings.timeLimit().toMillis())
        .setBlockedAt(blockedAt);
  }

  private List<String> ip(String verb, @Nullable ProbeName name) {
    return name == null
        ? List.of(settings.ip(), "netns", verb)
        : List.of(settings.ip(), "netns", verb, name.toString());
  }

  /** Removes namespaces and placeholders of this collector and of dead ones; of nobody else. */
  private void removeOwn() throws IOException, InterruptedException {
    TimedCommand cleaning = new TimedCommand(CLEANING_LIMIT, CLEANING_LIMIT);
    for (ProbeName name : folder.probes()) {
      if (!folder.abandoned(name, ownPid)) {
        continue;
      }
      try {
        remove(name, cleaning);
      } catch (IOException e) {
        log.warn("{} could not be removed: {}", name, e.toString());
      }
    }
  }

  private void remove(ProbeName name, TimedCommand cleaning)
      throws IOException, InterruptedException {
    if (!folder.mounted(name)) {
      folder.removePlaceholder(name);
      return;
    }
    Ended ended = cleaning.run(ip("del", name), (started, elapsedMs) -> {});
    if (ended.exitStatus() != 0) {
      log.warn("{} could not be deleted, exit {}: {}", name, ended.exitStatus(), ended.stderr());
    }
  }

  @Override
  public void stop() {
    try {
      if (number > 0) {
        removeOwn();
      }
    } catch (IOException e) {
      log.warn("own namespaces could not be removed: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      log.warn("stopped before own namespaces were removed; the next start removes them");
    }
  }
}
