package io.netnswatch.simulator;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Code that perf finds running.
 *
 * @param comm task that runs it; null for the worker of the namespace cleanup
 * @param cpus that it uses in all
 * @param paths what its time divides among
 */
record SimulatedHotCode(@Nullable String comm, Span cpus, List<Path> paths) {

  SimulatedHotCode {
    paths = List.copyOf(paths);
  }

  /**
   * A part of it.
   *
   * @param weight samples, relative to the others
   * @param frames innermost first
   */
  record Path(int weight, List<String> frames) {}

  int totalWeight() {
    return paths.stream().mapToInt(Path::weight).sum();
  }
}
