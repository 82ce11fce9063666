package io.netnswatch.qualitygate;

import io.netnswatch.detection.DetectionSettings;
import io.netnswatch.detection.HostDetector;
import io.netnswatch.detection.IncidentComposer;
import io.netnswatch.detection.PartitionDetector;
import io.netnswatch.detection.PartitionDetector.HostStates;
import io.netnswatch.detection.PartitionDetector.HostStep;
import io.netnswatch.detection.evidence.InvalidEventException;
import io.netnswatch.detection.evidence.Projection;
import io.netnswatch.detection.evidence.SourceRef;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.detection.signature.Signatures;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.schema.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the detection makes of the events of one partition, fed one by one. */
final class Outcome {

  static final IncidentComposer COMPOSER = new IncidentComposer("test", "runbooks/", null);

  private final List<Signature> signatures = Signatures.shipped();
  private final Projection projection = new Projection(signatures);
  private final DetectionSettings settings;
  private final HostDetector hosts;
  private final HostStates states;
  private final Map<String, Long> offsets = new HashMap<>();
  private final Topics topics = Topics.withDefaultPrefix();
  private final boolean withSources;
  private PartitionDetector detector;
  private int late;
  private final List<Published> published = new ArrayList<>();

  /** A lifecycle step, and the event time of the record that brought it about. */
  record Published(Incident incident, long atMs) {}

  /**
   * Nothing yet.
   *
   * @param withSources whether records count as read from partition 0 of their topic
   */
  Outcome(boolean withSources) {
    this(withSources, DetectionSettings.DEFAULT, HostStates.inMemory());
  }

  Outcome(boolean withSources, DetectionSettings settings, HostStates states) {
    this.withSources = withSources;
    this.settings = settings;
    this.states = states;
    this.hosts = new HostDetector(signatures, settings, COMPOSER);
    this.detector = new PartitionDetector(hosts, settings, states);
  }

  void feed(Iterable<TelemetryEvent> events) throws InvalidEventException {
    for (TelemetryEvent event : events) {
      feed(event);
    }
  }

  void feed(TelemetryEvent event) throws InvalidEventException {
    for (HostStep step :
        detector.accept(event.host(), projection.of(event.value(), sourceOf(event)))) {
      late += step.step().late() ? 1 : 0;
      for (Incident incident : step.step().incidents()) {
        published.add(new Published(incident, event.eventTime().toEpochMilli()));
      }
    }
  }

  /** A new process goes on from the stored states. */
  void restart() {
    detector = new PartitionDetector(hosts, settings, states);
  }

  List<Published> published() {
    return published;
  }

  List<Incident> incidents() {
    return published.stream().map(Published::incident).toList();
  }

  int late() {
    return late;
  }

  private @Nullable SourceRef sourceOf(TelemetryEvent event) {
    if (!withSources) {
      return null;
    }
    String topic = topics.topicOf(event.value());
    long offset = offsets.merge(topic, 1L, Long::sum) - 1;
    return new SourceRef(topic, 0, offset);
  }
}
