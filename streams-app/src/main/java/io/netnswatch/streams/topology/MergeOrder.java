package io.netnswatch.streams.topology;

import io.netnswatch.schema.SendTime;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * The time by which Kafka Streams merges the three topics of a partition: whichever begins with the
 * earliest goes first. That is when the record was sent, so that topics are read in the order in
 * which they grew. Event times would not do: where they go back, as between the spools of two hosts
 * after an outage, one topic would run through all spools while the others wait.
 *
 * <p>It is at most a minute ahead of what the records around it say: a host whose clock is fast
 * would else hold up its topic in a backlog while the others run ahead, and all hosts' events in it
 * would come late.
 *
 * <p>It orders records and decides nothing else; event times are in the values.
 */
final class MergeOrder implements TimestampExtractor {

  private static final long MAX_LEAD_MS = 60_000;

  /** By so many of the latest records the present is judged. */
  private static final int REMEMBERED = 31;

  private final Map<TopicPartition, Present> presents = new ConcurrentHashMap<>();

  /**
   * The record's merge time.
   *
   * @param partitionTime the latest of this partition so far, also of earlier runs; -1 if unknown
   */
  @Override
  public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
    Present present =
        presents.computeIfAbsent(
            new TopicPartition(record.topic(), record.partition()),
            partition -> new Present(partitionTime));
    return present.limit(sentAt(record));
  }

  private static long sentAt(ConsumerRecord<Object, Object> record) {
    Header header = record.headers().lastHeader(SendTime.HEADER);
    return header == null
        ? record.timestamp()
        : SendTime.read(header.value()).orElse(record.timestamp());
  }

  /** What time it is in a partition: the median of its latest records. */
  private static final class Present {

    private final long[] latest = new long[REMEMBERED];
    private int known;
    private int next;
    private long medianMs = Long.MIN_VALUE;

    Present(long partitionTime) {
      if (partitionTime >= 0) {
        remember(partitionTime);
      }
    }

    synchronized long limit(long timestampMs) {
      remember(timestampMs);
      if (timestampMs - MAX_LEAD_MS > medianMs) {
        // Only then must it be known how far the present has moved on.
        long[] sorted = Arrays.copyOf(latest, known);
        Arrays.sort(sorted);
        medianMs = sorted[(known - 1) / 2];
      }
      return Math.min(timestampMs, medianMs + MAX_LEAD_MS);
    }

    private void remember(long timestampMs) {
      latest[next] = timestampMs;
      next = (next + 1) % REMEMBERED;
      known = Math.min(known + 1, REMEMBERED);
    }
  }
}
