package io.netnswatch.detection;

import io.netnswatch.schema.BlockedAt;
import io.netnswatch.schema.CallPath;
import io.netnswatch.schema.CommandOutcome;
import io.netnswatch.schema.NetnsCommand;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.SymbolSamples;
import io.netnswatch.schema.TaskOfInterest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** Reduces an event to the few numbers that a signature can use. */
public final class Projection {

  /** From this use of a CPU on a kernel worker is worth keeping. */
  private static final double BUSY_WORKER_CPUS = 0.5;

  /** Without call paths: share of a worker's samples that must be a signature's own symbols. */
  private static final double OWN_SYMBOLS_SHARE = 0.25;

  private static final int MAX_HOST_LENGTH = 190;

  private final List<Signature> signatures;
  private final Set<String> creationFunctions;
  private final Set<String> cleanupFunctions;

  public Projection(List<Signature> signatures) {
    this.signatures = signatures.stream().sorted(Comparator.comparing(Signature::id)).toList();
    this.creationFunctions =
        signatures.stream()
            .map(signature -> signature.blocked().kernelFunction())
            .collect(Collectors.toUnmodifiableSet());
    this.cleanupFunctions =
        signatures.stream()
            .map(signature -> signature.hot().caller())
            .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Projects a piece of telemetry.
   *
   * @throws InvalidEventException if it says something impossible, or is no telemetry
   */
  public Evidence of(SpecificRecord event, @Nullable SourceRef source)
      throws InvalidEventException {
    if (event instanceof PerfSample sample) {
      return of(sample, source);
    }
    if (event instanceof NetnsLatency latency) {
      return of(latency, source);
    }
    if (event instanceof ProcSnapshot snapshot) {
      return of(snapshot, source);
    }
    throw new InvalidEventException("no telemetry: " + event.getSchema().getFullName());
  }

  /**
   * Projects a perf slice.
   *
   * @throws InvalidEventException if it says something impossible
   */
  public Evidence of(PerfSample sample, @Nullable SourceRef source) throws InvalidEventException {
    require(sample.getDurationMs() > 0, "duration_ms must be above 0");
    require(sample.getFrequencyHz() > 0, "frequency_hz must be above 0");
    long endMs = eventTime("started_at", sample.getStartedAt()) + sample.getDurationMs();
    List<HotCode> hot = new ArrayList<>();
    for (Signature signature : signatures) {
      HotCode code = hotCode(signature, sample, endMs, source);
      if (code != null) {
        hot.add(code);
      }
    }
    return new Evidence.Profile(
        boot(sample.getHost(), sample.getBootId()),
        endMs,
        new Kernel(sample.getKernelRelease(), null),
        hot);
  }

  /**
   * Projects a namespace command.
   *
   * @throws InvalidEventException if it says something impossible
   */
  public Evidence of(NetnsLatency latency, @Nullable SourceRef source)
      throws InvalidEventException {
    String bootId = boot(latency.getHost(), latency.getBootId());
    long startedAtMs = eventTime("started_at", latency.getStartedAt());
    long observedAtMs = eventTime("observed_at", latency.getObservedAt());
    Kernel kernel = new Kernel(latency.getKernelRelease(), null);
    require(startedAtMs <= observedAtMs, "started_at must not be after observed_at");
    if (latency.getCommand() != NetnsCommand.ADD) {
      return new Evidence.Irrelevant(bootId, observedAtMs, kernel);
    }
    if (latency.getOutcome() == CommandOutcome.SUCCEEDED) {
      return new Evidence.CreationSucceeded(bootId, observedAtMs, kernel);
    }
    BlockedAt at = latency.getBlockedAt();
    HungCreation creation =
        new HungCreation(
            latency.getOrigin().name(),
            latency.getPid(),
            latency.getComm(),
            latency.getNetnsName(),
            startedAtMs,
            observedAtMs,
            at == null ? null : at.getState(),
            at == null ? null : at.getWchan(),
            at == null ? List.of() : orEmpty(at.getStack()),
            source);
    return new Evidence.CreationPending(bootId, observedAtMs, kernel, creation);
  }

  /**
   * Projects a proc snapshot.
   *
   * @throws InvalidEventException if it says something impossible
   */
  public Evidence of(ProcSnapshot snapshot, @Nullable SourceRef source)
      throws InvalidEventException {
    long collectedAtMs = eventTime("collected_at", snapshot.getCollectedAt());
    CleanupWorker worker = null;
    HungCreation creation = null;
    for (TaskOfInterest task : snapshot.getTasksOfInterest()) {
      if (task.getKernelThread()) {
        worker =
            WindowEvidence.greater(
                worker, worker(task, collectedAtMs, source), CleanupWorker.BY_RELEVANCE);
      } else {
        creation =
            WindowEvidence.greater(
                creation, creation(task, collectedAtMs, source), HungCreation.BY_AGE);
      }
    }
    return new Evidence.Snapshot(
        boot(snapshot.getHost(), snapshot.getBootId()),
        collectedAtMs,
        new Kernel(snapshot.getKernelRelease(), snapshot.getKernelVersion()),
        worker,
        creation);
  }

  private static @Nullable HotCode hotCode(
      Signature signature, PerfSample sample, long endMs, @Nullable SourceRef source) {
    List<HotPath> paths =
        sample.getCallPathsRecorded()
            ? pathsThrough(signature.hot(), sample)
            : leavesOfWorkers(signature.hot(), sample);
    if (paths.isEmpty()) {
      return null;
    }
    long samples = paths.stream().mapToLong(HotPath::samples).sum();
    Task task = mostSamples(paths, HotPath::task, Task.ORDER);
    List<HotPath> ofTask = paths.stream().filter(path -> path.task.equals(task)).toList();
    String symbol = hottestSymbol(ofTask);
    List<String> frames =
        ofTask.stream()
            .filter(path -> path.symbol.equals(symbol))
            .max(
                Comparator.comparingLong(HotPath::samples)
                    .thenComparing(path -> String.join("\n", path.frames)))
            .orElseThrow()
            .frames();
    double cpuSeconds = sample.getFrequencyHz() * (sample.getDurationMs() / 1000.0);
    return new HotCode(
        signature.id(),
        symbol,
        samples / cpuSeconds,
        samples,
        task.comm,
        task.pid,
        frames,
        endMs,
        source);
  }

  /** The symbol that was itself executing most; if none was, the one most samples are below. */
  private static String hottestSymbol(List<HotPath> paths) {
    List<HotPath> executing =
        paths.stream().filter(path -> path.symbol.equals(path.leaf())).toList();
    return mostSamples(
        executing.isEmpty() ? paths : executing, HotPath::symbol, Comparator.naturalOrder());
  }

  /** Samples whose call path holds one of the symbols and, further out, the caller. */
  private static List<HotPath> pathsThrough(Signature.Hot hot, PerfSample sample) {
    List<HotPath> found = new ArrayList<>();
    for (SymbolSamples entry : sample.getSymbols()) {
      for (CallPath path : entry.getCallPaths()) {
        List<String> frames =
            path.getFrames().stream().map(SymbolName::withoutCompilerSuffix).toList();
        if (frames.contains(hot.caller())) {
          frames.stream()
              .filter(hot.symbols()::contains)
              .findFirst()
              .ifPresent(
                  symbol ->
                      found.add(new HotPath(Task.of(entry), symbol, frames, path.getSamples())));
        }
      }
    }
    return found;
  }

  /**
   * Without call paths: all samples of a kworker that spends a good part of its time in the symbols
   * themselves, since the rest (spin locks) is spent on their behalf.
   */
  private static List<HotPath> leavesOfWorkers(Signature.Hot hot, PerfSample sample) {
    Map<Task, List<SymbolSamples>> byWorker =
        sample.getSymbols().stream()
            .filter(entry -> entry.getComm().startsWith("kworker"))
            .collect(Collectors.groupingBy(Task::of));
    List<HotPath> found = new ArrayList<>();
    byWorker.forEach(
        (task, entries) -> {
          Map<String, Long> own = new HashMap<>();
          long all = 0;
          for (SymbolSamples entry : entries) {
            all += entry.getSamples();
            String symbol = SymbolName.withoutCompilerSuffix(entry.getSymbol());
            if (hot.symbols().contains(symbol)) {
              own.merge(symbol, entry.getSamples(), Long::sum);
            }
          }
          long ofSymbols = own.values().stream().mapToLong(Long::longValue).sum();
          if (ofSymbols > 0 && ofSymbols >= OWN_SYMBOLS_SHARE * all) {
            String symbol =
                own.entrySet().stream()
                    .max(
                        Map.Entry.<String, Long>comparingByValue()
                            .thenComparing(Map.Entry.comparingByKey()))
                    .orElseThrow()
                    .getKey();
            found.add(new HotPath(task, symbol, List.of(), all));
          }
        });
    return found;
  }

  private static <K> K mostSamples(
      List<HotPath> paths,
      java.util.function.Function<HotPath, K> key,
      Comparator<? super K> tieBreak) {
    Map<K, Long> samples =
        paths.stream()
            .collect(Collectors.groupingBy(key, Collectors.summingLong(HotPath::samples)));
    return samples.entrySet().stream()
        .max(Map.Entry.<K, Long>comparingByValue().thenComparing(Map.Entry::getKey, tieBreak))
        .orElseThrow()
        .getKey();
  }

  private @Nullable CleanupWorker worker(
      TaskOfInterest task, long collectedAtMs, @Nullable SourceRef source) {
    List<String> stack = orEmpty(task.getStack());
    boolean inCleanup = stack.stream().anyMatch(this::isCleanup);
    Double cpuUse = task.getCpuUse();
    boolean busy =
        task.getComm().startsWith("kworker") && cpuUse != null && cpuUse >= BUSY_WORKER_CPUS;
    if (!inCleanup && !busy) {
      return null;
    }
    return new CleanupWorker(
        task.getPid(),
        task.getComm(),
        task.getState(),
        cpuUse,
        inCleanup,
        stack,
        collectedAtMs,
        source);
  }

  private @Nullable HungCreation creation(
      TaskOfInterest task, long collectedAtMs, @Nullable SourceRef source) {
    Long blockedForMs = task.getBlockedForMs();
    List<String> stack = orEmpty(task.getStack());
    String wchan = task.getWchan();
    boolean creating =
        stack.stream().anyMatch(this::isCreation) || (wchan != null && isCreation(wchan));
    if (!creating || blockedForMs == null) {
      return null;
    }
    return new HungCreation(
        "PROC",
        task.getPid(),
        task.getComm(),
        null,
        collectedAtMs - blockedForMs,
        collectedAtMs,
        task.getState(),
        wchan,
        stack,
        source);
  }

  private boolean isCleanup(String symbol) {
    return cleanupFunctions.contains(SymbolName.withoutCompilerSuffix(symbol));
  }

  private boolean isCreation(String symbol) {
    return creationFunctions.contains(SymbolName.withoutCompilerSuffix(symbol));
  }

  private static String boot(String host, String bootId) throws InvalidEventException {
    require(
        !host.isBlank() && host.length() <= MAX_HOST_LENGTH,
        "host must be of 1 to " + MAX_HOST_LENGTH + " characters");
    require(!bootId.isBlank(), "boot_id must not be blank");
    return bootId;
  }

  private static long eventTime(String field, Instant time) throws InvalidEventException {
    long epochMs = time.toEpochMilli();
    require(epochMs > 0, field + " must be after 1970");
    return epochMs;
  }

  private static <T> List<T> orEmpty(@Nullable List<T> list) {
    return list == null ? List.of() : list;
  }

  private static void require(boolean condition, String message) throws InvalidEventException {
    if (!condition) {
      throw new InvalidEventException(message);
    }
  }

  private record Task(String comm, int pid) {
    static final Comparator<Task> ORDER =
        Comparator.comparing(Task::comm).thenComparingInt(Task::pid);

    static Task of(SymbolSamples entry) {
      return new Task(entry.getComm(), entry.getPid());
    }
  }

  private record HotPath(Task task, String symbol, List<String> frames, long samples) {
    @Nullable String leaf() {
      return frames.isEmpty() ? null : frames.get(0);
    }
  }
}
