package io.netnswatch.streams.topology;

import io.netnswatch.schema.DeadLetterHeaders;
import io.netnswatch.schema.DeadLetterReason;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** Turns a record that can't be used into a dead letter: the same bytes, with the reason why. */
final class DeadLetter {

  private static final int MAX_ERROR_LENGTH = 1024;

  private DeadLetter() {}

  static Record<byte[], byte[]> of(
      Record<byte[], byte[]> original,
      RecordMetadata origin,
      DeadLetterReason reason,
      String error) {
    Headers headers = new RecordHeaders(original.headers());
    put(headers, DeadLetterHeaders.REASON, reason.name());
    put(
        headers,
        DeadLetterHeaders.ERROR,
        error.substring(0, Math.min(error.length(), MAX_ERROR_LENGTH)));
    put(headers, DeadLetterHeaders.SOURCE_TOPIC, origin.topic());
    put(headers, DeadLetterHeaders.SOURCE_PARTITION, Integer.toString(origin.partition()));
    put(headers, DeadLetterHeaders.SOURCE_OFFSET, Long.toString(origin.offset()));
    put(headers, DeadLetterHeaders.SOURCE_TIMESTAMP, Long.toString(original.timestamp()));
    return original.withHeaders(headers);
  }

  private static void put(Headers headers, String name, String value) {
    headers.remove(name);
    headers.add(name, value.getBytes(StandardCharsets.UTF_8));
  }
}
