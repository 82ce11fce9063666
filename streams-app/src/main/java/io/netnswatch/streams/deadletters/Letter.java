package io.netnswatch.streams.deadletters;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netnswatch.schema.DeadLetterHeaders;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter as it lies in its topic.
 *
 * @param place where it lies
 * @param reason why the record could not be used: a {@link io.netnswatch.schema.DeadLetterReason},
 *     or what a newer detector wrote
 * @param error what was wrong, in words
 * @param source where the record came from, TOPIC-PARTITION@OFFSET
 * @param sourceTopic its topic
 * @param sourceTimestamp its record timestamp
 * @param republished how often it had been sent back before
 * @param key the original key; null if there was none
 * @param value the original value; null if there was none
 * @param headers the original headers, and those of the dead letter
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Letter(
    Place place,
    String reason,
    String error,
    String source,
    String sourceTopic,
    Instant sourceTimestamp,
    int republished,
    byte @Nullable [] key,
    byte @Nullable [] value,
    Headers headers) {

  /**
   * A place in the topic of the dead letters.
   *
   * @param partition its partition
   * @param offset its offset there
   */
  record Place(int partition, long offset) {

    /**
     * Reads PARTITION@OFFSET.
     *
     * @throws IllegalArgumentException if it is not that
     */
    static Place parse(String text) {
      String[] parts = text.split("@", -1);
      try {
        if (parts.length == 2) {
          Place place = new Place(Integer.parseInt(parts[0]), Long.parseLong(parts[1]));
          if (place.partition >= 0 && place.offset >= 0) {
            return place;
          }
        }
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("not PARTITION@OFFSET: " + text, e);
      }
      throw new IllegalArgumentException("not PARTITION@OFFSET: " + text);
    }

    @Override
    public String toString() {
      return partition + "@" + offset;
    }
  }

  static Letter of(ConsumerRecord<byte[], byte[]> record) {
    Headers headers = record.headers();
    String topic = text(headers, DeadLetterHeaders.SOURCE_TOPIC);
    return new Letter(
        new Place(record.partition(), record.offset()),
        text(headers, DeadLetterHeaders.REASON),
        text(headers, DeadLetterHeaders.ERROR),
        topic
            + "-"
            + text(headers, DeadLetterHeaders.SOURCE_PARTITION)
            + "@"
            + text(headers, DeadLetterHeaders.SOURCE_OFFSET),
        topic,
        Instant.ofEpochMilli(
            number(headers, DeadLetterHeaders.SOURCE_TIMESTAMP, record.timestamp())),
        (int) number(headers, DeadLetterHeaders.REPUBLISHED_COUNT, 0),
        record.key(),
        record.value(),
        headers);
  }

  /** The record's key, which is a host's name in all records that are as they should be. */
  String host() {
    return key == null ? "" : new String(key, UTF_8);
  }

  /** Whether something of the record is not here. */
  boolean isCut() {
    return headers.lastHeader(DeadLetterHeaders.VALUE_BYTES) != null
        || headers.lastHeader(DeadLetterHeaders.KEY_BYTES) != null;
  }

  static String text(Headers headers, String name) {
    Header header = headers.lastHeader(name);
    return header == null || header.value() == null ? "" : new String(header.value(), UTF_8);
  }

  private static long number(Headers headers, String name, long otherwise) {
    String text = text(headers, name);
    return text.matches("-?\\d{1,18}") ? Long.parseLong(text) : otherwise;
  }
}
