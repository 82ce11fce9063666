package io.netnswatch.detection.evidence;

import io.netnswatch.detection.cause.CpuTime;
import io.netnswatch.detection.evidence.HotCode.Origin;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.detection.signature.SymbolName;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.SymbolSamples;
import io.netnswatch.schema.TaskOfInterest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds the code of signatures in perf slices and in stacks of workers. */
final class HotCodeFinder {

  /** Without call paths: share of a worker's samples that must be a signature's own symbols. */
  private static final double OWN_SYMBOLS_SHARE = 0.25;

  /** Without call paths the caller's share can't be seen: less says nothing. */
  private static final double LEAVES_CPUS = 0.25;

  private final List<Signature> signatures;
  private final FunctionSet callers;

  HotCodeFinder(List<Signature> signatures) {
    this.signatures = signatures.stream().filter(signature -> signature.hot() != null).toList();
    this.callers =
        new FunctionSet(
            this.signatures.stream()
                .map(signature -> hot(signature).caller())
                .collect(Collectors.toSet()));
  }

  /**
   * Code of each signature that a slice has samples of.
   *
   * @param ofConcern at least its call paths through the signatures' callers
   */
  List<HotCode> in(
      PerfSample sample, List<SampledPath> ofConcern, long endMs, @Nullable SourceRef source) {
    List<Path> paths =
        ofConcern.stream().filter(path -> path.runsThrough(callers)).map(Path::of).toList();
    List<HotCode> found = new ArrayList<>();
    for (Signature signature : signatures) {
      List<Path> hot =
          sample.getCallPathsRecorded()
              ? pathsThrough(hot(signature), paths)
              : leavesOfWorkers(hot(signature), sample);
      if (!hot.isEmpty()) {
        HotCode code = fromPerf(signature, hot, sample, endMs, source);
        if (sample.getCallPathsRecorded() || code.cpus() >= LEAVES_CPUS) {
          found.add(code);
        }
      }
    }
    return found;
  }

  /** Code of each signature that a worker's stack runs through. */
  List<HotCode> in(TaskOfInterest task, List<String> stack, long atMs, @Nullable SourceRef source) {
    if (stack.stream().noneMatch(callers::hasNameOf)) {
      return List.of();
    }
    double cpus = task.getCpuUse() == null ? 0 : task.getCpuUse();
    List<HotCode> found = new ArrayList<>();
    for (Signature signature : signatures) {
      Signature.Hot hot = hot(signature);
      if (stack.contains(hot.caller()) && (hot.stackSuffices() || !CpuTime.isOfInterrupt(stack))) {
        stack.stream()
            .filter(hot::names)
            .findFirst()
            .ifPresent(
                symbol ->
                    found.add(
                        new HotCode(
                            signature.id(),
                            Origin.PROC,
                            symbol,
                            cpus,
                            0,
                            task.getComm(),
                            task.getPid(),
                            stack,
                            atMs,
                            source)));
      }
    }
    return found;
  }

  private static HotCode fromPerf(
      Signature signature,
      List<Path> hot,
      PerfSample sample,
      long endMs,
      @Nullable SourceRef source) {
    long samples = hot.stream().mapToLong(Path::samples).sum();
    Task task = mostSamples(hot, Path::task, Task.ORDER);
    List<Path> ofTask = hot.stream().filter(path -> path.task.equals(task)).toList();
    String symbol = hottestSymbol(ofTask);
    List<String> frames =
        ofTask.stream()
            .filter(path -> path.symbol.equals(symbol))
            .max(
                Comparator.comparingLong(Path::samples)
                    .thenComparing(path -> String.join("\n", path.frames)))
            .orElseThrow()
            .frames();
    double cpuSeconds = sample.getFrequencyHz() * (sample.getDurationMs() / 1000.0);
    long tasks = hot.stream().map(Path::task).distinct().count(); // each uses one CPU at most
    return new HotCode(
        signature.id(),
        Origin.PERF,
        symbol,
        Math.min(samples / cpuSeconds, (double) tasks),
        samples,
        task.comm,
        task.pid,
        frames,
        endMs,
        source);
  }

