package io.netnswatch.simulator;

import java.time.Instant;

/** One run of a host's collector: what it stamps on every event. */
final class CollectorRun {
  private final String host;
  private final String bootId;
  private final SimulatedKernel kernel;
  private final Instant startedAt;
  private final long beginMs;
  private long sequence;

  /**
   * A run without events.
   *
   * @param startedAt by the host's clock
   * @param beginMs the same moment in true time
   */
  CollectorRun(
      String host, String bootId, SimulatedKernel kernel, Instant startedAt, long beginMs) {
    this.host = host;
    this.bootId = bootId;
    this.kernel = kernel;
    this.startedAt = startedAt;
    this.beginMs = beginMs;
  }

  String host() {
    return host;
  }

  String bootId() {
    return bootId;
  }

  SimulatedKernel kernel() {
    return kernel;
  }

  Instant startedAt() {
    return startedAt;
  }

  long beginMs() {
    return beginMs;
  }

  /** Number of the next event. */
  long nextSequence() {
    return sequence++;
  }
}
