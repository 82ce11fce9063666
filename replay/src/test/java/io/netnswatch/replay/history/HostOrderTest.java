package io.netnswatch.replay.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.collector.spool.EventId;
import io.netnswatch.detection.DetectionSettings;
import io.netnswatch.detection.HostDetector;
import io.netnswatch.detection.IncidentComposer;
import io.netnswatch.detection.PartitionDetector;
import io.netnswatch.detection.PartitionDetector.HostStates;
import io.netnswatch.detection.evidence.Projection;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.detection.signature.Signatures;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.schema.Topics;
import io.netnswatch.simulator.Cadence;
import io.netnswatch.simulator.Fleet;
import io.netnswatch.simulator.HostSpec;
import io.netnswatch.simulator.Mix;
import io.netnswatch.simulator.SimulatedKernel;
import io.netnswatch.simulator.Simulation;
import io.netnswatch.simulator.TelemetrySource;
import io.netnswatch.simulator.TimelineStep;
import io.netnswatch.simulator.Visibility;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HostOrderTest {

  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final Mix LIVELOCKS = new Mix(0.9, 0, 0, 0, 0, 0, 0, 0);
  private static final List<Signature> SIGNATURES = Signatures.shipped();

  /** An event and when it came to its topic. */
  private record Arrival(TelemetryEvent event, long atMs) {}

  /** Others live, and one that delivers the hour before within 20 s, from its spool. */
  private static List<Arrival> presentAndSpooled() throws Exception {
    List<Arrival> arrivals = new ArrayList<>();
    for (TelemetryEvent event : events(NOW, 4, 1)) {
      arrivals.add(new Arrival(event, event.eventTime().toEpochMilli()));
    }
    long begin = NOW.toEpochMilli() + 600_000;
    for (TelemetryEvent event : oneHostInTrouble()) {
      long intoMs = event.eventTime().toEpochMilli() - NOW.minusSeconds(3_600).toEpochMilli();
      arrivals.add(new Arrival(renamed(event, "spooled"), begin + intoMs / 180));
    }
    arrivals.sort(Comparator.comparingLong(Arrival::atMs));
    return arrivals;
  }

  private static List<TelemetryEvent> events(Instant from, int hosts, long seed) {
    return new Simulation(Fleet.random(seed, from, hosts, 1, LIVELOCKS)).events().toList();
  }

  private static List<TelemetryEvent> oneHostInTrouble() throws Exception {
    for (long seed = 1; ; seed++) {
      List<TelemetryEvent> events = events(NOW.minusSeconds(3_600), 1, seed);
      if (!detect(events.stream().map(it -> new RecordedEvent(it, null)).toList())
          .steps()
          .isEmpty()) {
        return events;
      }
    }
  }

  private static TelemetryEvent renamed(TelemetryEvent event, String host) {
    var copy =
        org.apache.avro.specific.SpecificData.get()
            .deepCopy(event.value().getSchema(), event.value());
    copy.put(copy.getSchema().getField("host").pos(), host);
    return TelemetryEvent.from(copy);
  }

  /** The three topics, merged by the timestamps at their heads. */
  private static List<RecordedEvent> merged(List<Arrival> arrivals) {
    Map<String, Deque<TelemetryEvent>> topics = new HashMap<>();
    for (Arrival arrival : arrivals) {
      topics
          .computeIfAbsent(
              Topics.withDefaultPrefix().topicOf(arrival.event().value()),
              topic -> new ArrayDeque<>())
          .add(arrival.event());
    }
    List<RecordedEvent> merged = new ArrayList<>();
    while (topics.values().stream().anyMatch(topic -> !topic.isEmpty())) {
      merged.add(
          new RecordedEvent(
              topics.values().stream()
                  .filter(topic -> !topic.isEmpty())
                  .min(Comparator.comparing(topic -> topic.getFirst().eventTime()))
                  .orElseThrow()
                  .removeFirst(),
              null));
    }
    return merged;
  }

  @Test
  void spoolAmongThePresentIsJudgedAsIfItHadComeInOrder() throws Exception {
    // Given
    List<RecordedEvent> merged = merged(presentAndSpooled());
    assertThat(detect(merged).late()).as("late without").isPositive();

    // When
    Outcome ordered = detect(read(new HostOrder(stream(merged))));

    // Then
    assertThat(ordered.late()).isZero();
    List<RecordedEvent> sorted = new ArrayList<>(merged);
    sorted.sort(Comparator.comparingLong(RecordedEvent::timeMs));
    assertThat(ofHost("spooled", ordered))
        .isNotEmpty()
        .isEqualTo(ofHost("spooled", detect(sorted)));
  }

  @Test
  void nothingIsLostAndNothingWaitsForEverWhateverIsMissing() throws Exception {
    List<RecordedEvent> merged = new ArrayList<>(merged(presentAndSpooled()));
    Random random = new Random(3);
    merged.removeIf(event -> random.nextInt(20) == 0);

    List<RecordedEvent> ordered = read(new HostOrder(stream(merged)));

    assertThat(ordered).containsExactlyInAnyOrderElementsOf(merged);
    assertThat(
            ordered.stream()
                .filter(event -> event.event().host().equals("spooled"))
                .map(event -> EventId.of(event.event().value()))
                .toList())
        .hasSizeGreaterThan(1_000)
        .isSortedAccordingTo(
            Comparator.comparing(EventId::collectorStartedAt).thenComparingLong(EventId::sequence));
  }

  /** What comes of a host after its reboot waits for what may be left of before, but not longer. */
  @Test
  void hostOfTheFutureThatSpeaksFirstDoesNotHoldUpTheOthers() throws Exception {
    // Given
    HostSpec rebooted =
        new HostSpec(
            "rebooted",
            2,
            SimulatedKernel.RECORDED,
            Set.of(TelemetrySource.values()),
            Visibility.FULL,
            Cadence.DEFAULT,
            true,
            0,
            List.of(new TimelineStep.Reboot(60_000, 20_000, null)));
    Fleet fleet = new Fleet(1, NOW, Duration.ofMinutes(5), 0, 0, List.of(rebooted));
    List<RecordedEvent> merged = new ArrayList<>();
    for (TelemetryEvent ofTheFuture : events(NOW.plusSeconds(3_600), 1, 1).subList(0, 2)) {
      merged.add(new RecordedEvent(renamed(ofTheFuture, "future"), null));
    }
    List<TelemetryEvent> own = new Simulation(fleet).events().toList();
    own.forEach(event -> merged.add(new RecordedEvent(event, null)));
    Instant begin = EventId.of(own.get(own.size() - 1).value()).collectorStartedAt();
    List<RecordedEvent> read = new ArrayList<>();

    // When
    HostOrder order = new HostOrder(stream(merged, read));
    RecordedEvent next = order.peek();
    while (next != null && !runOf(next).equals(begin)) {
      order.advance();
      next = order.peek();
    }

    // Then
    assertThat(next).isNotNull();
    assertThat(read.get(read.size() - 1).event().eventTime())
        .isBetween(begin.plusSeconds(90), begin.plusSeconds(120));
  }

  private static Instant runOf(RecordedEvent event) {
    return EventId.of(event.event().value()).collectorStartedAt();
  }

  @Test
  void duplicatesComeTwice() throws Exception {
    List<RecordedEvent> twice = new ArrayList<>();
    merged(presentAndSpooled())
        .forEach(
            event -> {
              twice.add(event);
              twice.add(event);
            });

    assertThat(read(new HostOrder(stream(twice)))).hasSameSizeAs(twice);
  }

  private record Outcome(List<Incident> steps, int late) {}

  private static Outcome detect(List<RecordedEvent> events) throws Exception {
    Projection projection = new Projection(SIGNATURES);
    PartitionDetector detector =
        new PartitionDetector(
            new HostDetector(
                SIGNATURES,
                DetectionSettings.DEFAULT,
                new IncidentComposer("test", "runbooks/", null)),
            DetectionSettings.DEFAULT,
            HostStates.inMemory());
    List<Incident> steps = new ArrayList<>();
    int late = 0;
    for (RecordedEvent event : events) {
      for (var step :
          detector.accept(event.event().host(), projection.of(event.event().value(), null))) {
        late += step.step().late() ? 1 : 0;
        steps.addAll(step.step().incidents());
      }
    }
    return new Outcome(steps, late);
  }

  /** But those that say that it is silent: when that is noticed depends on the others. */
  private static List<Incident> ofHost(String host, Outcome outcome) {
    return outcome.steps().stream()
        .filter(step -> step.getHost().equals(host) && !step.getNoData())
        .toList();
  }

  private static List<RecordedEvent> read(EventStream stream) throws Exception {
    List<RecordedEvent> events = new ArrayList<>();
    for (RecordedEvent next = stream.peek(); next != null; next = stream.peek()) {
      events.add(next);
      stream.advance();
    }
    stream.close();
    return events;
  }

  private static EventStream stream(List<RecordedEvent> events) {
    return stream(events, new ArrayList<>());
  }

  private static EventStream stream(List<RecordedEvent> events, List<RecordedEvent> read) {
    Deque<RecordedEvent> left = new ArrayDeque<>(events);
    return new EventStream() {
      @Override
      public @Nullable RecordedEvent peek() {
        return left.peek();
      }

      @Override
      public void advance() {
        read.add(left.remove());
      }

      @Override
      public void close() {}
    };
  }
}
