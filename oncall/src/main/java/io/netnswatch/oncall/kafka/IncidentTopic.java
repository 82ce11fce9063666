package io.netnswatch.oncall.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netnswatch.command.SettingAtFault;
import io.netnswatch.command.cluster.Cluster;
import io.netnswatch.oncall.alert.OpenIncidents;
import io.netnswatch.oncall.metrics.OncallMetrics;
import io.netnswatch.schema.Incident;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the present state of all incidents as their topic tells it. */
public final class IncidentTopic implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(IncidentTopic.class);

  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration REGISTRY_PAUSE = Duration.ofSeconds(2);

  private final WholeTopic tail;
  private final AvroReader reader;
  private final OpenIncidents openIncidents;
  private final OncallMetrics metrics;
  private final CountDownLatch stopped = new CountDownLatch(1);

  /**
   * Nothing is read yet.
   *
   * @param openIncidents kept by this
   * @throws org.apache.kafka.common.errors.UnknownTopicOrPartitionException if there is no topic
   */
  public IncidentTopic(Cluster kafka, OpenIncidents openIncidents, OncallMetrics metrics) {
    this.tail = new WholeTopic(kafka, kafka.topics().incidents());
    this.reader = new AvroReader(kafka.registry());
    this.openIncidents = openIncidents;
    this.metrics = metrics;
  }

  /** Reads all there is; returns early if stopped. */
  public void readToEnd() throws InterruptedException {
    Map<TopicPartition, Long> end = tail.end();
    while (!isStopped() && !tail.hasReached(end)) {
      poll();
    }
  }

  /** Reads what has come, and returns whether anything has. */
  public boolean poll() throws InterruptedException {
    boolean any = false;
    try {
      for (ConsumerRecord<byte[], byte[]> record : tail.poll(POLL)) {
        take(record);
        any = true;
      }
    } catch (WakeupException e) {
      LOG.debug("woken to stop", e);
    }
    return any;
  }

  /** Partitions that were added to the topic are read too. */
  public void takeNewPartitions() {
    tail.takeNewPartitions();
  }

  private void take(ConsumerRecord<byte[], byte[]> record) throws InterruptedException {
    if (record.key() == null) {
      metrics.record("NO_KEY");
      return;
    }
    String key = new String(record.key(), UTF_8);
    if (record.value() == null) {
      openIncidents.remove(key);
      metrics.record("TOMBSTONE");
      return;
    }
    try {
      Incident step = decoded(record.topic(), record.value());
      OpenIncidents.Reading reading = openIncidents.apply(key, step);
      metrics.record(reading.name());
      if (reading == OpenIncidents.Reading.REPLAYED) {
        LOG.warn("{} comes from replay {}: refused", key, step.getReplayRunId());
      }
    } catch (AvroReader.UnreadableException e) {
      openIncidents.unreadable(key);
      metrics.record("UNDECODABLE");
      LOG.warn(
          "{}-{}@{} can't be read: {}",
          record.topic(),
          record.partition(),
          record.offset(),
          e.getMessage());
    }
  }

  /**
   * A registry that is away comes back: what it did not say anything about can't be passed over.
   */
  private Incident decoded(String topic, byte[] value)
      throws AvroReader.UnreadableException, InterruptedException {
    while (true) {
      try {
        return reader.read(Incident.class, topic, value);
      } catch (AvroReader.RegistryUnavailableException e) {
        LOG.warn("{}{}; trying again", e.getMessage(), SettingAtFault.hint(e));
        if (stopped.await(REGISTRY_PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
          throw new InterruptedException("stopped");
        }
      }
    }
  }

  private boolean isStopped() {
    return stopped.getCount() == 0;
  }

  /** Lets whoever reads return soon; may be called by any thread. */
  public void stop() {
    stopped.countDown();
    tail.wakeup();
  }

  @Override
  public void close() {
    tail.close();
  }
}
