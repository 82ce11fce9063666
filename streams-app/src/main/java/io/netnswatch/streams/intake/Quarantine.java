package io.netnswatch.streams.intake;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * Records at which the detector failed in a way that ends the transaction, so that all since the
 * last commit is done again. One that has failed twice is not tried a third time: it becomes a dead
 * letter, and the detector goes on.
 */
public final class Quarantine {

  /** The second time tells a record that can't be done from a moment that was bad. */
  private static final int MAX_FAILURES = 2;

  private static final int MAX_REMEMBERED = 1_000;

  private record Place(TopicPartition partition, long offset) {}

  private record Failures(int count, String error) {}

  private final Map<Place, Failures> failures =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Place, Failures> eldest) {
          return size() > MAX_REMEMBERED;
        }
      };

  /** The detector failed at the record of that place. */
  public synchronized void failed(String topic, int partition, long offset, String error) {
    failures.merge(
        new Place(new TopicPartition(topic, partition), offset),
        new Failures(1, error),
        (before, now) -> new Failures(before.count() + 1, error));
  }

  /** What went wrong with a record that must not be tried again; empty for all others. */
  public synchronized String objection(TopicPartition partition, long offset) {
    Failures of = failures.isEmpty() ? null : failures.get(new Place(partition, offset));
    return of == null || of.count() < MAX_FAILURES ? "" : of.error();
  }
}
