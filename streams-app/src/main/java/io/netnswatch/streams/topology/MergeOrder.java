package io.netnswatch.streams.topology;

import io.netnswatch.schema.SendTime;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * The time by which Kafka Streams merges the three topics of a partition: whichever begins with the
 * earliest goes first. That is when the record was sent, so that topics are read in the order in
 * which they grew. Event times would not do: where they go back, as between the spools of two hosts
 * after an outage, one topic would run through all spools while the others wait.
 *
 * <p>It is at most seconds, less than any grace, ahead of what the records of other hosts around it
 * say: a host whose clock is fast would else hold up its topic in a backlog while the others run
 * ahead, and all hosts' events in it would come late.
 *
 * <p>It orders records and decides nothing else; event times are in the values. The record's own
 * timestamp, which a broker has accepted, is kept beside it: what is written bears that one.
 */
final class MergeOrder implements TimestampExtractor {

  private static final long LEAD_MS = 3_000;

  /**
   * Beyond the lead a second counts as a millisecond, so that those who are taken to be ahead, for
   * the others have fallen silent, stay in order.
   */
  private static final long COMPRESSION = 1_000;

  private static final long MAX_BEYOND_MS = 1_000;

  /** By the latest records of so many hosts the present is judged. */
  private static final int REMEMBERED = 31;

  /** What a host said so many records ago no longer counts. */
  private static final int FORGOTTEN_AFTER = 100;

  /** Header that holds the record's own timestamp between here and the first processor. */
  private static final String OWN_TIMESTAMP = "netnswatch.own.timestamp";

  /** By the number of the partition: the three topics of a partition have one present. */
  private final Map<Integer, Present> presents = new ConcurrentHashMap<>();

  /**
   * The record's merge time.
   *
   * @param partitionTime the latest of this partition so far, also of earlier runs; -1 if unknown
   */
  @Override
  public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
    Present present =
        presents.computeIfAbsent(record.partition(), partition -> new Present(partitionTime));
    record.headers().remove(OWN_TIMESTAMP);
    record.headers().add(OWN_TIMESTAMP, bytes(record.timestamp()));
    return present.limit(hash(record.key()), sentAt(record));
  }

  /**
   * Takes a record's own timestamp out of its headers.
   *
   * @return -1 if it had none
   */
  static long takeOwnTimestamp(Headers headers) {
    Header header = headers.lastHeader(OWN_TIMESTAMP);
    headers.remove(OWN_TIMESTAMP);
    return header == null ? -1 : ByteBuffer.wrap(header.value()).getLong();
  }

  private static byte[] bytes(long timestampMs) {
    return ByteBuffer.allocate(Long.BYTES).putLong(timestampMs).array();
  }

  private static int hash(Object key) {
    return key instanceof byte[] bytes ? Arrays.hashCode(bytes) : Objects.hashCode(key);
  }

  /** Kafka Streams drops what has a negative time, and says nothing. */
  private static long sentAt(ConsumerRecord<Object, Object> record) {
    Header header = record.headers().lastHeader(SendTime.HEADER);
    long sentAt =
        header == null
            ? record.timestamp()
            : SendTime.read(header.value()).orElse(record.timestamp());
    return Math.max(0, sentAt);
  }

  /**
   * What time it is in a partition: the upper median of what its hosts said last. One word a host,
   * for who says a lot does not know better. Fewer than half may be fast, and half have died.
   */
  private static final class Present {

    /** What earlier runs knew counts as two hosts for the first records; then they have spoken. */
    private static final int SEED_COUNTS_FOR = 3;

    private final int[] hosts = new int[REMEMBERED];
    private final long[] latest = new long[REMEMBERED];
    private final long[] saidAt = new long[REMEMBERED];
    private long records;
    private int known;
    private int next;
    private long presentMs = Long.MIN_VALUE;

    Present(long partitionTime) {
      if (partitionTime >= 0) {
        remember(0, partitionTime, SEED_COUNTS_FOR - FORGOTTEN_AFTER);
        remember(1, partitionTime, SEED_COUNTS_FOR - FORGOTTEN_AFTER);
      }
    }

    synchronized long limit(int host, long timestampMs) {
      records++;
      remember(host, timestampMs, records);
      if (timestampMs - LEAD_MS > presentMs) {
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
      long beyondMs = timestampMs - LEAD_MS - presentMs;
      return beyondMs <= 0
          ? timestampMs
          : presentMs + LEAD_MS + Math.min(beyondMs / COMPRESSION, MAX_BEYOND_MS);
    }

    private void remember(int host, long timestampMs, long at) {
      int place = next;
      for (int i = 0; i < known; i++) {
        if (hosts[i] == host) {
          place = i;
        }
      }
      hosts[place] = host;
      latest[place] = timestampMs;
      saidAt[place] = at;
      if (place == next) {
        next = (next + 1) % REMEMBERED;
        known = Math.min(known + 1, REMEMBERED);
      }
    }
  }
}
