package io.netnswatch.simulator;

/**
 * The kernel code that runs besides what a condition is about, as recorded.
 *
 * @see Backgrounds
 */
enum Profile {
  HEALTHY("profile-healthy.tsv", 40, 140),
  HEAVY_CHURN("profile-heavy-churn.tsv", 120, 260),
  FRAGMENT_FLOOD("profile-fragment-flood.tsv", 200, 420);

  private final String resource;
  private final int leastSamples;
  private final int mostSamples;

  Profile(String resource, int leastSamples, int mostSamples) {
    this.resource = resource;
    this.leastSamples = leastSamples;
    this.mostSamples = mostSamples;
  }

  String resource() {
    return resource;
  }

  /** Samples in a slice, at least. */
  int leastSamples() {
    return leastSamples;
  }

  /** Samples in a slice, at most. */
  int mostSamples() {
    return mostSamples;
  }
}
