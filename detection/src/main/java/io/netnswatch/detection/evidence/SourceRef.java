package io.netnswatch.detection.evidence;

import java.util.Comparator;

/** Where in Kafka a record stands. Evidence from a spool or a bundle has none. */
public record SourceRef(String topic, int partition, long offset) implements Comparable<SourceRef> {

  private static final Comparator<SourceRef> ORDER =
      Comparator.comparing(SourceRef::topic)
          .thenComparingInt(SourceRef::partition)
          .thenComparingLong(SourceRef::offset);

  @Override
  public int compareTo(SourceRef other) {
    return ORDER.compare(this, other);
  }
}
