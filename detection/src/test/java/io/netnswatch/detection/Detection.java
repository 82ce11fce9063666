package io.netnswatch.detection;

import io.netnswatch.detection.PartitionDetector.HostStates;
import io.netnswatch.detection.PartitionDetector.HostStep;
import io.netnswatch.detection.evidence.InvalidEventException;
import io.netnswatch.detection.evidence.Projection;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.detection.signature.Signatures;
import io.netnswatch.schema.Incident;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.avro.specific.SpecificRecord;

/** The detection of one partition, fed event by event. */
public final class Detection {

  private final Projection projection;
  private final HostDetector hostDetector;
  private final HostStates states = HostStates.inMemory();
  private PartitionDetector detector;
  private final List<Incident> incidents = new ArrayList<>();
  private int late;

  public Detection() {
    this(Signatures.shipped());
  }

  public Detection(List<Signature> signatures) {
    projection = new Projection(signatures);
    hostDetector =
        new HostDetector(
            signatures, DetectionSettings.DEFAULT, new IncidentComposer("test", "runbooks/", null));
    detector = new PartitionDetector(hostDetector, DetectionSettings.DEFAULT, states);
  }

  /** Feeds events in this order; returns what has been detected so far. */
  public List<Incident> feed(List<? extends SpecificRecord> events) throws InvalidEventException {
    for (SpecificRecord event : events) {
      feed(event);
    }
    return incidents;
  }

  public List<Incident> feed(SpecificRecord... events) throws InvalidEventException {
    return feed(List.of(events));
  }

  /** A new process goes on from the stored states. */
  public void restart() {
    detector = new PartitionDetector(hostDetector, DetectionSettings.DEFAULT, states);
  }

  /** What is known of a host. */
  HostState state(String host) {
    return Objects.requireNonNull(states.get(host), host);
  }

  public int late() {
    return late;
  }

  private void feed(SpecificRecord event) throws InvalidEventException {
    String host = (String) event.get(event.getSchema().getField("host").pos());
    for (HostStep step : detector.accept(host, projection.of(event, null))) {
      late += step.step().late() ? 1 : 0;
      incidents.addAll(step.step().incidents());
    }
  }
}
