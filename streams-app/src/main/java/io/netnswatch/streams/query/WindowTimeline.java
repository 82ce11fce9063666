package io.netnswatch.streams.query;

import io.netnswatch.console.HostTimeline;
import io.netnswatch.console.Series;
import io.netnswatch.detection.evidence.BootEvidence;
import io.netnswatch.detection.evidence.CleanupWorker;
import io.netnswatch.detection.evidence.HotCode;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The closed windows of a host as a timeline: one bucket for each window. */
final class WindowTimeline {

  private final double[] hotCpus;
  private final double[] workerCpus;
  private final double[] creationMs;

  private WindowTimeline(int buckets) {
    hotCpus = nothing(buckets);
    workerCpus = nothing(buckets);
    creationMs = nothing(buckets);
  }

  /**
   * The last of the windows and what was within a length before it.
   *
   * @param windows in order
   * @param window length of each
   * @param length of the timeline, at most
   * @return null if there are no windows
   */
  static @Nullable HostTimeline of(
      String host,
      @Nullable String kernelRelease,
      List<ClosedWindow> windows,
      Duration window,
      Duration length) {
    if (windows.isEmpty()) {
      return null;
    }
    long windowMs = window.toMillis();
    long lastMs = windows.get(windows.size() - 1).startedAt().toEpochMilli();
    long firstMs =
        windows.stream()
            .mapToLong(it -> it.startedAt().toEpochMilli())
            .filter(it -> it > lastMs - length.toMillis())
            .min()
            .orElse(lastMs);
    WindowTimeline line = new WindowTimeline((int) ((lastMs - firstMs) / windowMs) + 1);
    for (ClosedWindow closed : windows) {
      long afterFirst = closed.startedAt().toEpochMilli() - firstMs;
      if (afterFirst >= 0) {
        closed.boots().forEach(boot -> line.add((int) (afterFirst / windowMs), boot));
      }
    }
    return new HostTimeline(
        host,
        kernelRelease,
        Instant.ofEpochMilli(firstMs),
        window,
        Series.of(line.hotCpus),
        Series.of(line.workerCpus),
        Series.of(line.creationMs));
  }

  private void add(int bucket, BootEvidence boot) {
    if (boot.profiled()) {
      raise(hotCpus, bucket, 0);
    }
    for (HotCode hot : boot.hotCode()) {
      raise(hotCpus, bucket, hot.cpus());
    }
    if (boot.measured()) {
      raise(workerCpus, bucket, 0);
    }
    for (CleanupWorker worker : boot.workers()) {
      Double use = worker.cpuUse();
      if (use != null) {
        raise(workerCpus, bucket, use);
      }
    }
    Long slowest = boot.slowestCreationMs();
    if (slowest != null) {
      raise(creationMs, bucket, slowest);
    }
    if (boot.creation() != null) {
      raise(creationMs, bucket, (double) boot.creation().ageMs());
    }
  }

  private static void raise(double[] values, int bucket, double value) {
    values[bucket] = Double.isNaN(values[bucket]) ? value : Math.max(values[bucket], value);
  }

  private static double[] nothing(int buckets) {
    double[] values = new double[buckets];
    Arrays.fill(values, Double.NaN);
    return values;
  }
}
