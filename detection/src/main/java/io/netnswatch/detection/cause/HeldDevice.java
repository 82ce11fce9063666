package io.netnswatch.detection.cause;

import org.jspecify.annotations.Nullable;

/**
 * A network device that the kernel log says is waited for.
 *
 * @param name its name
 * @param usageCount references that are left; null if the message does not say
 */
public record HeldDevice(String name, @Nullable Integer usageCount) {

  /** Whether it goes with its namespace alone: nobody can remove it. */
  boolean isLoopback() {
    return name.equals("lo");
  }

  @Override
  public String toString() {
    return usageCount == null ? name : name + " (usage count " + usageCount + ")";
  }
}
