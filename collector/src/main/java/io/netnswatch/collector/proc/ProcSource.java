package io.netnswatch.collector.proc;

import static java.util.Comparator.naturalOrder;

import io.netnswatch.collector.Alertness;
import io.netnswatch.collector.Emitter;
import io.netnswatch.collector.Source;
import io.netnswatch.collector.kmsg.KernelLog;
import io.netnswatch.collector.netns.ObservedCommands;
import io.netnswatch.collector.proc.ProcSampler.Sample;
import io.netnswatch.schema.ProcSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Snapshots of this host's /proc, and other programs' namespace commands as they show them. */
public final class ProcSource implements Source {

  private final ProcFiles files;
  private final BiFunction<Instant, ProcFiles, ProcFiles> readings;
  private final Path procRoot;
  private final Path runNetns;
  private final Clock clock;
  private final ProcSampler sampler;
  private final ObservedCommands observed = new ObservedCommands();
  private KernelLog kernelLog = KernelLog.NONE;
  private final Alertness alertness = new Alertness();

  /**
   * A source that has not begun.
   *
   * @param procRoot where the host's proc is mounted
   * @param runNetns where namespaces are bound to names, /run/netns
   * @param clock tells the time of snapshots
   */
  public ProcSource(Path procRoot, Path runNetns, Clock clock) {
    this(procRoot, runNetns, clock, (at, proc) -> proc);
  }

  /**
   * A source whose readings somebody looks at.
   *
   * @param readings given the time of a snapshot and /proc, tells where to read it
   */
  public ProcSource(
      Path procRoot,
      Path runNetns,
      Clock clock,
      BiFunction<Instant, ProcFiles, ProcFiles> readings) {
    // CLOCK_MONOTONIC: nobody sets it, and it stands still while the host is suspended.
    this(
        procRoot,
        runNetns,
        clock,
        () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()),
        readings);
  }

  /**
   * A source with a clock of its own.
   *
   * @param kernelMs the kernel's clock in milliseconds, by which CPU use and ages are measured
   */
  public ProcSource(
      Path procRoot,
      Path runNetns,
      Clock clock,
      LongSupplier kernelMs,
      BiFunction<Instant, ProcFiles, ProcFiles> readings) {
    this.files = new ProcDirectory(procRoot);
    this.readings = readings;
    this.procRoot = procRoot;
    this.runNetns = runNetns;
    this.clock = clock;
    this.sampler = new ProcSampler(runNetns, kernelMs);
  }

  /**
   * Adds to snapshots what the kernel's log says; to be called before the first turn.
   *
   * @return this
   */
  public ProcSource with(KernelLog log) {
    this.kernelLog = log;
    return this;
  }

  /** Knows the newest snapshot, and whether what it shows is suspicious. */
  public Alertness alertness() {
    return alertness;
  }

  @Override
  public String name() {
    return "proc";
  }

  @Override
  public Optional<String> unavailable() {
    return Files.isReadable(procRoot.resolve("stat"))
        ? Optional.empty()
        : Optional.of(procRoot + " is not a readable proc file system");
  }

  @Override
  public void turn(Emitter emitter) throws IOException, ProcParseException {
    Instant now = clock.instant();
    Sample sample = sampler.sample(readings.apply(now, files), now, kernelLog);
    ProcSnapshot snapshot = emitter.emit(sample.snapshot());
    List<NamespaceTask> foreign = withoutOwn(sample.commands());
    if (!foreign.isEmpty() || observed.watching()) {
      Set<String> named = Namespaces.readNamed(files, runNetns).keySet();
      observed.observe(foreign, now, sample.kernelMs(), named).forEach(emitter::emit);
    }
    alertness.tookSnapshot(snapshot);
  }

  @Override
  public Optional<Duration> wantedWithin() {
    Optional<Duration> shown =
        alertness.latestSnapshot().flatMap(Suspicion::lookAgainWithin).or(this::whileAlert);
    return Stream.of(shown, observed.dueWithin()).flatMap(Optional::stream).min(naturalOrder());
  }

  private Optional<Duration> whileAlert() {
    return alertness.isRaised() ? Optional.of(Suspicion.LOOK_EVERY) : Optional.empty();
  }

  @Override
  public void onCall(Runnable call) {
    alertness.onRaise(call);
  }

  /** The collector's own probes are children of this process. */
  private static List<NamespaceTask> withoutOwn(List<NamespaceTask> commands) {
    if (commands.isEmpty()) {
      return commands;
    }
    Set<Long> own =
        ProcessHandle.current()
            .descendants()
            .map(ProcessHandle::pid)
            .collect(Collectors.toUnmodifiableSet());
    return commands.stream().filter(task -> !own.contains((long) task.pid())).toList();
  }
}
