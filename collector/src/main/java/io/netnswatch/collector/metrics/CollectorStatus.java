package io.netnswatch.collector.metrics;

import io.netnswatch.collector.spool.SpoolStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The collector at one moment.
 *
 * @param at the moment
 * @param publishing whether the publisher still works
 * @param published acknowledged events by topic
 * @param dropped lost events by reason
 * @param waiting events in memory
 * @param spool what is on disk
 * @param spoolFailure why the disk takes no events; null if it does
 * @param sources all, those that are off among them
 * @param blocked creations that the latest snapshot shows; null if it could not see any
 * @param usage null if /proc could not be read
 */
public record CollectorStatus(
    Instant at,
    boolean publishing,
    Map<String, Long> published,
    Map<String, Long> dropped,
    int waiting,
    SpoolStatus spool,
    @Nullable String spoolFailure,
    List<SourceStatus> sources,
    @Nullable BlockedCreations blocked,
    @Nullable OwnUsage usage) {

  public CollectorStatus {
    published = Map.copyOf(published);
    dropped = Map.copyOf(dropped);
    sources = List.copyOf(sources);
  }

  /**
   * What a person should look at, in words. A broker that is away is none of it as long as the
   * spool takes the events.
   */
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    if (!publishing) {
      problems.add("events are no longer published");
    }
    if (spoolFailure != null) {
      problems.add("the spool can't be used: " + spoolFailure);
    }
    if (sources.stream().allMatch(source -> source.offBecause() != null)) {
      problems.add("no source is on");
    }
    return problems;
  }

  /** How long the oldest event of the spool has waited; 0 if there is none. */
  Duration oldestWait() {
    Instant oldest = spool.oldest();
    return oldest == null || oldest.isAfter(at) ? Duration.ZERO : Duration.between(oldest, at);
  }
}
