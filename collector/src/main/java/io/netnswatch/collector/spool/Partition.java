package io.netnswatch.collector.spool;

import java.util.Comparator;

/** A partition of a topic. */
public record Partition(String topic, int number) implements Comparable<Partition> {

  @Override
  public int compareTo(Partition other) {
    return Comparator.comparing(Partition::topic)
        .thenComparing(Partition::number)
        .compare(this, other);
  }
}
