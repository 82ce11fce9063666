package io.netnswatch.command.records;

import io.netnswatch.detection.PartitionPresent;
import io.netnswatch.schema.SendTime;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * By which the three topics of a partition are merged: when a record was sent, and at most seconds,
 * less than any grace, ahead of what the records of other hosts around it say. May be shared by
 * threads.
 */
public final class MergeTime {

  /** A good deal less than any grace, of which the network takes its share too. */
  private static final long LEAD_MS = 1_200;

  private static final int PATIENCE = 100;

  private final PartitionPresent present;

  /** Of these topics a record has been seen; null where earlier runs knew the time. */
  private final @Nullable Set<String> begun;

  /**
   * Before the first record.
   *
   * @param earlier the latest that earlier runs gave, nanoseconds since the epoch; -1 if they gave
   *     none
   */
  public MergeTime(long earlier) {
    long earlierMs = earlier < 0 ? -1 : TimeUnit.NANOSECONDS.toMillis(earlier);
    present = new PartitionPresent(earlierMs, LEAD_MS, PATIENCE, 0);
    begun = earlier < 0 ? new HashSet<>() : null;
  }

  /**
   * What the merge has to know of a record: that it need not be kept.
   *
   * @param host hash of the host's name
   * @param sentAtMs when it was sent, or where nobody said that, its timestamp; epoch milliseconds
   */
  public record Stamp(String topic, int host, long sentAtMs) {

    /** That of a record. */
    public static Stamp of(ConsumerRecord<?, ?> record) {
      Header header = record.headers().lastHeader(SendTime.HEADER);
      long sentAtMs =
          header == null
              ? record.timestamp()
              : SendTime.read(header.value()).orElse(record.timestamp());
      Object key = record.key();
      int host = key instanceof byte[] bytes ? Arrays.hashCode(bytes) : Objects.hashCode(key);
      return new Stamp(record.topic(), host, sentAtMs);
    }
  }

  /**
   * When a record was sent, limited. The first record of each topic goes first, where nobody can
   * tell yet whether its host's clock is fast: it would hold up its topic until the others are at
   * their end.
   *
   * @return nanoseconds since the epoch: a collector that drains its spool ahead of the others has
   *     an order in each of them. Not negative: Kafka Streams drops what is, and says nothing
   */
  public synchronized long of(Stamp record) {
    long nanos = present.limitNanos(record.host(), Math.max(0, record.sentAtMs()));
    return begun != null && begun.add(record.topic()) ? 0 : nanos;
  }
}
