package io.netnswatch.streams.topology;

import io.netnswatch.detection.BootTrack;
import io.netnswatch.detection.DetectionSettings;
import io.netnswatch.detection.HostDetector;
import io.netnswatch.detection.HostState;
import io.netnswatch.detection.HostWindow;
import io.netnswatch.detection.PartitionDetector;
import io.netnswatch.detection.PartitionDetector.HostStates;
import io.netnswatch.detection.PartitionDetector.HostStep;
import io.netnswatch.detection.evidence.SourceRef;
import io.netnswatch.detection.evidence.WindowEvidence;
import io.netnswatch.schema.DeadLetterReason;
import io.netnswatch.schema.Incident;
import io.netnswatch.streams.metrics.DetectorMetrics;
import io.netnswatch.streams.query.LatestRecords;
import io.netnswatch.streams.records.Telemetry;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.WindowStore;
import org.jspecify.annotations.Nullable;

/** Joins the telemetry of each host; incidents out, and what came too late to the dead letters. */
final class DetectProcessor implements Processor<byte[], Telemetry, byte[], Object> {

  private final HostDetector hostDetector;
  private final DetectionSettings settings;
  private final DetectorMetrics metrics;
  private final LatestRecords latest;
  private ProcessorContext<byte[], Object> context;
  private PartitionDetector detector;
  private WindowStore<String, WindowEvidence> windows;
  private IncidentHistory history;

  DetectProcessor(
      HostDetector hostDetector,
      DetectionSettings settings,
      DetectorMetrics metrics,
      LatestRecords latest) {
    this.hostDetector = hostDetector;
    this.settings = settings;
    this.metrics = metrics;
    this.latest = latest;
  }

  /** State has been restored by now: the partition's clock is found in it. */
  @Override
  public void init(ProcessorContext<byte[], Object> context) {
    this.context = context;
    this.windows = context.getStateStore(DetectorTopology.WINDOWS);
    this.history = new IncidentHistory(context.getStateStore(DetectorTopology.INCIDENT_HISTORY));
    this.detector =
        new PartitionDetector(
            hostDetector,
            settings,
            new StoredStates(context.getStateStore(DetectorTopology.HOSTS), history, latest));
  }

  @Override
  public void process(Record<byte[], Telemetry> record) {
    Telemetry telemetry = record.value();
    RecordMetadata origin = context.recordMetadata().orElseThrow();
    latest.add(
        telemetry.host(), new SourceRef(origin.topic(), origin.partition(), origin.offset()));
    for (HostStep step : detector.accept(telemetry.host(), telemetry.evidence())) {
      if (step.host().equals(telemetry.host())) {
        if (step.step().state().isInterleaved()) {
          metrics.sharedName();
        }
        metrics.behind(latestEventMs(step.step().state()) - telemetry.evidence().eventTimeMs());
      }
      if (step.step().late()) {
        metrics.deadLetter(DeadLetterReason.LATE);
        context.forward(late(record, step.step().state()), DetectorTopology.DEAD_LETTERS);
      } else {
        keepAndForward(step);
      }
    }
  }

  private void keepAndForward(HostStep step) {
    for (HostWindow window : step.step().closed()) {
      windows.put(step.host(), evidence(step, window), window.startMs());
    }
    for (Incident incident : step.step().incidents()) {
      metrics.incident(incident);
      history.put(incident);
      byte[] key = incident.getIncidentKey().getBytes(StandardCharsets.UTF_8);
      context.forward(
          new Record<>(key, incident, incident.getUpdatedAt().toEpochMilli()),
          DetectorTopology.INCIDENTS);
    }
  }

  private static long latestEventMs(HostState state) {
    BootTrack present = state.present();
    return present == null ? 0 : present.latestEventMs();
  }

  /** Where two boots of a host are alive, what the other one showed must not be lost. */
  private WindowEvidence evidence(HostStep step, HostWindow window) {
    WindowEvidence kept =
        step.step().state().boots().size() > 1
            ? windows.fetch(step.host(), window.startMs())
            : null;
    return kept == null
        ? WindowEvidence.of(window.evidence())
        : kept.with(window.evidence(), HostState.MAX_BOOTS);
  }

  private Record<byte[], byte[]> late(Record<byte[], Telemetry> record, HostState state) {
    Telemetry telemetry = record.value();
    return DeadLetter.of(
        record.withValue(telemetry.original()),
        context.recordMetadata().orElseThrow(),
        DeadLetterReason.LATE,
        "event time "
            + telemetry.evidence().eventTimeMs()
            + " is in a closed window, of a boot that has ended, or of one boot too many at a time;"
            + " the host's latest event is of "
            + latestEventMs(state));
  }

  /**
   * The store of a task, and in memory, decoded, the states of the hosts heard of last: reading one
   * from the store would cost more than judging it.
   */
  private static final class StoredStates implements HostStates {

    /** About two kilobytes each. */
    private static final int DECODED = 4_096;

    private final KeyValueStore<String, HostState> store;
    private final IncidentHistory history;
    private final LatestRecords latest;
    private final Map<String, HostState> decoded =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<String, HostState> eldest) {
            return size() > DECODED;
          }
        };

    StoredStates(
        KeyValueStore<String, HostState> store, IncidentHistory history, LatestRecords latest) {
      this.store = store;
      this.history = history;
      this.latest = latest;
    }

    @Override
    public @Nullable HostState get(String host) {
      HostState known = decoded.get(host);
      return known != null ? known : store.get(host);
    }

    @Override
    public void put(String host, HostState state) {
      decoded.put(host, state);
      store.put(host, state);
    }

    @Override
    public void remove(String host) {
      decoded.remove(host);
      store.delete(host);
      history.forget(host);
      latest.forget(host);
    }

    @Override
    public void forEach(BiConsumer<String, HostState> reader) {
      try (KeyValueIterator<String, HostState> all = store.all()) {
        all.forEachRemaining(entry -> reader.accept(entry.key, entry.value));
      }
    }
  }
}
