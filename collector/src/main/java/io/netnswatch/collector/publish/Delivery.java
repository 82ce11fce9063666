package io.netnswatch.collector.publish;

import io.netnswatch.collector.spool.Partition;
import io.netnswatch.schema.TelemetryEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The way to Kafka. Slow, and used by one thread; {@link #close} may come from another. */
public interface Delivery {

  /**
   * Finds where this host's records end, and which of those beyond what is known are there. To be
   * called before the first delivery and after one in doubt.
   *
   * @param known from which offsets on records may be there whose outcome is unknown
   * @return from which offsets on records may be there whose outcome this process alone knows, or
   *     nobody
   * @throws RuntimeException if broker or registry give no answer
   */
  Map<Partition, Long> locate(Map<Partition, Long> known);

  /** Delivers events in their order and waits for the outcome. */
  Receipt deliver(List<TelemetryEvent> events);

  /** Gives up what is under way. */
  void close(Duration limit);

  /**
   * What became of a delivery.
   *
   * @param outcomes of the first events, as many as are settled
   * @param failure why the next one is not settled; null if all are
   * @param inDoubt whether some that are not settled may have been published
   */
  record Receipt(List<Outcome> outcomes, @Nullable RuntimeException failure, boolean inDoubt) {

    public Receipt {
      outcomes = List.copyOf(outcomes);
    }
  }

  /** What became of an event in the end. */
  sealed interface Outcome {

    /**
     * It is on its topic.
     *
     * @param at where; null if an earlier delivery had brought it there
     * @param offset its offset there
     */
    record Published(String topic, @Nullable Partition at, long offset) implements Outcome {}

    /**
     * It will never be taken.
     *
     * @param reason short, to count by
     * @param words for the log
     */
    record Refused(String reason, String words) implements Outcome {}
  }
}
