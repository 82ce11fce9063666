package io.netnswatch.streams.topology;

import io.netnswatch.command.records.MergeTime;
import java.nio.ByteBuffer;
import java.util.Map;
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

  /** Header that holds the record's own timestamp between here and the first processor. */
  private static final String OWN_TIMESTAMP = "netnswatch.own.timestamp";

  /** By the number of the partition: the three topics of a partition are merged by one. */
  private final Map<Integer, MergeTime> mergeTimes = new ConcurrentHashMap<>();

  /**
   * The record's merge time, in nanoseconds where Kafka Streams has milliseconds: it compares them.
   *
   * @param partitionTime the latest of this partition so far, also of earlier runs; -1 if unknown
   */
  @Override
  public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
    MergeTime mergeTime =
        mergeTimes.computeIfAbsent(record.partition(), partition -> new MergeTime(partitionTime));
    record.headers().remove(OWN_TIMESTAMP);
    record.headers().add(OWN_TIMESTAMP, bytes(record.timestamp()));
    return mergeTime.of(MergeTime.Stamp.of(record));
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
}
