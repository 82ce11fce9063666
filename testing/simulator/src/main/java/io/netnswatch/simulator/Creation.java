package io.netnswatch.simulator;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a namespace creation.
 *
 * @param durationMs how long one takes; null if none finishes
 * @param wchan function in which it waits
 * @param stack where it waits
 */
record Creation(@Nullable Span durationMs, String wchan, List<String> stack) {

  static Creation finishes(SimulatedKernel kernel, double leastMs, double greatestMs) {
    return new Creation(
        new Span(leastMs, greatestMs), "copy_net_ns", CallPaths.ofCreation(kernel, "copy_net_ns"));
  }

  static Creation hangs(SimulatedKernel kernel) {
    return new Creation(null, "copy_net_ns", CallPaths.ofCreation(kernel, "copy_net_ns"));
  }
}
