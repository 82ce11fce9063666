package io.netnswatch.oncall.kafka;

import io.netnswatch.command.cluster.Cluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All of one topic from its beginning, and then what comes. Not thread-safe but for wakeup. */
final class WholeTopic implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(WholeTopic.class);

  private final String topic;
  private final KafkaConsumer<byte[], byte[]> consumer;

  /**
   * Goes to the beginning.
   *
   * @throws UnknownTopicOrPartitionException if there is no such topic
   */
  WholeTopic(Cluster kafka, String topic) {
    this.topic = topic;
    this.consumer = kafka.consumer();
    try {
      if (assignAll() == 0) {
        throw new UnknownTopicOrPartitionException("there is no topic " + topic + ".");
      }
    } catch (RuntimeException e) {
      consumer.close();
      throw e;
    }
  }

  /** Takes partitions that have come since, from their beginning, and returns how many. */
  private int assignAll() {
    Set<TopicPartition> known = consumer.assignment();
    List<TopicPartition> added = new ArrayList<>();
    for (PartitionInfo partition : consumer.partitionsFor(topic)) {
      TopicPartition it = new TopicPartition(topic, partition.partition());
      if (!known.contains(it)) {
        added.add(it);
      }
    }
    if (!added.isEmpty()) {
      Set<TopicPartition> all = new HashSet<>(known);
      all.addAll(added);
      consumer.assign(all);
      consumer.seekToBeginning(added);
    }
    return added.size();
  }

  /** Partitions that were added to the topic are read too. */
  void takeNewPartitions() {
    try {
      int added = assignAll();
      if (added > 0) {
        LOG.info("{} has {} more partitions", topic, added);
      }
    } catch (TimeoutException e) {
      LOG.warn("partitions of {} are not known at the moment: {}", topic, e.getMessage());
    }
  }

  /** Where the topic ends now. */
  Map<TopicPartition, Long> end() {
    return consumer.endOffsets(consumer.assignment());
  }

  /** Whether it has been read that far. */
  boolean hasReached(Map<TopicPartition, Long> end) {
    return end.entrySet().stream()
        .allMatch(partition -> consumer.position(partition.getKey()) >= partition.getValue());
  }

  /** What has come, after at most so long. */
  Iterable<ConsumerRecord<byte[], byte[]>> poll(Duration atMost) {
    return consumer.poll(atMost);
  }

  /** Lets a poll end at once; may be called by any thread. */
  void wakeup() {
    consumer.wakeup();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
