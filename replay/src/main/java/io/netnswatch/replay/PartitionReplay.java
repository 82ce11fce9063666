package io.netnswatch.replay;

import io.netnswatch.detection.DetectionSettings;
import io.netnswatch.detection.HostDetector;
import io.netnswatch.detection.PartitionDetector;
import io.netnswatch.detection.PartitionDetector.HostStates;
import io.netnswatch.detection.PartitionDetector.HostStep;
import io.netnswatch.detection.TooManyHostsException;
import io.netnswatch.detection.evidence.Evidence;
import io.netnswatch.detection.evidence.InvalidEventException;
import io.netnswatch.detection.evidence.Projection;
import io.netnswatch.replay.history.EventStream;
import io.netnswatch.replay.history.RecordedEvent;
import io.netnswatch.schema.DeadLetterReason;
import io.netnswatch.schema.Incident;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The detection for one partition of history. Not thread-safe, but may change threads. */
final class PartitionReplay implements AutoCloseable {

  private final EventStream stream;
  private final Projection projection;
  private final PartitionDetector detector;
  private final Map<String, Boolean> wanted = new HashMap<>();
  private final Predicate<String> hosts;
  private final Replay.Listener listener;
  private final Map<DeadLetterReason, Long> unusable = new EnumMap<>(DeadLetterReason.class);
  private long events;

  PartitionReplay(
      EventStream stream,
      Projection projection,
      HostDetector detector,
      DetectionSettings settings,
      Predicate<String> hosts,
      Replay.Listener listener) {
    this.stream = stream;
    this.projection = projection;
    this.detector = new PartitionDetector(detector, settings, HostStates.inMemory());
    this.hosts = hosts;
    this.listener = listener;
  }

  /** Time of the next event, epoch milliseconds; the largest number at the end. */
  long nextMs() throws IOException {
    RecordedEvent next = stream.peek();
    return next == null ? Long.MAX_VALUE : next.timeMs();
  }

  /**
   * Judges events until one is not before that time.
   *
   * @return lifecycle steps
   */
  List<Incident> advance(long untilMs) throws IOException {
    List<Incident> incidents = new ArrayList<>();
    for (RecordedEvent next = stream.peek();
        next != null && next.timeMs() < untilMs;
        next = stream.peek()) {
      judge(next, incidents);
      stream.advance();
    }
    return incidents;
  }

  private void judge(RecordedEvent next, List<Incident> incidents) {
    String host = next.host();
    if (!wanted.computeIfAbsent(host, hosts::test)) {
      return;
    }
    events++;
    try {
      Evidence evidence = next.evidence(projection);
      add(detector.accept(host, evidence), incidents);
      listener.event(next, evidence);
    } catch (InvalidEventException | TooManyHostsException e) {
      unusable.merge(DeadLetterReason.INVALID, 1L, Long::sum);
    }
  }

  private void add(List<HostStep> steps, List<Incident> incidents) {
    for (HostStep step : steps) {
      if (step.step().late()) {
        unusable.merge(DeadLetterReason.LATE, 1L, Long::sum);
      }
      incidents.addAll(step.step().incidents());
    }
  }

  /** Judges what waits for later events: there are none. */
  List<Incident> finish() {
    List<Incident> incidents = new ArrayList<>();
    add(detector.finish(), incidents);
    return incidents;
  }

  long events() {
    return events;
  }

  int hosts() {
    return (int) wanted.values().stream().filter(it -> it).count();
  }

  /** Records that could not be used, by reason. */
  Map<DeadLetterReason, Long> unusable() {
    Map<DeadLetterReason, Long> all = new EnumMap<>(unusable);
    stream.unusable().forEach((reason, count) -> all.merge(reason, count, Long::sum));
    return all;
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
