package io.netnswatch.collector.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.netnswatch.collector.spool.EventId;
import io.netnswatch.collector.spool.Partition;
import io.netnswatch.schema.Topics;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link PublishedTail} of the telemetry topics. Asking for their ends needs the right to describe
 * them, which the right to write implies; reading needs the right to read.
 */
public final class TopicTail implements PublishedTail {

  private static final Logger log = LoggerFactory.getLogger(TopicTail.class);
  private static final Duration SILENCE_LIMIT = Duration.ofSeconds(30);

  private final Map<String, Object> settings;
  private final Topics topics;
  private final byte[] host;

  /**
   * A tail that has read nothing.
   *
   * @param settings of consumer and deserializer
   * @param host the key of the records that count
   */
  public TopicTail(Map<String, Object> settings, Topics topics, String host) {
    this.settings = Map.copyOf(settings);
    this.topics = topics;
    this.host = host.getBytes(UTF_8);
  }

  @Override
  public Found read(Map<Partition, Long> known) {
    try (Consumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions(consumer));
      Map<TopicPartition, Long> begins = new HashMap<>();
      ends.forEach(
          (at, end) -> {
            Long begin = known.get(new Partition(at.topic(), at.partition()));
            if (begin != null && begin < end) {
              begins.put(at, begin);
            }
          });
      return new Found(
          ends.entrySet().stream()
              .collect(
                  Collectors.toUnmodifiableMap(
                      end -> new Partition(end.getKey().topic(), end.getKey().partition()),
                      Map.Entry::getValue)),
          events(consumer, begins, ends));
    }
  }

  /** Of the topics that exist. */
  private List<TopicPartition> partitions(Consumer<byte[], byte[]> consumer) {
    return topics.telemetry().stream()
        .flatMap(topic -> consumer.partitionsFor(topic).stream())
        .map(found -> new TopicPartition(found.topic(), found.partition()))
        .toList();
  }

  private Set<EventId> events(
      Consumer<byte[], byte[]> consumer,
      Map<TopicPartition, Long> begins,
      Map<TopicPartition, Long> ends) {
    Set<EventId> events = new HashSet<>();
    if (begins.isEmpty()) {
      return events;
    }
    consumer.assign(begins.keySet());
    begins.forEach(consumer::seek);
    long heardAt = System.nanoTime();
    try (KafkaAvroDeserializer decoder = new KafkaAvroDeserializer()) {
      decoder.configure(settings, false);
      while (begins.keySet().stream()
          .anyMatch(at -> consumer.position(at) < ends.getOrDefault(at, 0L))) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
          heardAt = System.nanoTime();
          id(decoder, record).ifPresent(events::add);
        }
        if (System.nanoTime() - heardAt > SILENCE_LIMIT.toNanos()) {
          throw new TimeoutException("the brokers do not hand out the ends of the topics");
        }
      }
    } catch (AuthorizationException e) {
      log.warn(
          "what an earlier run was publishing when it ended can't be read back, so some events may"
              + " come twice; allow this user to read the topics: {}",
          e.getMessage());
    }
    log.info("{} events of this host were published without being known to be", events.size());
    return events;
  }

  /** Empty if the record is another host's, or none of ours. */
  private Optional<EventId> id(
      KafkaAvroDeserializer decoder, ConsumerRecord<byte[], byte[]> record) {
    if (!Arrays.equals(record.key(), host)) {
      return Optional.empty();
    }
    try {
      return decoder.deserialize(record.topic(), record.value()) instanceof SpecificRecord value
          ? Optional.of(EventId.of(value))
          : Optional.empty();
    } catch (SerializationException e) {
      if (e.getCause() instanceof java.io.IOException) {
        throw e; // the registry gives no answer
      }
      log.debug("not one of ours", e);
      return Optional.empty();
    }
  }
}
