package io.netnswatch.simulator;

/**
 * What happens to a random population, and how often.
 *
 * @param livelocks per host and hour; only on kernels that have the bug, or may have it
 * @param lookAlikes per host and hour
 * @param imbalances per host and hour
 * @param missingSources share of hosts that lack a source, or see less with it
 * @param othersCreate share of hosts on which other programs create namespaces too
 * @param clockSkewMs hosts' clocks are wrong by up to so many milliseconds
 * @param disorderMs as in {@link Fleet}
 * @param duplicates as in {@link Fleet}
 */
public record Mix(
    double livelocks,
    double lookAlikes,
    double imbalances,
    double missingSources,
    double othersCreate,
    int clockSkewMs,
    int disorderMs,
    double duplicates) {

  /** For a test that is to find every livelock and nothing else. */
  public static final Mix QUALITY_GATE = new Mix(0.2, 0.5, 0.05, 0.3, 0.5, 30_000, 2_000, 0.01);

  public Mix {
    if (livelocks < 0 || lookAlikes < 0 || imbalances < 0) {
      throw new IllegalArgumentException("rates must not be negative");
    }
    if (livelocks + lookAlikes + imbalances > 1) {
      throw new IllegalArgumentException("at most one thing happens to a host in an hour");
    }
  }
}
