package io.netnswatch.streams.intake;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;

/**
 * The large records that were fetched and have not been taken up yet. Kafka Streams buffers by
 * number, five hundred of a partition; of large ones that would be more than there is memory. A
 * partition that has enough of them waiting is not fetched from.
 */
public final class InFlight {

  /** Telemetry is smaller, nearly all of it, and not counted. */
  private static final int LARGE_BYTES = 16 << 10;

  private static final long MAX_BYTES_OF_PARTITION = 4 << 20;
  private static final long MAX_BYTES = 24 << 20;

  /** What has not moved for so long was dropped, with the task it belonged to. */
  private static final long DROPPED_AFTER_NANOS = Duration.ofSeconds(10).toNanos();

  private final LongSupplier nanoTime;
  private final Map<TopicPartition, Waiting> waiting = new HashMap<>();
  private long bytes;

  private record Large(long offset, int bytes) {}

  private static final class Waiting {
    private final Deque<Large> records = new ArrayDeque<>();
    private long bytes;
    private long movedAt;
  }

  /** None yet. */
  public InFlight() {
    this(System::nanoTime);
  }

  InFlight(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** A record was fetched. */
  synchronized void fetched(TopicPartition partition, long offset, int size) {
    if (size < LARGE_BYTES) {
      return;
    }
    Waiting of = waiting.computeIfAbsent(partition, it -> new Waiting());
    if (!of.records.isEmpty() && of.records.getLast().offset() >= offset) { // begun anew
      drop(of);
    }
    of.records.add(new Large(offset, size));
    of.movedAt = nanoTime.getAsLong();
    of.bytes += size;
    bytes += size;
  }

  /** A record was taken up, and all before it in its partition. */
  public synchronized void taken(TopicPartition partition, long offset) {
    Waiting of = waiting.isEmpty() ? null : waiting.get(partition);
    if (of == null) {
      return;
    }
    while (!of.records.isEmpty() && of.records.getFirst().offset() <= offset) {
      int size = of.records.removeFirst().bytes();
      of.bytes -= size;
      bytes -= size;
    }
    of.movedAt = nanoTime.getAsLong();
    if (of.records.isEmpty()) {
      waiting.remove(partition);
    }
  }

  /** The partitions that have enough waiting; each of them has something to be taken up. */
  synchronized Set<TopicPartition> full() {
    if (waiting.isEmpty()) {
      return Set.of();
    }
    long now = nanoTime.getAsLong();
    Set<TopicPartition> full = new HashSet<>();
    Iterator<Map.Entry<TopicPartition, Waiting>> entries = waiting.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<TopicPartition, Waiting> entry = entries.next();
      if (now - entry.getValue().movedAt > DROPPED_AFTER_NANOS) {
        drop(entry.getValue());
        entries.remove();
      } else if (bytes > MAX_BYTES || entry.getValue().bytes > MAX_BYTES_OF_PARTITION) {
        full.add(entry.getKey());
      }
    }
    return full;
  }

  private void drop(Waiting of) {
    bytes -= of.bytes;
    of.bytes = 0;
    of.records.clear();
  }
}
