package io.netnswatch.replay;

import io.netnswatch.console.HostTimeline;
import io.netnswatch.console.Series;
import io.netnswatch.detection.evidence.CleanupWorker;
import io.netnswatch.detection.evidence.Evidence;
import io.netnswatch.detection.evidence.Evidence.Profile;
import io.netnswatch.detection.evidence.Evidence.Snapshot;
import io.netnswatch.detection.evidence.HotCode;
import io.netnswatch.replay.history.RecordedEvent;
import io.netnswatch.schema.NetnsCommand;
import io.netnswatch.schema.NetnsLatency;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The timeline of one host in the making: the most of each series in equal buckets, which grow
 * longer as history does, so that it takes the same memory for an hour and for a week. Not
 * thread-safe.
 */
final class TimelineRecorder {

  private static final int BUCKETS = 720;
  private static final long FIRST_BUCKET_MS = 5_000;

  private final String host;
  private @Nullable String kernelRelease;
  private long startMs = Long.MIN_VALUE;
  private long bucketMs = FIRST_BUCKET_MS;
  private int used;
  private final float[] hotCpus = empty();
  private final float[] workerCpus = empty();
  private final float[] creationMs = empty();

  TimelineRecorder(String host) {
    this.host = host;
  }

  private static float[] empty() {
    float[] buckets = new float[BUCKETS];
    Arrays.fill(buckets, Float.NaN);
    return buckets;
  }

  /** Takes in an event and what was made of it. */
  void add(RecordedEvent event, Evidence evidence) {
    kernelRelease = evidence.kernel().release();
    if (evidence.observation() instanceof Profile profile) {
      double most = profile.hotCode().stream().mapToDouble(HotCode::cpus).max().orElse(0);
      if (profile.conclusive() || most > 0) {
        put(hotCpus, event.timeMs(), most);
      }
    } else if (evidence.observation() instanceof Snapshot snapshot) {
      if (snapshot.workersMeasured()) {
        put(workerCpus, event.timeMs(), busiest(snapshot));
      }
    } else if (event.event().value() instanceof NetnsLatency latency
        && latency.getCommand() == NetnsCommand.ADD) {
      put(creationMs, event.timeMs(), latency.getLatencyMs());
    }
  }

  private static double busiest(Snapshot snapshot) {
    double busiest = 0;
    for (CleanupWorker worker : snapshot.workers()) {
      Double use = worker.cpuUse();
      busiest = Math.max(busiest, use == null ? 0 : use);
    }
    return busiest;
  }

  private void put(float[] series, long atMs, double value) {
    if (startMs == Long.MIN_VALUE) {
      startMs = Math.floorDiv(atMs, FIRST_BUCKET_MS) * FIRST_BUCKET_MS;
    }
    long index = Math.max(0, (atMs - startMs) / bucketMs); // a straggler of before goes first
    while (index >= BUCKETS) {
      coarsen();
      index = (atMs - startMs) / bucketMs;
    }
    int bucket = (int) index;
    series[bucket] =
        Float.isNaN(series[bucket]) ? (float) value : Math.max(series[bucket], (float) value);
    used = Math.max(used, bucket + 1);
  }

  private void coarsen() {
    bucketMs *= 2;
    used = (used + 1) / 2;
    for (float[] series : new float[][] {hotCpus, workerCpus, creationMs}) {
      for (int i = 0; i < BUCKETS / 2; i++) {
        float a = series[2 * i];
        float b = series[2 * i + 1];
        series[i] = Float.isNaN(a) ? b : Float.isNaN(b) ? a : Math.max(a, b);
      }
      Arrays.fill(series, BUCKETS / 2, BUCKETS, Float.NaN);
    }
  }

  HostTimeline timeline() {
    return new HostTimeline(
        host,
        kernelRelease,
        Instant.ofEpochMilli(startMs == Long.MIN_VALUE ? 0 : startMs),
        Duration.ofMillis(bucketMs),
        series(hotCpus),
        series(workerCpus),
        series(creationMs));
  }

  private Series series(float[] buckets) {
    double[] values = new double[used];
    for (int i = 0; i < used; i++) {
      values[i] = buckets[i];
    }
    return Series.of(values);
  }
}
