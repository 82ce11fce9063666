package io.netnswatch.streams.query;

import io.netnswatch.schema.HostAction;
import io.netnswatch.schema.Topics;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.apache.avro.AvroRuntimeException;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was done to hosts, as the bridge to the people on call writes it down. Read when somebody
 * asks: the newest of each partition first, then what has come since the last question.
 */
public final class ActionHistory implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ActionHistory.class);

  private static final Duration LONGEST = Duration.ofSeconds(5);
  private static final Duration POLL = Duration.ofMillis(100);

  /** Of each partition, at the first question. */
  private static final long MAX_BACK = 2_000;

  private static final int MAX_HOSTS = 10_000;
  private static final int MAX_PER_HOST = 50;

  private final String topic;
  private final Supplier<KafkaConsumer<byte[], byte[]>> connect;
  private final Deserializer<Object> deserializer;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable KafkaConsumer<byte[], byte[]> consumer;

  /** In the order in which they were written; the hosts to which something was done last. */
  private final Map<String, List<HostAction>> byHost =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, List<HostAction>> eldest) {
          return size() > MAX_HOSTS;
        }
      };

  /**
   * Nothing is read yet.
   *
   * @param connect makes a consumer without a group
   * @param deserializer of values in Confluent's wire format
   */
  public ActionHistory(
      Topics topics,
      Supplier<KafkaConsumer<byte[], byte[]>> connect,
      Deserializer<Object> deserializer) {
    this.topic = topics.actions();
    this.connect = connect;
    this.deserializer = deserializer;
  }

  /**
   * The newest steps that concern a host, the oldest of them first; none where nothing acts on
   * hosts.
   *
   * @throws TimeoutException if Kafka does not answer within five seconds, or too many ask
   */
  public List<HostAction> of(String host) {
    Deadline deadline = Deadline.in(LONGEST);
    if (!acquired()) {
      throw new TimeoutException("too many ask for actions: try again in a moment");
    }
    try {
      catchUp(deadline);
      return List.copyOf(byHost.getOrDefault(host, List.of()));
    } catch (RuntimeException e) {
      forget();
      throw e;
    } finally {
      lock.unlock();
    }
  }

  private boolean acquired() {
    try {
      return lock.tryLock(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void catchUp(Deadline deadline) {
    KafkaConsumer<byte[], byte[]> reader = consumer;
    if (reader == null) {
      reader = connect.get();
      consumer = reader;
    }
    takePartitions(reader, deadline);
    Map<TopicPartition, Long> end = reader.endOffsets(reader.assignment(), deadline.left());
    while (!hasReached(end, reader, deadline)) {
      reader.poll(POLL).forEach(this::take);
      if (deadline.isOver()) {
        throw new TimeoutException("no answer within " + LONGEST.toSeconds() + " s");
      }
    }
  }

  private static boolean hasReached(
      Map<TopicPartition, Long> end, KafkaConsumer<byte[], byte[]> reader, Deadline deadline) {
    return end.entrySet().stream()
        .allMatch(it -> reader.position(it.getKey(), deadline.left()) >= it.getValue());
  }

  /** Also those that were added since, or of a topic that was made only now. */
  private void takePartitions(KafkaConsumer<byte[], byte[]> reader, Deadline deadline) {
    Set<TopicPartition> known = reader.assignment();
    List<TopicPartition> added = new ArrayList<>();
    for (PartitionInfo it : reader.partitionsFor(topic, deadline.left())) {
      TopicPartition partition = new TopicPartition(topic, it.partition());
      if (!known.contains(partition)) {
        added.add(partition);
      }
    }
    if (added.isEmpty()) {
      return;
    }
    Set<TopicPartition> all = new HashSet<>(known);
    all.addAll(added);
    reader.assign(all);
    Map<TopicPartition, Long> begin = reader.beginningOffsets(added, deadline.left());
    reader
        .endOffsets(added, deadline.left())
        .forEach(
            (partition, end) ->
                reader.seek(
                    partition, Math.max(begin.getOrDefault(partition, 0L), end - MAX_BACK)));
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    try {
      if (deserializer.deserialize(topic, record.value()) instanceof HostAction action) {
        List<HostAction> steps =
            byHost.computeIfAbsent(action.getHost(), host -> new ArrayList<>());
        steps.add(action);
        if (steps.size() > MAX_PER_HOST) {
          steps.remove(0);
        }
      }
    } catch (SerializationException | AvroRuntimeException | IndexOutOfBoundsException e) {
      if (e.getCause() instanceof IOException) {
        throw e; // the registry gave no answer: nothing is known of the record
      }
      LOG.warn(
          "{}-{}@{} is no action: {}", topic, record.partition(), record.offset(), e.toString());
    }
  }

  /** The next question begins anew. */
  private void forget() {
    if (consumer != null) {
      consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
    consumer = null;
    byHost.clear();
  }

  @Override
  public void close() {
    lock.lock();
    try {
      forget();
    } finally {
      lock.unlock();
    }
  }
}
