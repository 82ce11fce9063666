package io.netnswatch.demo;

import io.netnswatch.scenarios.Scenario;
import io.netnswatch.schema.SendTime;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.schema.Topics;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the events of scenarios, each when it is due, as their collectors would have. Several
 * scenarios play as one, so that however busy the machine is none falls behind the others.
 */
final class ScenarioPlayer implements AutoCloseable {

  private record Cue(Duration due, TelemetryEvent event) {}

  private final List<Cue> cues = new ArrayList<>();
  private final Topics topics;
  private final SendTime sendTime = new SendTime(InstantSource.system());
  private final Producer<String, SpecificRecord> producer;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private volatile boolean failed;

  /**
   * A play that has not begun; its scenarios begin together.
   *
   * @param speed how many times faster than they happened
   * @param producer where to; closed at the end
   * @throws IOException if a scenario can't be read
   */
  ScenarioPlayer(
      List<Scenario> scenarios,
      double speed,
      Topics topics,
      Producer<String, SpecificRecord> producer)
      throws IOException {
    this.topics = topics;
    this.producer = producer;
    Map<Function<Duration, List<TelemetryEvent>>, Instant> begins = new LinkedHashMap<>();
    Duration longest = Duration.ZERO;
    for (Scenario scenario : scenarios) {
      Function<Duration, List<TelemetryEvent>> telemetry = scenario.read();
      List<TelemetryEvent> happened = telemetry.apply(Duration.ZERO);
      Instant begin = happened.get(0).eventTime();
      Duration length = Duration.between(begin, happened.get(happened.size() - 1).eventTime());
      begins.put(telemetry, begin);
      longest = length.compareTo(longest) > 0 ? length : longest;
    }
    PlaySchedule schedule = new PlaySchedule(longest, Instant.now(), speed);
    begins.forEach((telemetry, begin) -> addCues(telemetry.apply(schedule.shift(begin)), schedule));
    cues.sort(Comparator.comparing(Cue::due));
  }

  /** What came out of order does so again: it is due with what came before it. */
  private void addCues(List<TelemetryEvent> events, PlaySchedule schedule) {
    Duration latest = Duration.ZERO;
    for (TelemetryEvent event : events) {
      Duration due = schedule.due(event.eventTime());
      latest = due.compareTo(latest) > 0 ? due : latest;
      cues.add(new Cue(latest, event));
    }
  }

  /** The hosts that play. */
  Set<String> hosts() {
    return cues.stream().map(cue -> cue.event().host()).collect(Collectors.toSet());
  }

  /** Plays on a thread of its own. */
  void start() {
    Thread thread = new Thread(this::play, "play");
    thread.setDaemon(true);
    thread.start();
  }

  /** Plays to the end, or until closed. */
  void play() {
    try {
      Instant begin = Instant.now();
      for (Cue cue : cues) {
        Duration wait = Duration.between(Instant.now(), begin.plus(cue.due()));
        if (stopping.await(wait.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
        publish(cue.event());
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
    var unused = producer.send(record, (metadata, refusal) -> note(event.host(), refusal));
  }

  private void note(String host, @Nullable Exception refusal) {
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
