package io.netnswatch.demo;

import io.netnswatch.scenarios.Scenario;
import io.netnswatch.schema.SendTime;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.schema.Topics;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Publishes a scenario's events, each when it is due, as their collectors would have. */
final class ScenarioPlayer implements AutoCloseable {

  private final Scenario scenario;
  private final List<TelemetryEvent> events;
  private final PlaySchedule schedule;
  private final Topics topics;
  private final SendTime sendTime = new SendTime(InstantSource.system());
  private final Producer<String, SpecificRecord> producer;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private volatile boolean failed;

  /**
   * A play that has not begun.
   *
   * @param speed how many times faster than it happened
   * @param producer where to; closed at the end
   * @throws IOException if the scenario can't be read
   */
  ScenarioPlayer(
      Scenario scenario, double speed, Topics topics, Producer<String, SpecificRecord> producer)
      throws IOException {
    this(scenario, speed, Duration.ZERO, topics, producer);
  }

  /**
   * A play that is one of several at once.
   *
   * @param atLeast length of the longest, so that the clocks of all hosts agree
   */
  ScenarioPlayer(
      Scenario scenario,
      double speed,
      Duration atLeast,
      Topics topics,
      Producer<String, SpecificRecord> producer)
      throws IOException {
    this.scenario = scenario;
    this.topics = topics;
    this.producer = producer;
    List<TelemetryEvent> happened = scenario.telemetry(Duration.ZERO);
    Instant begin = happened.get(0).eventTime();
    Instant end = happened.get(happened.size() - 1).eventTime();
    Instant longest = begin.plus(atLeast);
    this.schedule =
        new PlaySchedule(begin, end.isAfter(longest) ? end : longest, Instant.now(), speed);
    this.events = scenario.telemetry(schedule.shift());
  }

  /** The hosts that play. */
  Set<String> hosts() {
    return events.stream().map(TelemetryEvent::host).collect(Collectors.toSet());
  }

  /** Plays on a thread of its own. */
  void start() {
    Thread thread = new Thread(this::play, "play-" + scenario.name());
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
    record.headers().add(SendTime.HEADER, sendTime.next());
    var unused = producer.send(record, (metadata, refusal) -> note(refusal));
  }

  private void note(@Nullable Exception refusal) {
    if (refusal != null && !failed) {
      failed = true;
      System.err.println(
          "demo: an event of " + scenario.name() + " was refused: " + refusal.getMessage());
    }
  }

  @Override
  public void close() {
    stopping.countDown();
    producer.close(Duration.ofSeconds(2));
  }
}
