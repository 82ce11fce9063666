package io.netnswatch.collector.perf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.regex.Pattern;

/**
 * The samples of a slice as {@code perf script} prints them, so that {@link PerfScript} reads them
 * again. CPU and time are not known here and print as 0, and so do addresses: they would tell where
 * the kernel lies in memory. Not thread-safe.
 */
final class ScriptText {

  /** Some seconds of the largest hosts; samples beyond are counted as lost. */
  private static final int MAX_SAMPLES = 200_000;

  private static final int MAX_CHARS = 32 << 20;

  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  private record Sample(int pid, String path) {}

  private final List<Sample> samples = new ArrayList<>();
  private final Map<String, String> paths = new HashMap<>();
  private long lost;

  /** A call path in the making, innermost function first. */
  static final class Path {
    private final StringBuilder lines = new StringBuilder();

    void add(KernelSymbols.Function function) {
      String module = function.module();
      lines.append("\t0 ").append(function.name());
      lines.append(" (").append(module == null ? "[unknown]" : module).append(")\n");
    }
  }

  void add(int pid, Path path) {
    if (samples.size() == MAX_SAMPLES) {
      lost++;
      return;
    }
    String text = path.lines.toString();
    String known = paths.putIfAbsent(text, text);
    samples.add(new Sample(pid, known == null ? text : known));
  }

  void lost(long count) {
    lost += count;
  }

  /** The text; names of tasks are asked for by process id. */
  String end(IntFunction<String> comm) {
    StringBuilder text = new StringBuilder();
    long tooMany = 0;
    for (Sample sample : samples) {
      if (text.length() > MAX_CHARS) {
        tooMany++;
        continue;
      }
      text.append(CONTROL.matcher(comm.apply(sample.pid())).replaceAll("?"));
      text.append(' ').append(sample.pid()).append(" [000] 0.000000: ");
      text.append(PerfSettings.EVENT).append(":\n");
      text.append(sample.path()).append('\n');
    }
    return text.append("PERF_RECORD_LOST_SAMPLES lost ")
        .append(lost + tooMany)
        .append('\n')
        .toString();
  }
}
