package io.netnswatch.command.records;

import io.netnswatch.detection.PartitionPresent;
import io.netnswatch.schema.SendTime;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
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
   * @param earlierMs what earlier runs knew, epoch milliseconds; -1 if they knew nothing
   */
  public MergeTime(long earlierMs) {
    present = new PartitionPresent(earlierMs, LEAD_MS, PATIENCE, 0);
    begun = earlierMs < 0 ? new HashSet<>() : null;
  }

  /**
   * When a record was sent, limited; where nobody said that, its timestamp. The first record of
   * each topic goes first, where nobody can tell yet whether its host's clock is fast: it would
   * hold up its topic until the others are at their end.
   *
   * @return epoch milliseconds, not negative: Kafka Streams drops what is, and says nothing
   */
  public synchronized long of(ConsumerRecord<?, ?> record) {
    Header header = record.headers().lastHeader(SendTime.HEADER);
    long sentAt =
        header == null
            ? record.timestamp()
            : SendTime.read(header.value()).orElse(record.timestamp());
    Object key = record.key();
    int host = key instanceof byte[] bytes ? Arrays.hashCode(bytes) : Objects.hashCode(key);
    long mergeTimeMs = present.limit(host, Math.max(0, sentAt));
    return begun != null && begun.add(record.topic()) ? 0 : mergeTimeMs;
  }
}
