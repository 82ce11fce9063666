package io.netnswatch.detection.cause;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A network device that the kernel log says is waited for.
 *
 * @param name its name
 * @param usageCount references that are left; null if the message does not say
 * @param takenIn where one of them was taken, innermost frame first, as the kernel's reference
 *     tracker (lib/ref_tracker.c) tells; empty if it does not
 */
public record HeldDevice(String name, @Nullable Integer usageCount, List<String> takenIn) {

  /** Counting itself, and what counts references by way of routes. */
  private static final Pattern COUNTING =
      Pattern.compile("ref_tracker_.*|_*netdev_.*|_*dev_.*|_*dst_.*");

  /** Bridges, radios, tunnels and cards: moved into a namespace now and then. */
  private static final Pattern OF_HOSTS =
      Pattern.compile(
          "br-.*|br\\d+|virbr.*|docker\\d+|bond\\d+|team\\d+|wlan.*|wl[opsx]\\w+|wg.*|tap.*|tun\\d+|en[opsx]\\w+");

  public HeldDevice {
    takenIn = List.copyOf(takenIn);
  }

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

  /** The function that took the reference, and whose it is; null if nothing tells. */
  @Nullable String holder() {
    return takenIn.isEmpty()
        ? null
        : takenIn.stream()
            .filter(frame -> !COUNTING.matcher(frame).matches())
            .findFirst()
            .orElse(takenIn.get(0));
  }

  /** Whether it is named as the host's own devices are, and not as those of namespaces. */
  boolean isNamedAsOfHost() {
    return OF_HOSTS.matcher(name).matches();
  }

  boolean isLoopback() {
    return isLoopback(name);
  }

  private static boolean isLoopback(String name) {
    return name.equals("lo");
  }

  @Override
  public String toString() {
    String holder = holder();
    List<String> known = new ArrayList<>();
    if (usageCount != null) {
      known.add("usage count " + usageCount);
    }
    if (holder != null) {
      known.add("held by " + Subsystems.of(holder).name() + ": taken in " + holder);
    }
    return known.isEmpty() ? name : name + " (" + String.join(", ", known) + ")";
  }
}
