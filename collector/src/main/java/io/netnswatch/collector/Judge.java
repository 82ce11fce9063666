package io.netnswatch.collector;

import io.netnswatch.detection.DetectionSettings;
import io.netnswatch.detection.HostDetector;
import io.netnswatch.detection.IncidentComposer;
import io.netnswatch.detection.PartitionDetector;
import io.netnswatch.detection.PartitionDetector.HostStates;
import io.netnswatch.detection.PartitionDetector.HostStep;
import io.netnswatch.detection.evidence.InvalidEventException;
import io.netnswatch.detection.evidence.Projection;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.schema.EventAction;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.Resolution;
import io.netnswatch.schema.TelemetryEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The fleet's detection for the events of one host, without Kafka. Not thread-safe. */
final class Judge {

  private final Projection projection;
  private final PartitionDetector detector;
  private final Map<String, Incident> latest = new LinkedHashMap<>();

  Judge(List<Signature> signatures, IncidentComposer composer) {
    this.projection = new Projection(signatures);
    this.detector =
        new PartitionDetector(
            new HostDetector(signatures, DetectionSettings.DEFAULT, composer),
            DetectionSettings.DEFAULT,
            HostStates.inMemory());
  }

  /**
   * Takes an event.
   *
   * @return lifecycle steps that are due
   */
  List<Incident> accept(TelemetryEvent event) throws InvalidEventException {
    return incidents(detector.accept(event.host(), projection.of(event.value(), null)));
  }

  /**
   * Nothing more comes: what is known in the end of each incident, in the order in which they
   * began. One that another has taken the place of is left out.
   */
  List<Incident> finish() {
    incidents(detector.finish());
    detector.present().forEach(incident -> latest.put(incident.getIncidentKey(), incident));
    return latest.values().stream()
        .filter(incident -> incident.getResolution() != Resolution.SUPERSEDED)
        .toList();
  }

  /** The incidents that are open, with all that is known of them now. */
  List<Incident> open() {
    return detector.present();
  }

  private List<Incident> incidents(List<HostStep> steps) {
    List<Incident> incidents =
        steps.stream().flatMap(step -> step.step().incidents().stream()).toList();
    incidents.forEach(incident -> latest.put(incident.getIncidentKey(), incident));
    return incidents;
  }

  /** Whether an incident goes on. */
  static boolean isOpen(Incident incident) {
    return incident.getEventAction() != EventAction.RESOLVE;
  }
}
