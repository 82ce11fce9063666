package io.netnswatch.replay;

import io.netnswatch.command.cluster.Cluster;
import io.netnswatch.command.records.AvroSerdes;
import io.netnswatch.schema.Incident;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** Publishes steps under a replay_run_id, to a topic that is not the live one. */
final class Publisher implements IncidentSink {

  private final String topic;
  private final String runId;
  private final KafkaProducer<String, Object> producer;
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

  /**
   * A publisher.
   *
   * @throws IOException if that is the live topic, or it does not exist
   */
  Publisher(Cluster cluster, String topic, String runId) throws IOException {
    if (cluster.topics().all().contains(topic)) {
      throw new IOException(topic + " belongs to the live application; name another topic");
    }
    this.topic = topic;
    this.runId = runId;
    Map<String, Object> settings = cluster.clientSettings();
    settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "gzip"); // all clients can read it
    this.producer =
        new KafkaProducer<>(
            settings, new StringSerializer(), AvroSerdes.serializer(cluster.registry()));
    producer.partitionsFor(topic);
  }

  @Override
  public void accept(Incident incident) throws IOException {
    Incident marked = Incident.newBuilder(incident).setReplayRunId(runId).build();
    var unused =
        producer.send(
            new ProducerRecord<>(
                topic, null, marked.getUpdatedAt().toEpochMilli(), marked.getIncidentKey(), marked),
            (sent, e) -> {
              if (e != null) {
                failure.compareAndSet(null, e);
              }
            });
    check();
  }

  private void check() throws IOException {
    Exception e = failure.get();
    if (e != null) {
      throw new IOException("can't publish to " + topic + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    producer.flush();
    producer.close();
    check();
  }
}
