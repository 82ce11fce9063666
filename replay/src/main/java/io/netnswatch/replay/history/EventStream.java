package io.netnswatch.replay.history;

import io.netnswatch.schema.DeadLetterReason;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The events of one partition, in the order in which they are judged. All events of a host are in
 * one stream. Not thread-safe, but may be handed from thread to thread.
 */
public interface EventStream extends AutoCloseable {

  /**
   * The next event, the same until {@link #advance}.
   *
   * @return null at the end
   * @throws IOException if it can't be read; the message says where
   */
  @Nullable RecordedEvent peek() throws IOException;

  /** Goes on to the event behind the next. */
  void advance();

  /** How many records so far held no event, by reason. */
  default Map<DeadLetterReason, Long> unusable() {
    return Map.of();
  }

  @Override
  void close() throws IOException;
}
