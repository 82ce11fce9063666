package io.netnswatch.streams;

import io.netnswatch.detection.HostDetector;
import io.netnswatch.detection.HostState;
import io.netnswatch.detection.HostWindow;
import io.netnswatch.detection.WindowEvidence;
import io.netnswatch.schema.DeadLetterReason;
import io.netnswatch.schema.Incident;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.WindowStore;

/** Joins the telemetry of each host; incidents out, and what came too late to the dead letters. */
final class DetectProcessor implements Processor<byte[], Telemetry, byte[], Object> {

  private final HostDetector detector;
  private ProcessorContext<byte[], Object> context;
  private KeyValueStore<String, HostState> hosts;
  private WindowStore<String, WindowEvidence> windows;
  private DeadLetterCounter deadLetters;

  DetectProcessor(HostDetector detector) {
    this.detector = detector;
  }

  @Override
  public void init(ProcessorContext<byte[], Object> context) {
    this.context = context;
    this.hosts = context.getStateStore(DetectorTopology.HOSTS);
    this.windows = context.getStateStore(DetectorTopology.WINDOWS);
    this.deadLetters =
        new DeadLetterCounter(context.metrics(), context.taskId(), DetectorTopology.DETECT);
  }

  @Override
  public void process(Record<byte[], Telemetry> record) {
    Telemetry telemetry = record.value();
    String host = telemetry.host();
    HostDetector.Step step = detector.accept(host, hosts.get(host), telemetry.evidence());
    if (step.late()) {
      deadLetters.count(DeadLetterReason.LATE);
      context.forward(late(record, step.state()), DetectorTopology.DEAD_LETTERS);
      return;
    }
    hosts.put(host, step.state());
    for (HostWindow window : step.closed()) {
      windows.put(host, window.evidence(), window.startMs());
    }
    for (Incident incident : step.incidents()) {
      byte[] key = incident.getIncidentKey().getBytes(StandardCharsets.UTF_8);
      context.forward(
          new Record<>(key, incident, incident.getUpdatedAt().toEpochMilli()),
          DetectorTopology.INCIDENTS);
    }
  }

  private Record<byte[], byte[]> late(Record<byte[], Telemetry> record, HostState state) {
    Telemetry telemetry = record.value();
    return DeadLetter.of(
        record.withValue(telemetry.original()),
        context.recordMetadata().orElseThrow(),
        DeadLetterReason.LATE,
        "event time "
            + telemetry.evidence().eventTimeMs()
            + " is in a closed window; the host's latest event is of "
            + state.latestEventMs());
  }
}
