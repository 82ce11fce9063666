package io.netnswatch.detection;

import io.netnswatch.schema.Incident;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** The detection of one host with shipped signatures, fed event by event. */
final class Detection {

  private final Projection projection = new Projection(Signatures.shipped());
  private final HostDetector detector =
      new HostDetector(
          Signatures.shipped(),
          DetectionSettings.DEFAULT,
          new IncidentComposer("test", "runbooks/", null));
  private @Nullable HostState state;
  private final List<Incident> incidents = new ArrayList<>();
  private int late;

  /** Feeds events in this order; returns what has been detected so far. */
  List<Incident> feed(List<? extends SpecificRecord> events) throws InvalidEventException {
    for (SpecificRecord event : events) {
      feed(event);
    }
    return incidents;
  }

  List<Incident> feed(SpecificRecord... events) throws InvalidEventException {
    return feed(List.of(events));
  }

  int late() {
    return late;
  }

  private void feed(SpecificRecord event) throws InvalidEventException {
    HostDetector.Step step = detector.accept("node-1", state, projection.of(event, null));
    state = step.state();
    late += step.late() ? 1 : 0;
    incidents.addAll(step.incidents());
  }
}
