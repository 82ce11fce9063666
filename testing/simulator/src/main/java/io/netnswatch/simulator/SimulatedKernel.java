package io.netnswatch.simulator;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A kernel.
 *
 * @param release as uname -r prints it
 * @param version /proc/version, one line
 */
public record SimulatedKernel(String release, String version) {

  private static final Pattern NUMBERS = Pattern.compile("^(\\d+)\\.(\\d+)");

  /** The kernel of the recordings. */
  public static final SimulatedKernel RECORDED =
      new SimulatedKernel(
          "4.15.1-netns",
          "Linux version 4.15.1-netns (root@vm) (gcc version 12.2.0 (Debian 12.2.0-14+deb12u1)) #4 SMP Sun Nov 22 15:06:42 UTC 2026");

  public SimulatedKernel {
    if (!NUMBERS.matcher(release).find()) {
      throw new IllegalArgumentException(
          "kernel release must begin with numbers, e.g. 4.15.1: '" + release + "'");
    }
  }

  /** A release with a plausible /proc/version. */
  public static SimulatedKernel of(String release) {
    return release.equals(RECORDED.release)
        ? RECORDED
        : new SimulatedKernel(
            release, "Linux version " + release + " (build@simulator) (gcc) #1 SMP");
  }

  /** Whether this is that version of Linux or a later one. */
  boolean isAtLeast(int major, int minor) {
    Matcher numbers = NUMBERS.matcher(release);
    if (!numbers.find()) {
      throw new IllegalStateException("validated: " + release);
    }
    int thisMajor = Integer.parseInt(numbers.group(1));
    return thisMajor > major || (thisMajor == major && Integer.parseInt(numbers.group(2)) >= minor);
  }

  /** Fragments are in rhashtables, and creation takes pernet_ops_rwsem: Linux 4.17. */
  boolean isRhashtableEra() {
    return isAtLeast(4, 17);
  }

  /** A task that waits for net_mutex can be killed: Linux 4.10. */
  boolean creationIsKillable() {
    return isAtLeast(4, 10);
  }
}
