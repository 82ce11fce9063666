package io.netnswatch.collector.probe;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How to probe.
 *
 * @param ip program to run: a name looked up in PATH, or a path
 * @param timeLimit after this a command is killed
 * @param progressEvery how often a command that hangs is reported, for the first time after as long
 * @param procRoot where proc is mounted
 * @param netnsFolder where namespaces are bound to names, /run/netns
 */
public record ProbeSettings(
    String ip, Duration timeLimit, Duration progressEvery, Path procRoot, Path netnsFolder) {

  public ProbeSettings {
    if (timeLimit.isNegative() || timeLimit.isZero()) {
      throw new IllegalArgumentException("time limit of probes must be above 0, not " + timeLimit);
    }
    if (progressEvery.isNegative() || progressEvery.isZero()) {
      throw new IllegalArgumentException("progress interval must be above 0, not " + progressEvery);
    }
  }

  /** Defaults on a real host. */
  public static ProbeSettings withTimeLimit(Duration timeLimit) {
    return new ProbeSettings(
        "ip", timeLimit, Duration.ofSeconds(5), Path.of("/proc"), Path.of("/run/netns"));
  }
}
