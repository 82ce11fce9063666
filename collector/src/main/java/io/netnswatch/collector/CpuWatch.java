package io.netnswatch.collector;

import io.netnswatch.collector.metrics.OwnUsage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches the collector's own use of the CPU, and says by how much to slow down. Thread-safe. */
final class CpuWatch {
  private static final Logger log = LoggerFactory.getLogger(CpuWatch.class);

  private final Path procRoot;
  private final long pid;
  private CpuLimit limit;
  private Duration usedBefore = Duration.ZERO;
  private long beforeNanos = System.nanoTime();
  private double percent = Double.NaN;
  private boolean unreadable;

  /**
   * Watches a process.
   *
   * @param procRoot where this process's own proc is mounted
   * @param limitPercent of one core
   */
  CpuWatch(Path procRoot, long pid, double limitPercent) {
    this.procRoot = procRoot;
    this.pid = pid;
    this.limit = CpuLimit.of(limitPercent);
  }

  /** Takes a look; the first one only begins, so that the start of the JVM does not count. */
  synchronized void look() {
    Duration used;
    try {
      used = OwnUsage.of(procRoot, pid).cpu();
    } catch (IOException e) {
      if (!unreadable) {
        log.warn("own CPU use can't be read, so it is not limited: {}", e.toString());
      }
      unreadable = true;
      return;
    }
    long now = System.nanoTime();
    Duration elapsed = Duration.ofNanos(now - beforeNanos);
    if (!usedBefore.isZero()) {
      adjust(used.minus(usedBefore), elapsed);
    }
    usedBefore = used;
    beforeNanos = now;
  }

  private void adjust(Duration used, Duration elapsed) {
    double before = limit.stretch();
    percent = CpuLimit.percentOf(used, elapsed);
    limit = limit.after(used, elapsed);
    if (limit.stretch() > before) {
      log.warn("slowing down: {}", status());
    } else if (limit.stretch() < before) {
      log.info("speeding up: {}", status());
    }
  }

  /** The factor by which intervals are longer than they were asked for. */
  synchronized double stretch() {
    return limit.stretch();
  }

  /** CPU use and what follows from it, in words. */
  synchronized String status() {
    String use =
        Double.isNaN(percent) ? "CPU not measured yet" : format("CPU %.1f %% of one core", percent);
    return limit.stretch() > 1
        ? use
            + format(
                ", beyond its limit of %.1f %%: intervals %.1f times as long",
                limit.percent(), limit.stretch())
        : use;
  }

  private static String format(String words, Object... values) {
    return String.format(Locale.ROOT, words, values);
  }
}
