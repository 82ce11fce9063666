package io.netnswatch.demo;

import io.netnswatch.collector.bundle.EvidenceBundle;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.schema.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Publishes a recording's events, each when it is due, as their collector would have. */
final class ScenarioPlayer implements AutoCloseable {

  private final String host;
  private final List<TelemetryEvent> events;
  private final PlaySchedule schedule;
  private final Topics topics;
  private final Producer<String, SpecificRecord> producer;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private volatile boolean failed;

  /**
   * A play that has not begun.
   *
   * @param host under which name
   * @param bundle what to play
   * @param speed how many times faster than recorded
   * @param producer where to; closed at the end
   */
  ScenarioPlayer(
      String host,
      EvidenceBundle bundle,
      double speed,
      Topics topics,
      Producer<String, SpecificRecord> producer) {
    this.host = host;
    this.topics = topics;
    this.producer = producer;
    List<TelemetryEvent> recorded = bundle.telemetry(host, Duration.ZERO);
    this.schedule =
        new PlaySchedule(
            recorded.get(0).eventTime(),
            recorded.get(recorded.size() - 1).eventTime(),
            Instant.now(),
            speed);
    this.events = bundle.telemetry(host, schedule.shift());
  }

  /** Plays on a thread of its own. */
  void start() {
    Thread thread = new Thread(this::play, "play-" + host);
    thread.setDaemon(true);
    thread.start();
  }

  /** Plays to the end, or until closed. */
  void play() {
    try {
      for (TelemetryEvent event : events) {
        Duration wait = Duration.between(Instant.now(), schedule.due(event.eventTime()));
        if (stopping.await(wait.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
        publish(event);
      }
      producer.flush();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void publish(TelemetryEvent event) {
    ProducerRecord<String, SpecificRecord> record =
        new ProducerRecord<>(
            topics.topicOf(event.value()),
            null,
            event.eventTime().toEpochMilli(),
            event.host(),
            event.value());
    var unused = producer.send(record, (metadata, refusal) -> note(refusal));
  }

  private void note(@Nullable Exception refusal) {
    if (refusal != null && !failed) {
      failed = true;
      System.err.println("demo: an event of " + host + " was refused: " + refusal.getMessage());
    }
  }

  @Override
  public void close() {
    stopping.countDown();
    producer.close(Duration.ofSeconds(2));
  }
}
