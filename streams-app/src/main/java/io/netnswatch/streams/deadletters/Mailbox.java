package io.netnswatch.streams.deadletters;

import io.netnswatch.schema.DeadLetterHeaders;
import io.netnswatch.streams.deadletters.Letter.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/** Reads the topic of the dead letters from a time on to its present end. */
final class Mailbox {

  private static final Duration POLL = Duration.ofSeconds(1);

  /** More are not kept in memory at once. */
  static final int MAX_LETTERS = 100_000;

  private final List<Letter> letters = new ArrayList<>();
  private final Set<Place> sentBack = new HashSet<>();

  /** The letters, by partition in order. */
  List<Letter> letters() {
    return List.copyOf(letters);
  }

  /** Whether a letter has been sent back since. */
  boolean isSentBack(Letter letter) {
    return sentBack.contains(letter.place());
  }

  /**
   * Reads.
   *
   * @param fromMs letters of before are passed over, epoch milliseconds
   * @param progress is told how many records have been read
   * @throws IllegalStateException if there are too many letters
   */
  static Mailbox read(
      KafkaConsumer<byte[], byte[]> consumer, String topic, long fromMs, Consumer<Long> progress) {
    Mailbox mailbox = new Mailbox();
    List<TopicPartition> partitions = new ArrayList<>();
    for (PartitionInfo partition : consumer.partitionsFor(topic)) {
      partitions.add(new TopicPartition(topic, partition.partition()));
    }
    consumer.assign(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    Map<TopicPartition, Long> times = new HashMap<>();
    partitions.forEach(partition -> times.put(partition, fromMs));
    Map<TopicPartition, OffsetAndTimestamp> begins = consumer.offsetsForTimes(times);
    for (TopicPartition partition : partitions) {
      OffsetAndTimestamp begin = begins.get(partition);
      consumer.seek(partition, begin == null ? ends.getOrDefault(partition, 0L) : begin.offset());
    }
    long read = 0;
    while (ends.entrySet().stream()
        .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        mailbox.add(record);
        read++;
      }
      progress.accept(read);
    }
    return mailbox;
  }

  /** A letter keeps the headers of its record, whatever they are, but always has a reason. */
  void add(ConsumerRecord<byte[], byte[]> record) {
    String sentBackPlace = Letter.text(record.headers(), DeadLetterHeaders.REPUBLISHED);
    boolean isLetter = record.headers().lastHeader(DeadLetterHeaders.REASON) != null;
    if (!isLetter && !sentBackPlace.isEmpty()) {
      sentBack.add(Place.parse(sentBackPlace));
      return;
    }
    if (letters.size() == MAX_LETTERS) {
      throw new IllegalStateException(
          "more than " + MAX_LETTERS + " dead letters: narrow them down with --from");
    }
    letters.add(Letter.of(record));
  }
}
