package io.netnswatch.command.records;

import io.netnswatch.schema.SendTime;
import java.util.Arrays;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * What time it is in a partition: the upper median of what its hosts said last. One word a host,
 * for who says a lot does not know better. Fewer than half may be fast, and half have died.
 *
 * <p>By it times are limited, so that no host's clock, however fast, holds up what others say: they
 * are at most seconds ahead of it, less than any grace. It may be shared by threads.
 */
public final class PartitionPresent {

  private static final long LEAD_MS = 3_000;
  private static final long MAX_BEYOND_MS = 1_000;

  /**
   * Beyond the lead a second counts as a millisecond, so that those who are taken to be ahead, for
   * the others have fallen silent, stay in order.
   */
  private static final long COMPRESSION = 1_000;

  /** By the latest records of so many hosts the present is judged. */
  private static final int REMEMBERED = 31;

  /** What a host said so many records ago no longer counts. */
  private static final int FORGOTTEN_AFTER = 100;

  /** What earlier runs knew counts as two hosts for the first records; then they have spoken. */
  private static final int SEED_COUNTS_FOR = 3;

  private final int[] hosts = new int[REMEMBERED];
  private final long[] latest = new long[REMEMBERED];
  private final long[] saidAt = new long[REMEMBERED];
  private long records;
  private int known;
  private int next;
  private long presentMs = Long.MIN_VALUE;

  /**
   * Before the first record.
   *
   * @param earlierMs what earlier runs knew, epoch milliseconds; -1 if they knew nothing
   */
  public PartitionPresent(long earlierMs) {
    if (earlierMs >= 0) {
      remember(0, earlierMs, SEED_COUNTS_FOR - FORGOTTEN_AFTER);
      remember(1, earlierMs, SEED_COUNTS_FOR - FORGOTTEN_AFTER);
    }
  }

  /**
   * By which the topics of a partition are merged: when the record was sent, limited. Where nobody
   * said that, its timestamp.
   *
   * @return epoch milliseconds, not negative: Kafka Streams drops what is, and says nothing
   */
  public long mergeTime(ConsumerRecord<?, ?> record) {
    Header header = record.headers().lastHeader(SendTime.HEADER);
    long sentAt =
        header == null
            ? record.timestamp()
            : SendTime.read(header.value()).orElse(record.timestamp());
    Object key = record.key();
    int host = key instanceof byte[] bytes ? Arrays.hashCode(bytes) : Objects.hashCode(key);
    return limit(host, Math.max(0, sentAt));
  }

  /**
   * What a host says is the time, limited; others are limited by it from now on.
   *
   * @param host hash of its name
   * @param timeMs epoch milliseconds
   */
  public synchronized long limit(int host, long timeMs) {
    records++;
    remember(host, timeMs, records);
    if (timeMs - LEAD_MS > presentMs) {
      // Only then must it be known how far the present has moved on.
      long[] sorted = new long[known];
      int counting = 0;
      for (int i = 0; i < known; i++) {
        if (records - saidAt[i] < FORGOTTEN_AFTER) {
          sorted[counting++] = latest[i];
        }
      }
      Arrays.sort(sorted, 0, counting);
      presentMs = sorted[counting / 2];
    }
    long beyondMs = timeMs - LEAD_MS - presentMs;
    return beyondMs <= 0
        ? timeMs
        : presentMs + LEAD_MS + Math.min(beyondMs / COMPRESSION, MAX_BEYOND_MS);
  }

  private void remember(int host, long timeMs, long at) {
    int place = next;
    for (int i = 0; i < known; i++) {
      if (hosts[i] == host) {
        place = i;
      }
    }
    hosts[place] = host;
    latest[place] = timeMs;
    saidAt[place] = at;
    if (place == next) {
      next = (next + 1) % REMEMBERED;
      known = Math.min(known + 1, REMEMBERED);
    }
  }
}
