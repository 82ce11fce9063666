package io.netnswatch.streams.intake;

import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * A consumer whose records are bounded in size, and those waiting to be taken up in quantity; after
 * a lull it takes no topic for empty at once.
 */
final class BoundedConsumer extends KafkaConsumer<byte[], byte[]> {

  private final InFlight inFlight;
  private final Lulls lulls = new Lulls(System::nanoTime);

  BoundedConsumer(Map<String, Object> config, InFlight inFlight) {
    super(config, new Cutting(Oversize::key), new Cutting(Oversize::value));
    this.inFlight = inFlight;
  }

  @Override
  public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
    Set<TopicPartition> full = new HashSet<>(inFlight.full());
    full.retainAll(assignment());
    full.removeAll(paused());
    pause(full);
    ConsumerRecords<byte[], byte[]> records;
    try {
      records = super.poll(timeout);
    } finally {
      full.retainAll(assignment());
      resume(full);
    }
    records.partitions().forEach(lulls::fetched);
    for (ConsumerRecord<byte[], byte[]> record : records) {
      inFlight.fetched(
          new TopicPartition(record.topic(), record.partition()),
          record.offset(),
          record.value() == null ? 0 : record.value().length);
    }
    return records;
  }

  /**
   * Unknown where the topic is awaited: Kafka Streams waits until it has something, or is known.
   */
  @Override
  public OptionalLong currentLag(TopicPartition topic) {
    return lulls.isAwaited(topic) ? OptionalLong.empty() : super.currentLag(topic);
  }

  /** Bytes as they are, unless they are too many. */
  private record Cutting(Cut cut) implements Deserializer<byte[]> {

    private interface Cut {
      byte @Nullable [] of(Headers headers, byte @Nullable [] bytes);
    }

    @Override
    public byte[] deserialize(String topic, byte[] data) {
      throw new UnsupportedOperationException("consumers hand out the headers");
    }

    @Override
    @SuppressWarnings("NullAway") // null is what a record without a key or value has
    public byte[] deserialize(String topic, Headers headers, byte[] data) {
      Oversize.trim(headers);
      return cut.of(headers, data);
    }
  }
}