  /** The symbol that was itself executing most; if none was, the one most samples are below. */
  private static String hottestSymbol(List<Path> paths) {
    List<Path> executing = paths.stream().filter(path -> path.symbol.equals(path.leaf())).toList();
    return mostSamples(
        executing.isEmpty() ? paths : executing, Path::symbol, Comparator.naturalOrder());
  }

  /**
   * Samples whose call path holds one of the symbols and, further out, the caller; none if the
   * caller spends too much of its time elsewhere, or most of it goes to interrupts on top.
   */
  private static List<Path> pathsThrough(Signature.Hot hot, List<Path> paths) {
    List<Path> found = new ArrayList<>();
    long ofCaller = 0;
    long ofSymbols = 0;
    long interrupted = 0;
    for (Path path : paths) {
      int caller = path.frames.lastIndexOf(hot.caller());
      if (caller < 0) {
        continue;
      }
      ofCaller += path.samples;
      for (String function : path.frames.subList(0, caller + 1)) {
        if (hot.names(function)) {
          ofSymbols += path.samples;
          interrupted += CpuTime.isOfInterrupt(path.frames) ? path.samples : 0;
          found.add(new Path(path.task, function, path.frames, path.samples));
          break;
        }
      }
    }
    boolean its = hot.stackSuffices() || 2 * interrupted <= ofSymbols;
    return its && ofSymbols >= hot.callerShare() * ofCaller ? found : List.of();
  }

  /**
   * Without call paths: all samples of a kworker that spends a good part of its time in the symbols
   * themselves, since the rest (spin locks) is spent on their behalf.
   */
  private static List<Path> leavesOfWorkers(Signature.Hot hot, PerfSample sample) {
    Map<Task, List<SymbolSamples>> byWorker =
        sample.getSymbols().stream()
            .filter(entry -> EventRules.isKworker(entry.getComm()))
            .collect(Collectors.groupingBy(Task::of));
    List<Path> found = new ArrayList<>();
    byWorker.forEach(
        (task, entries) -> {
          Map<String, Long> own = new HashMap<>();
          long all = 0;
          for (SymbolSamples entry : entries) {
            all += entry.getSamples();
            String symbol = SymbolName.withoutCompilerSuffix(entry.getSymbol());
            if (hot.names(symbol)) {
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
            found.add(new Path(task, symbol, List.of(), all));
          }
        });
    return found;
  }

  private static <K> K mostSamples(
      List<Path> paths, Function<Path, K> key, Comparator<? super K> tieBreak) {
    Map<K, Long> samples =
        paths.stream().collect(Collectors.groupingBy(key, Collectors.summingLong(Path::samples)));
    return samples.entrySet().stream()
        .max(Map.Entry.<K, Long>comparingByValue().thenComparing(Map.Entry::getKey, tieBreak))
        .orElseThrow()
        .getKey();
  }

  private static Signature.Hot hot(Signature signature) {
    Signature.Hot hot = signature.hot();
    if (hot == null) {
      throw new IllegalStateException(signature.id() + " asks for no hot code");
    }
    return hot;
  }

  private record Task(String comm, int pid) {
    static final Comparator<Task> ORDER =
        Comparator.comparing(Task::comm).thenComparingInt(Task::pid);

    static Task of(SymbolSamples entry) {
      return new Task(entry.getComm(), entry.getPid());
    }
  }

  private record Path(Task task, String symbol, List<String> frames, long samples) {

    static Path of(SampledPath path) {
      List<String> names = path.frames().stream().map(SymbolName::withoutCompilerSuffix).toList();
      return new Path(Task.of(path.entry()), "", names, path.samples());
    }

    @Nullable String leaf() {
      return frames.isEmpty() ? null : frames.get(0);
    }
  }
}
