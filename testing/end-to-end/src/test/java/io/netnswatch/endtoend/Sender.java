package io.netnswatch.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.partitioningBy;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import io.netnswatch.command.records.AvroSerdes;
import io.netnswatch.schema.SendTime;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.schema.Topics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Puts telemetry on the topics as a collector does: with the time at which each event was sent. By
 * it the detector keeps the order of events over the topics, also of those sent in one millisecond.
 */
final class Sender implements AutoCloseable {

  private final Topics topics;
  private final KafkaProducer<byte[], byte[]> producer;
  private final KafkaAvroSerializer serializer;
  private final SendTime sendTime = new SendTime(InstantSource.system());

  Sender(Map<String, Object> clientSettings, SchemaRegistryClient registry, Topics topics) {
    this.topics = topics;
    this.producer =
        new KafkaProducer<>(clientSettings, new ByteArraySerializer(), new ByteArraySerializer());
    this.serializer = AvroSerdes.serializer(registry);
  }

  /** Sends events in their order, and waits until they are on their topics. */
  void send(List<? extends SpecificRecord> events) throws Exception {
    sendAll(stamped(events));
  }

  /** The same, but what goes to one topic reaches it later than the others', by real time. */
  void sendWithDelay(List<? extends SpecificRecord> events, String late, Duration delay)
      throws Exception {
    Map<Boolean, List<ProducerRecord<byte[], byte[]>>> records =
        stamped(events).stream().collect(partitioningBy(it -> it.topic().equals(late)));
    sendAll(records.get(false));
    Thread.sleep(delay.toMillis());
    sendAll(records.get(true));
  }

  private List<ProducerRecord<byte[], byte[]>> stamped(List<? extends SpecificRecord> events) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (SpecificRecord event : events) {
      String topic = topics.topicOf(event);
      TelemetryEvent telemetry = TelemetryEvent.from(event);
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(
              topic,
              null,
              telemetry.eventTime().toEpochMilli(),
              telemetry.host().getBytes(UTF_8),
              serializer.serialize(topic, event));
      record.headers().add(SendTime.HEADER, sendTime.next());
      records.add(record);
    }
    return records;
  }

  private void sendAll(List<ProducerRecord<byte[], byte[]>> records) throws Exception {
    List<Future<RecordMetadata>> sent = records.stream().map(producer::send).toList();
    for (Future<RecordMetadata> future : sent) {
      future.get();
    }
  }

  /** Sends any bytes under the name of a host. */
  Future<RecordMetadata> send(String topic, String host, byte[] value) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic, host.getBytes(UTF_8), value);
    record.headers().add(SendTime.HEADER, sendTime.next());
    return producer.send(record);
  }

  @Override
  public void close() {
    producer.close();
  }
}
