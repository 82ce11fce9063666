package io.netnswatch.collector;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Lets one log line a minute through for each reason. Thread-safe. */
public final class LogLimit {

  private static final long EVERY_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Map<String, Long> loggedAt = new ConcurrentHashMap<>();

  /** Runs the logging unless it ran for this reason within the last minute. */
  public void log(String reason, Runnable logging) {
    loggedAt.compute(
        reason,
        (it, last) -> {
          long now = System.nanoTime();
          if (last != null && now - last < EVERY_NANOS) {
            return last;
          }
          logging.run();
          return now;
        });
  }
}
