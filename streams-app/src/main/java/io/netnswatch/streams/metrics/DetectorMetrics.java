package io.netnswatch.streams.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.netnswatch.schema.DeadLetterReason;
import io.netnswatch.schema.EventAction;
import io.netnswatch.schema.Incident;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the topology counts. It counts as it works: what is done again after a crash is counted
 * again, though it appears once on the topics.
 */
public final class DetectorMetrics {

  private static final Duration[] DELAYS = {
    Duration.ofSeconds(5),
    Duration.ofSeconds(10),
    Duration.ofSeconds(15),
    Duration.ofSeconds(20),
    Duration.ofSeconds(30),
    Duration.ofMinutes(1),
    Duration.ofMinutes(5),
    Duration.ofMinutes(30)
  };
  private static final double[] LATENESS_SECONDS = {0.1, 0.5, 1, 2, 5, 10, 30, 60, 600, 3600};

  private final MeterRegistry registry;
  private final InstantSource clock;
  private final Map<String, Counter> records = new ConcurrentHashMap<>();
  private final Map<DeadLetterReason, Counter> deadLetters = new EnumMap<>(DeadLetterReason.class);
  private final DistributionSummary lateness;
  private final Counter sharedNames;

  /**
   * Registers the meters.
   *
   * @param clock tells when an incident was found; nothing is decided by it
   */
  public DetectorMetrics(MeterRegistry registry, InstantSource clock) {
    this.registry = registry;
    this.clock = clock;
    for (DeadLetterReason reason : DeadLetterReason.values()) {
      deadLetters.put(
          reason,
          Counter.builder("netnswatch.dead.letters")
              .description("Records that could not be used")
              .tag("reason", reason.name())
              .register(registry));
    }
    this.sharedNames =
        Counter.builder("netnswatch.shared.name.records")
            .description("Records of hosts whose name another host has too")
            .register(registry);
    this.lateness =
        DistributionSummary.builder("netnswatch.lateness")
            .description("How far a record is behind its host's latest event")
            .baseUnit("seconds")
            .serviceLevelObjectives(LATENESS_SECONDS)
            .register(registry);
  }

  /** A record of that topic was taken up. */
  public void received(String topic) {
    records.computeIfAbsent(topic, this::recordsOf).increment();
  }

  private Counter recordsOf(String topic) {
    return Counter.builder("netnswatch.records")
        .description("Telemetry records taken up")
        .tag("topic", topic)
        .register(registry);
  }

  /** A record was of a host whose name another host has too. */
  public void sharedName() {
    sharedNames.increment();
  }

  /** A record was that much behind its host's latest event, milliseconds. */
  public void behind(long lateMs) {
    lateness.record(lateMs / 1000.0);
  }

  /** A record became a dead letter. */
  public void deadLetter(DeadLetterReason reason) {
    Counter counter = deadLetters.get(reason);
    if (counter != null) {
      counter.increment();
    }
  }

  /** What came of a failure. */
  public enum Outcome {
    /** Kafka's client tries again. */
    RETRIED,
    /** The transaction was given up, and what it held is done again by a new thread. */
    REDONE,
    /** The record became a dead letter. */
    DEAD_LETTER,
    /** What one host's silence shows was not judged. */
    SKIPPED,
    /** The detector stopped. */
    STOPPED
  }

  /**
   * Something failed that should not.
   *
   * @param where decoding, detection, processing, production or thread
   */
  public void failure(String where, Outcome outcome) {
    Counter.builder("netnswatch.failures")
        .description("Failures that were not foreseen, by what came of them")
        .tag("where", where)
        .tag("outcome", outcome.name())
        .register(registry)
        .increment();
  }

  /** A lifecycle step was published. */
  public void incident(Incident incident) {
    Counter.builder("netnswatch.incident.steps")
        .description("Lifecycle steps of incidents")
        .tag("kind", incident.getKind())
        .tag("action", incident.getEventAction().name())
        .register(registry)
        .increment();
    if (incident.getEventAction() == EventAction.TRIGGER) {
      Timer.builder("netnswatch.detection.delay")
          .description("From the begin of an incident, by its host's clock, to its detection")
          .tag("kind", incident.getKind())
          .serviceLevelObjectives(DELAYS)
          .register(registry)
          .record(since(incident.getStartedAt()));
    }
  }

  private Duration since(Instant begin) {
    Duration delay = Duration.between(begin, clock.instant());
    return delay.isNegative() ? Duration.ZERO : delay;
  }
}
