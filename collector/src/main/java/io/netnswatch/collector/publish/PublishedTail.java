package io.netnswatch.collector.publish;

import io.netnswatch.collector.spool.EventId;
import io.netnswatch.collector.spool.Partition;
import java.util.Map;
import java.util.Set;

/** Reads the ends of the topics, to learn what of this host has been published. */
@FunctionalInterface
public interface PublishedTail {

  /**
   * Reads from the known offsets to the ends of today.
   *
   * @param known where to begin, by partition; partitions that are not in it are not read
   * @throws RuntimeException if broker or registry give no answer
   */
  Found read(Map<Partition, Long> known);

  /**
   * What was found.
   *
   * @param ends the offset at which each partition of the topics ended
   * @param events this host's that are there
   */
  record Found(Map<Partition, Long> ends, Set<EventId> events) {

    public Found {
      ends = Map.copyOf(ends);
      events = Set.copyOf(events);
    }
  }
}
