package io.netnswatch.collector.perf;

import io.netnswatch.schema.SymbolSamples;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes profiles of raw samples: names the addresses by {@code /proc/kallsyms} and the tasks by
 * {@code /proc/PID/comm}. The symbols are read once, and again when modules come or go. Not
 * thread-safe.
 */
final class KernelProfiler implements PerfData.Sink {
  private static final Logger log = LoggerFactory.getLogger(KernelProfiler.class);

  /** Addresses from here on are marks of the kernel (PERF_CONTEXT_MAX). */
  private static final long FIRST_MARK = -4095;

  private static final long USER_MARK = -512;

  private final Path procRoot;
  private @Nullable KernelSymbols symbols;
  private String modules = "";
  private SampleCounts counts = new SampleCounts();
  private @Nullable ScriptText script;
  private final List<String> frames = new ArrayList<>();

  /**
   * A profiler.
   *
   * @param keepsScript whether the samples are kept one by one, too
   */
  KernelProfiler(Path procRoot, boolean keepsScript) {
    this.procRoot = procRoot;
    this.script = keepsScript ? new ScriptText() : null;
  }

  /** Forgets the samples so far; from here on a slice is counted. */
  void begin() throws IOException {
    String now = modules();
    if (symbols == null || !now.equals(modules)) {
      symbols = KernelSymbols.read(procRoot.resolve("kallsyms"));
      modules = now;
    }
    counts = new SampleCounts();
    counts.lost(0); // perf says what is lost, so silence is 0
    if (script != null) {
      script = new ScriptText();
    }
  }

  private String modules() throws IOException {
    try {
      return Files.readString(procRoot.resolve("modules"));
    } catch (NoSuchFileException e) {
      return ""; // a kernel without modules
    }
  }

  @Override
  public void sample(int pid, long[] ips, int length) {
    KernelSymbols known = symbols;
    String leafModule = null;
    String root = "";
    ScriptText.Path path = script == null ? null : new ScriptText.Path();
    frames.clear();
    for (int i = 0; known != null && i < length && ips[i] != USER_MARK; i++) {
      if (Long.compareUnsigned(ips[i], FIRST_MARK) >= 0) {
        continue;
      }
      KernelSymbols.Function function = known.at(ips[i]);
      if (frames.isEmpty()) {
        leafModule = function.module();
      }
      if (frames.size() < SampleCounts.MAX_FRAMES) {
        frames.add(function.name());
      }
      if (path != null) {
        path.add(function);
      }
      root = function.name();
    }
    counts.add("", pid, frames, leafModule, root);
    if (script != null && path != null) {
      script.add(pid, path);
    }
  }

  @Override
  public void lost(long count) {
    counts.lost(count);
    if (script != null) {
      script.lost(count);
    }
  }

  /**
   * What the samples since {@link #begin} come to.
   *
   * @param profile added up
   * @param script one by one, as {@code perf script} prints them; null if they were not kept
   */
  record Result(PerfProfile profile, @Nullable String script) {}

  /** Ends the slice. */
  Result end() {
    PerfProfile profile = counts.profile(PerfSettings.EVENT);
    Map<Integer, String> names = new HashMap<>();
    IntFunction<String> comm = pid -> names.computeIfAbsent(pid, this::comm);
    List<SymbolSamples> named =
        profile.symbols().stream()
            .map(it -> SymbolSamples.newBuilder(it).setComm(comm.apply(it.getPid())).build())
            .toList();
    counts = new SampleCounts();
    return new Result(profile.withSymbols(named), script == null ? null : script.end(comm));
  }

  /** Name of a process; of one that is gone its number, as perf writes it. */
  private String comm(int pid) {
    try {
      byte[] name = Files.readAllBytes(procRoot.resolve(pid + "/comm"));
      return new String(name, StandardCharsets.UTF_8).stripTrailing();
    } catch (IOException e) {
      log.debug("name of process {} can't be read", pid, e);
      return ":" + pid;
    }
  }
}
