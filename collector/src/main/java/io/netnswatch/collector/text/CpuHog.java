package io.netnswatch.collector.text;

import io.netnswatch.detection.cause.KernelFunctions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A task that has nothing to do with namespaces and, by the kernel's report, kept a CPU: what waits
 * for an RCU grace period waits for it.
 */
public final class CpuHog {

  private CpuHog() {}

  /**
   * What it means, for people.
   *
   * @param stack where it was, innermost function first; may be empty
   */
  public static String words(@Nullable Integer pid, @Nullable String comm, List<String> stack) {
    return TaskName.of(pid, comm)
        + " kept a CPU, by the kernel's report"
        + (stack.isEmpty() ? "" : ", in " + innermost(stack))
        + ": as long as it does, no RCU grace period ends, and so neither does what waits for one";
  }

  private static String innermost(List<String> stack) {
    String function = KernelFunctions.innermost(stack);
    return function != null ? function : stack.get(0);
  }
}
