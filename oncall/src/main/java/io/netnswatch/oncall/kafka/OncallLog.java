package io.netnswatch.oncall.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.confluent.kafka.serializers.AbstractKafkaSchemaSerDeConfig;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import io.netnswatch.command.cluster.Cluster;
import io.netnswatch.command.records.RegistryAnswer;
import io.netnswatch.oncall.alert.Change;
import io.netnswatch.oncall.alert.DeliveryState;
import io.netnswatch.schema.HostAction;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the bridge remembers: the compacted topic of what targets have been told, key {@code
 * target/alert key}, value JSON; and the topic of what was done to hosts, Avro.
 *
 * <p>They are written in transactions under one id. These make changes durable together, and above
 * all let the broker turn away a bridge whose place another one has taken: it does nothing to a
 * host any more, for that would have to be written down before.
 */
public final class OncallLog implements NotificationLog, ActionLog, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(OncallLog.class);

  private static final Duration POLL = Duration.ofMillis(200);

  /** No target's name begins so. */
  private static final String PRESENCE_KEY = "@bridge";

  private static final Duration REGISTRY_PAUSE = Duration.ofSeconds(2);

  private final String topic;
  private final String actionsTopic;
  private final KafkaAvroSerializer serializer;
  private final Producer<byte[], byte[]> producer;
  private final boolean isNew;

  /** The only user of the producer, for a thread that writes has to wait while Kafka is away. */
  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "netnswatch-deliveries");
            thread.setDaemon(true);
            return thread;
          });

  private volatile boolean closing;

  private OncallLog(Cluster kafka, boolean isNew, Producer<byte[], byte[]> producer) {
    this.topic = topic(kafka);
    this.actionsTopic = kafka.topics().actions();
    this.serializer = new KafkaAvroSerializer(kafka.registry());
    serializer.configure(
        Map.of(
            AbstractKafkaSchemaSerDeConfig.SCHEMA_REGISTRY_URL_CONFIG,
            "mock://given-by-client", // demanded, and not used
            AbstractKafkaSchemaSerDeConfig.AUTO_REGISTER_SCHEMAS,
            false),
        false);
    this.isNew = isNew;
    this.producer = producer;
  }

  /**
   * Makes the topic if it does not exist, and turns away any other bridge.
   *
   * @throws ExecutionException if the broker refuses
   */
  public static OncallLog open(Cluster kafka) throws ExecutionException, InterruptedException {
    boolean isNew;
    try (Admin admin = Admin.create(kafka.clientSettings())) {
      isNew = create(admin, topic(kafka));
    }
    Producer<byte[], byte[]> producer = producer(kafka);
    try {
      producer.initTransactions();
    } catch (RuntimeException e) {
      producer.close(Duration.ZERO);
      throw e;
    }
    return new OncallLog(kafka, isNew, producer);
  }

  /** Whether there was none. */
  private static boolean create(Admin admin, String topic)
      throws ExecutionException, InterruptedException {
    if (admin.listTopics().names().get().contains(topic)) {
      return false;
    }
    NewTopic compacted =
        new NewTopic(topic, Optional.of(1), Optional.empty())
            .configs(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));
    try {
      admin.createTopics(Set.of(compacted)).all().get();
      LOG.info("made topic {}", topic);
      return true;
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) { // made by another meanwhile
        throw e;
      }
      return false;
    }
  }

  /**
   * What targets have been told, by target and alert key. Records that can't be read are logged and
   * passed over.
   */
  public Map<String, Map<String, DeliveryState>> read(Cluster kafka) {
    return isNew ? Map.of() : readAll(kafka);
  }

  /** The same for who writes nothing; nothing has been told if there is no topic. */
  public static Map<String, Map<String, DeliveryState>> readIfThere(Cluster kafka) {
    try {
      return readAll(kafka);
    } catch (UnknownTopicOrPartitionException e) {
      LOG.info("nothing has been told yet: {}", e.getMessage());
      return Map.of();
    }
  }

  private static String topic(Cluster kafka) {
    return kafka.topics().prefix() + "oncall-deliveries";
  }

  /** It never gives up on a record by itself. Of all bridges with one id, the last may write. */
  private static Producer<byte[], byte[]> producer(Cluster kafka) {
    Map<String, Object> config = kafka.clientSettings();
    config.put(
        ProducerConfig.TRANSACTIONAL_ID_CONFIG, "netnswatch-oncall-" + kafka.topics().prefix());
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
    config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "gzip");
    return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static Map<String, Map<String, DeliveryState>> readAll(Cluster kafka) {
    Map<String, Map<String, DeliveryState>> told = new HashMap<>();
    try (WholeTopic tail = new WholeTopic(kafka, topic(kafka))) {
      Map<TopicPartition, Long> end = tail.end();
      while (!tail.hasReached(end)) {
        tail.poll(POLL).forEach(record -> apply(record, told));
      }
    }
    return told;
  }

  private static void apply(
      ConsumerRecord<byte[], byte[]> record, Map<String, Map<String, DeliveryState>> told) {
    String key = record.key() == null ? "" : new String(record.key(), UTF_8);
    int slash = key.indexOf('/');
    if (slash < 0) {
      return; // PRESENCE_KEY
    }
    Map<String, DeliveryState> ofTarget =
        told.computeIfAbsent(key.substring(0, slash), name -> new HashMap<>());
    String alert = key.substring(slash + 1);
    if (record.value() == null) {
      ofTarget.remove(alert);
      return;
    }
    try {
      ofTarget.put(alert, DeliveryStateJson.read(record.value()));
    } catch (IOException e) {
      LOG.error(
          "{}-{}@{} can't be read: {} may be told of {} again: {}",
          record.topic(),
          record.partition(),
          record.offset(),
          key.substring(0, slash),
          alert,
          e.getMessage());
    }
  }

  /**
   * What was done to hosts, in the order in which it was written for each.
   *
   * @throws UnknownTopicOrPartitionException if there is no topic
   * @throws IOException if a record can't be read: what is ours to take back would be forgotten
   */
  public static List<HostAction> readActions(Cluster kafka) throws IOException {
    String topic = kafka.topics().actions();
    AvroReader reader = new AvroReader(kafka.registry());
    List<HostAction> actions = new ArrayList<>();
    try (WholeTopic whole = new WholeTopic(kafka, topic)) {
      Map<TopicPartition, Long> end = whole.end();
      while (!whole.hasReached(end)) {
        for (ConsumerRecord<byte[], byte[]> record : whole.poll(POLL)) {
          if (record.value() != null) {
            actions.add(reader.read(HostAction.class, topic, record.value()));
          }
        }
      }
      return actions;
    } catch (AvroReader.UnreadableException | AvroReader.RegistryUnavailableException e) {
      throw new IOException(topic + " can't be read: " + e.getMessage(), e);
    }
  }

  @Override
  public Future<?> write(List<HostAction> steps) {
    return writer.submit(
        () -> {
          commit(serialized(steps));
          return null;
        });
  }

  /** A registry that is away comes back; one that does not know the schema does not. */
  private List<ProducerRecord<byte[], byte[]>> serialized(List<HostAction> steps)
      throws LogLostException, InterruptedException {
    while (true) {
      try {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (HostAction step : steps) {
          records.add(
              new ProducerRecord<>(
                  actionsTopic,
                  null,
                  step.getRecordedAt().toEpochMilli(),
                  step.getHost().getBytes(UTF_8),
                  serializer.serialize(actionsTopic, step)));
        }
        return records;
      } catch (SerializationException e) {
        if (e.getCause() instanceof RestClientException answer && RegistryAnswer.isNoSuch(answer)) {
          throw new LogLostException(
              "the registry does not know the schema of %s: make it with netnswatch topics create"
                  .formatted(actionsTopic),
              e);
        }
        if (closing) {
          throw new LogLostException("stopped while the registry was away", e);
        }
        LOG.warn("{} can't be written at the moment, trying again: {}", actionsTopic, e.getCause());
        TimeUnit.MILLISECONDS.sleep(REGISTRY_PAUSE.toMillis());
      }
    }
  }

  @Override
  public Future<?> write(String target, List<Change> changes) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (Change change : changes) {
      DeliveryState told = change.told();
      records.add(
          record(target + "/" + change.key(), told == null ? null : DeliveryStateJson.write(told)));
    }
    return begin(records);
  }

  /** Says that this bridge is there, and so learns whether another one has taken its place. */
  public void writePresence(Instant now) throws LogLostException, InterruptedException {
    String value = "{\"at\":\"" + now + "\",\"pid\":" + ProcessHandle.current().pid() + "}";
    try {
      begin(List.of(record(PRESENCE_KEY, value.getBytes(UTF_8)))).get();
    } catch (ExecutionException e) {
      throw LogLostException.of(e);
    }
  }

  private Future<?> begin(List<ProducerRecord<byte[], byte[]>> records) {
    return writer.submit(
        () -> {
          commit(records);
          return null;
        });
  }

  private ProducerRecord<byte[], byte[]> record(String key, byte @Nullable [] value) {
    return new ProducerRecord<>(topic, key.getBytes(UTF_8), value);
  }

  /** One transaction, as often as it takes; a broker that is away comes back. */
  private void commit(List<ProducerRecord<byte[], byte[]>> records) throws LogLostException {
    while (!tryCommit(records)) {
      if (closing) {
        throw new LogLostException("stopped while Kafka was away", new InterruptedException());
      }
    }
  }

  private boolean tryCommit(List<ProducerRecord<byte[], byte[]>> records) throws LogLostException {
    try {
      producer.beginTransaction();
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      records.forEach(record -> sent.add(producer.send(record)));
      insist("commit", producer::commitTransaction);
      return true;
    } catch (ProducerFencedException | InvalidProducerEpochException e) {
      throw new LogLostException("another bridge has taken over", e);
    } catch (AuthorizationException e) {
      throw new LogLostException("not allowed to write: " + e.getMessage(), e);
    } catch (KafkaException e) {
      if (!(e instanceof RetriableException) && !(e.getCause() instanceof RetriableException)) {
        throw new LogLostException("can't write " + topic + ": " + e.getMessage(), e);
      }
      LOG.warn("{} can't be written at the moment, trying again: {}", topic, e.getMessage());
      insist("abort", producer::abortTransaction);
      return false;
    }
  }

  /** Both may be called again when they time out, and must be. */
  private void insist(String what, Runnable transactionCall) {
    while (true) {
      try {
        transactionCall.run();
        return;
      } catch (TimeoutException e) {
        if (closing) {
          throw e;
        }
        LOG.warn("{}: no answer to {} yet, trying again", topic, what);
      }
    }
  }

  @Override
  public void close() {
    closing = true;
    writer.shutdownNow(); // whoever waited for a write has ended
    producer.close(Duration.ofSeconds(5));
  }
}
