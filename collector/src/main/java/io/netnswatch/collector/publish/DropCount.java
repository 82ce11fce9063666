package io.netnswatch.collector.publish;

import io.netnswatch.collector.LogLimit;
import io.netnswatch.collector.spool.Losses;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts lost events by reason and logs each reason at most once a minute. Thread-safe. */
public final class DropCount implements Losses {

  private static final Logger log = LoggerFactory.getLogger(DropCount.class);

  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
  private final LogLimit logLimit = new LogLimit();

  @Override
  public void lost(String reason, long events, String words) {
    if (events > 0) {
      LongAdder count = counts.computeIfAbsent(reason, it -> new LongAdder());
      count.add(events);
      logLimit.log(
          reason, () -> log.warn("events dropped, {} so far ({}): {}", count.sum(), reason, words));
    }
  }

  /** Lost events by reason. */
  public Map<String, Long> byReason() {
    Map<String, Long> sums = new TreeMap<>();
    counts.forEach((reason, count) -> sums.put(reason, count.sum()));
    return sums;
  }
}
