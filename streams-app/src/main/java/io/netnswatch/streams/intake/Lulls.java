package io.netnswatch.streams.intake;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;

/**
 * The topics of a partition wait for each other after a lull. What comes then may be minutes of
 * many hosts at once, as after an outage, and of one topic first, for each fetch is of one broker
 * and of one moment; events of the others would be late.
 *
 * <p>Kafka Streams lets them wait too ({@code max.task.idle.ms}), but from when a topic was found
 * at its end: after a lull that is long past.
 */
final class Lulls {

  /** What comes in less spans less than the grace, whichever topic is first. */
  private static final long LULL_NANOS = Duration.ofMillis(1_500).toNanos();

  private static final long WAIT_NANOS = BoundedClients.TOPICS_WAIT.toNanos();

  private final LongSupplier nanoTime;
  private final Map<Integer, Partition> partitions = new HashMap<>();

  private static final class Partition {
    private final Set<String> topicsSinceLull = new HashSet<>();
    private long lullEndedAt;
    private long latestAt;

    Partition(long now) {
      lullEndedAt = now;
      latestAt = now;
    }
  }

  Lulls(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Something was fetched. */
  void fetched(TopicPartition from) {
    long now = nanoTime.getAsLong();
    Partition partition =
        partitions.computeIfAbsent(from.partition(), number -> new Partition(now));
    if (now - partition.latestAt > LULL_NANOS) {
      partition.lullEndedAt = now;
      partition.topicsSinceLull.clear();
    }
    partition.latestAt = now;
    partition.topicsSinceLull.add(from.topic());
  }

  /** Whether a lull has just ended, and of this topic nothing has come since. */
  boolean isAwaited(TopicPartition topic) {
    Partition partition = partitions.get(topic.partition());
    return partition != null
        && nanoTime.getAsLong() - partition.lullEndedAt <= WAIT_NANOS
        && !partition.topicsSinceLull.contains(topic.topic());
  }
}
