package io.netnswatch.replay.history;

import io.netnswatch.command.cluster.Cluster;
import io.netnswatch.command.records.MergeTime;
import io.netnswatch.command.records.TelemetryDeserializer;
import io.netnswatch.command.records.UnusableRecordException;
import io.netnswatch.detection.evidence.SourceRef;
import io.netnswatch.replay.history.TopicHistory.Patience;
import io.netnswatch.schema.DeadLetterReason;
import io.netnswatch.schema.RecordTime;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * One partition of the three telemetry topics, merged as the live application merges them for data
 * that is already on the brokers: of the three records that are next, the one with the lowest
 * {@link MergeTime}.
 */
final class TopicStream implements EventStream {

  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration NO_RECORDS_LIMIT = Duration.ofSeconds(60);

  /** A topic that is this far ahead of the others waits for them: bytes on the broker. */
  private static final long ENOUGH_BUFFERED = 1 << 20;

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final TelemetryDeserializer deserializer;
  private final TimeRange range;
  private final Map<TopicPartition, Head> heads = new LinkedHashMap<>();
  private final Map<DeadLetterReason, Long> unusable = new EnumMap<>(DeadLetterReason.class);
  private final MergeTime mergeTime = new MergeTime(-1);
  private @Nullable Head lowest;

  private record Buffered(MergeTime.Stamp stamp, RecordedEvent event, int bytes) {}

  /** What is next of one topic. */
  private static final class Head {
    private final Deque<Buffered> buffered = new ArrayDeque<>();
    private final long end;
    private long bytes;
    private boolean done;
    private @Nullable Long timeOfFirst;

    Head(long end) {
      this.end = end;
    }

    /** Told once, and when it is next: the topics are read far ahead of each other. */
    long timeOfFirst(MergeTime mergeTime) {
      if (timeOfFirst == null) {
        timeOfFirst = mergeTime.of(buffered.getFirst().stamp());
      }
      return timeOfFirst;
    }

    void add(Buffered next) {
      buffered.add(next);
      bytes += next.bytes();
    }

    void advance() {
      bytes -= buffered.removeFirst().bytes();
      timeOfFirst = null;
    }
  }

  TopicStream(Cluster cluster, int partition, TimeRange range, Duration stragglers) {
    this.consumer = cluster.consumer();
    this.deserializer = new TelemetryDeserializer(cluster.registry());
    this.range = range;
    List<TopicPartition> partitions =
        cluster.topics().telemetry().stream()
            .map(topic -> new TopicPartition(topic, partition))
            .toList();
    Instant to = range.to();
    Map<TopicPartition, Long> ends =
        TopicHistory.offsetsAt(
            consumer,
            partitions,
            to == null ? null : to.plus(stragglers),
            consumer.endOffsets(partitions));
    Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
    if (range.from() != null) {
      beginnings = TopicHistory.offsetsAt(consumer, partitions, range.from(), ends);
    }
    consumer.assign(partitions);
    for (TopicPartition it : partitions) {
      consumer.seek(it, TopicHistory.end(beginnings, it));
      heads.put(it, new Head(TopicHistory.end(ends, it)));
    }
  }

  @Override
  public @Nullable RecordedEvent peek() throws IOException {
    if (lowest == null) {
      fill();
      for (Head head : heads.values()) {
        if (!head.buffered.isEmpty()
            && (lowest == null || head.timeOfFirst(mergeTime) < lowest.timeOfFirst(mergeTime))) {
          lowest = head;
        }
      }
    }
    return lowest == null ? null : lowest.buffered.getFirst().event();
  }

  @Override
  public void advance() {
    if (lowest != null) {
      lowest.advance();
      lowest = null;
    }
  }

  /** Until of each topic the next event is known, or that there is none. */
  private void fill() throws IOException {
    Patience patience = new Patience(NO_RECORDS_LIMIT);
    while (heads.values().stream().anyMatch(head -> head.buffered.isEmpty() && !head.done)) {
      boolean progress = false;
      for (Map.Entry<TopicPartition, Head> it : heads.entrySet()) {
        Head head = it.getValue();
        if (!head.done && consumer.position(it.getKey()) >= head.end) {
          head.done = true;
          progress = true;
        }
      }
      pauseThoseAhead();
      if (!progress) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          progress = true;
          take(record);
        }
        patience.progress(progress);
      }
    }
  }

  private void pauseThoseAhead() {
    List<TopicPartition> ahead = new ArrayList<>();
    List<TopicPartition> wanted = new ArrayList<>();
    heads.forEach(
        (partition, head) ->
            (head.done || head.bytes > ENOUGH_BUFFERED ? ahead : wanted).add(partition));
    consumer.pause(ahead);
    consumer.resume(wanted);
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    Head head = heads.get(new TopicPartition(record.topic(), record.partition()));
    if (head == null || record.offset() >= head.end) {
      return;
    }
    try {
      RecordedEvent event =
          new RecordedEvent(
              deserializer.deserialize(record.topic(), record.key(), record.value()),
              new SourceRef(record.topic(), record.partition(), record.offset()));
      if (RecordTime.objection(event.event().eventTime().toEpochMilli(), record.timestamp())
          .isPresent()) {
        unusable.merge(DeadLetterReason.WRONG_TIME, 1L, Long::sum);
      } else if (range.contains(event.event().eventTime())) {
        head.add(new Buffered(MergeTime.Stamp.of(record), event, record.serializedValueSize()));
      }
    } catch (UnusableRecordException e) {
      unusable.merge(e.reason(), 1L, Long::sum);
    }
  }

  @Override
  public Map<DeadLetterReason, Long> unusable() {
    return Map.copyOf(unusable);
  }

  @Override
  public void close() {
    consumer.close();
  }
}
