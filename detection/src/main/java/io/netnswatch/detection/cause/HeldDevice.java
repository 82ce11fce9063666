package io.netnswatch.detection.cause;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A network device that the kernel log says is waited for.
 *
 * @param name its name
 * @param usageCount references that are left; null if the message does not say
 */
public record HeldDevice(String name, @Nullable Integer usageCount) {

  /**
   * Those that the cleanup of a namespace waits for: not those that programs remove, where as many
   * do as the log names devices. {@code lo} goes with its namespace alone: no program can remove
   * it.
   *
   * @param devices what the log names
   * @param name the name of one of them
   * @param readings what tasks do
   */
  public static <T> List<T> ofNamespaces(
      List<T> devices, Function<T, String> name, List<Reading> readings) {
    long removers = readings.stream().filter(it -> it.role() == Role.DEVICE_REMOVER).count();
    List<T> loopbacks = devices.stream().filter(it -> isLoopback(name.apply(it))).toList();
    return removers < devices.size() - loopbacks.size() ? devices : loopbacks;
  }

  boolean isLoopback() {
    return isLoopback(name);
  }

  private static boolean isLoopback(String name) {
    return name.equals("lo");
  }

  @Override
  public String toString() {
    return usageCount == null ? name : name + " (usage count " + usageCount + ")";
  }
}
