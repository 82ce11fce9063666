package io.netnswatch.simulator;

/**
 * How often a collector looks.
 *
 * @param snapshotEveryMs milliseconds from one snapshot of /proc to the next
 * @param perfEveryMs milliseconds from the begin of one perf slice to that of the next
 * @param perfSliceMs length of a slice in milliseconds
 * @param perfFrequencyHz samples per second and CPU
 * @param probeEveryMs milliseconds from one round of probes to the next
 * @param probeLimitMs after how many milliseconds a probe is killed
 */
public record Cadence(
    int snapshotEveryMs,
    int perfEveryMs,
    int perfSliceMs,
    int perfFrequencyHz,
    int probeEveryMs,
    int probeLimitMs) {

  /** What collectors do unless told otherwise. */
  public static final Cadence DEFAULT = new Cadence(5_000, 10_000, 5_000, 99, 10_000, 30_000);

  public Cadence {
    require("snapshot_every_ms", snapshotEveryMs);
    require("perf_every_ms", perfEveryMs);
    require("perf_slice_ms", perfSliceMs);
    require("perf_frequency_hz", perfFrequencyHz);
    require("probe_every_ms", probeEveryMs);
    require("probe_limit_ms", probeLimitMs);
    if (perfSliceMs >= perfEveryMs) {
      throw new IllegalArgumentException("perf_slice_ms must be below perf_every_ms");
    }
  }

  private static void require(String key, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(key + " must be 1 or more, not " + value);
    }
  }
}
