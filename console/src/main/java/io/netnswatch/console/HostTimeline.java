package io.netnswatch.console;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One host's hour, day or week in equal buckets. The three series are of one length, at least 1,
 * NaN where nothing was measured.
 *
 * @param host its name
 * @param kernelRelease uname -r; null if no event said
 * @param start begin of the first bucket, event time
 * @param bucket length of each bucket, at least 1 ms
 * @param hotCpus CPUs that the hottest code of any signature used, the most in each bucket
 * @param workerCpus CPUs that the busiest kernel worker used, the most in each bucket: 1.0 is one
 *     whole CPU
 * @param creationMs the slowest namespace creation, finished or still running, in milliseconds, the
 *     most in each bucket
 */
public record HostTimeline(
    String host,
    @Nullable String kernelRelease,
    Instant start,
    Duration bucket,
    Series hotCpus,
    Series workerCpus,
    Series creationMs) {

  /**
   * Checks the shape.
   *
   * @throws IllegalArgumentException if the series are empty or differ in length, or a bucket is
   *     below 1 ms
   */
  public HostTimeline {
    if (bucket.toMillis() < 1) {
      throw new IllegalArgumentException("bucket must be at least 1 ms: " + bucket);
    }
    if (hotCpus.length() == 0
        || hotCpus.length() != workerCpus.length()
        || hotCpus.length() != creationMs.length()) {
      throw new IllegalArgumentException(
          "series must be of one length, at least 1: "
              + hotCpus.length()
              + ", "
              + workerCpus.length()
              + ", "
              + creationMs.length());
    }
  }
}
