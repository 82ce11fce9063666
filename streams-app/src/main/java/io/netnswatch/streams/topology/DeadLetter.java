package io.netnswatch.streams.topology;

import io.netnswatch.schema.DeadLetterHeaders;
import io.netnswatch.schema.DeadLetterReason;
import io.netnswatch.streams.intake.Oversize;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Turns a record that can't be used into a dead letter: the same bytes, as far as they are not too
 * many, with the reason why.
 */
final class DeadLetter {

  private static final int MAX_ERROR_LENGTH = 1024;

  private DeadLetter() {}

  /**
   * The dead letter.
   *
   * @param original the record, with its own timestamp
   * @param topic it came from
   */
  static Record<byte[], byte[]> of(
      Record<byte[], byte[]> original,
      String topic,
      int partition,
      long offset,
      DeadLetterReason reason,
      String error) {
    Headers headers = new RecordHeaders(original.headers());
    Oversize.trim(headers);
    byte @Nullable [] key = Oversize.key(headers, original.key());
    byte @Nullable [] value = Oversize.value(headers, original.value());
    put(headers, DeadLetterHeaders.REASON, reason.name());
    put(
        headers,
        DeadLetterHeaders.ERROR,
        error.substring(0, Math.min(error.length(), MAX_ERROR_LENGTH)));
    put(headers, DeadLetterHeaders.SOURCE_TOPIC, topic);
    put(headers, DeadLetterHeaders.SOURCE_PARTITION, Integer.toString(partition));
    put(headers, DeadLetterHeaders.SOURCE_OFFSET, Long.toString(offset));
    put(headers, DeadLetterHeaders.SOURCE_TIMESTAMP, Long.toString(original.timestamp()));
    return new Record<>(key, value, original.timestamp(), headers);
  }

  private static void put(Headers headers, String name, String value) {
    headers.remove(name);
    headers.add(name, value.getBytes(StandardCharsets.UTF_8));
  }
}
