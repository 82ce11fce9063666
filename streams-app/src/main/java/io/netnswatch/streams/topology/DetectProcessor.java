package io.netnswatch.streams.topology;

import io.netnswatch.detection.BootTrack;
import io.netnswatch.detection.DetectionSettings;
import io.netnswatch.detection.HostDetector;
import io.netnswatch.detection.HostState;
import io.netnswatch.detection.HostWindow;
import io.netnswatch.detection.PartitionDetector;
import io.netnswatch.detection.PartitionDetector.HostStates;
import io.netnswatch.detection.PartitionDetector.HostStep;
import io.netnswatch.detection.TooManyHostsException;
import io.netnswatch.schema.DeadLetterReason;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.Topics;
import io.netnswatch.streams.metrics.DetectorMetrics;
import io.netnswatch.streams.metrics.DetectorMetrics.Outcome;
import io.netnswatch.streams.records.Telemetry;
import io.netnswatch.streams.state.IncidentHistory;
import io.netnswatch.streams.state.StateTooLargeException;
import io.netnswatch.streams.state.StoredHost;
import io.netnswatch.streams.state.WindowHistory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.ToLongFunction;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Joins the telemetry of each host; incidents out, and what came too late to the dead letters. */
final class DetectProcessor implements Processor<byte[], Telemetry, byte[], Object> {

  private static final Logger LOG = LoggerFactory.getLogger(DetectProcessor.class);

  /** Who waits for an incident does not wait for the commit interval. */
  private static final Duration PUBLISH_EVERY = Duration.ofSeconds(1);

  /** Kafka Streams' own count, by thread. */
  private static final String COMMITS = "commit-total";

  private static final String THREAD_TAG = "thread-id";

  private final HostDetector hostDetector;
  private final DetectionSettings settings;
  private final DetectorMetrics metrics;
  private final Topics topics;
  private final HostRequests.Desk requests;
  private ProcessorContext<byte[], Object> context;
  private PartitionDetector detector;
  private StoredStates states;
  private WindowHistory windows;
  private IncidentHistory history;

  /**
   * The latest timestamp that a broker has accepted. Incidents bear the event time, but none later
   * than that: a broker would refuse it, and the whole transaction with it.
   */
  private long acceptedMs;

  /** Whether an incident waits for its transaction. */
  private boolean unpublished;

  /** When one was last committed for, by this machine's clock. */
  private long publishedMs;

  DetectProcessor(
      HostDetector hostDetector,
      DetectionSettings settings,
      Topics topics,
      DetectorMetrics metrics,
      HostRequests requests) {
    this.hostDetector = hostDetector;
    this.settings = settings;
    this.topics = topics;
    this.metrics = metrics;
    this.requests = requests.desk();
  }

  /** State has been restored by now: the partition's clock is found in it. */
  @Override
  public void init(ProcessorContext<byte[], Object> context) {
    this.context = context;
    this.windows =
        new WindowHistory(context.getStateStore(DetectorTopology.WINDOWS), settings.windowMs());
    this.history = new IncidentHistory(context.getStateStore(DetectorTopology.INCIDENT_HISTORY));
    this.states =
        new StoredStates(context.getStateStore(DetectorTopology.HOSTS), history, windows, metrics);
    this.detector = new PartitionDetector(hostDetector, settings, states);
    context.schedule(
        HostRequests.LOOK_EVERY,
        PunctuationType.WALL_CLOCK_TIME,
        now -> requests.look(this::commits, host -> states.get(host) != null, this::serve));
    context.schedule(PUBLISH_EVERY, PunctuationType.WALL_CLOCK_TIME, this::publish);
  }

  /** The first one at once, those that follow it together. */
  private void publish(long nowMs) {
    if (unpublished && nowMs - publishedMs >= PUBLISH_EVERY.toMillis()) {
      unpublished = false;
      publishedMs = nowMs;
      context.commit();
    }
  }

  /** What people ask for is done in the order of the host's own records, and committed soon. */
  private int serve(HostRequests.Request request) {
    List<HostStep> steps;
    if (request instanceof HostRequests.Close close) {
      steps = detector.close(close.host(), close.incidentKey(), close.reason());
      steps.forEach(this::keepAndForward);
    } else {
      steps = detector.retire(request.host(), request.reason());
      steps.forEach(it -> it.step().incidents().forEach(this::forward)); // nothing is kept
    }
    int resolved = steps.stream().mapToInt(it -> it.step().incidents().size()).sum();
    LOG.info("{}: {} incidents resolved", request, resolved);
    context.commit();
    return resolved;
  }

  /** Of this thread, which commits all its tasks at once. */
  private double commits() {
    String thread = Thread.currentThread().getName();
    return context.metrics().metrics().values().stream()
        .filter(
            it ->
                it.metricName().name().equals(COMMITS)
                    && thread.equals(it.metricName().tags().get(THREAD_TAG)))
        .mapToDouble(it -> ((Number) it.metricValue()).doubleValue())
        .sum();
  }

  @Override
  public void close() {
    requests.close();
  }

  @Override
  public void process(Record<byte[], Telemetry> record) {
    Telemetry telemetry = record.value();
    acceptedMs = Math.max(acceptedMs, record.timestamp());
    List<HostStep> steps;
    states.reading(telemetry, context.recordMetadata().orElseThrow(), topics);
    try {
      steps = detector.accept(telemetry.host(), telemetry.evidence());
    } catch (StateTooLargeException | TooManyHostsException e) {
      refuse(record, DeadLetterReason.INVALID, String.valueOf(e.getMessage()));
      return;
    } catch (RuntimeException e) {
      if (ProcessingFailures.isOfServers(e)) {
        throw e;
      }
      LOG.error("the detection failed at a record of {}", telemetry.host(), e);
      metrics.failure("detection", Outcome.DEAD_LETTER);
      refuse(record, DeadLetterReason.FAILED, e.toString());
      return;
    }
    for (HostStep step : steps) {
      if (step.host().equals(telemetry.host())) {
        if (step.step().state().isInterleaved()) {
          metrics.sharedName();
        }
        metrics.behind(latestEventMs(step.step().state()) - telemetry.evidence().eventTimeMs());
      }
      if (step.step().late()) {
        refuse(record, DeadLetterReason.LATE, late(telemetry, step.step().state()));
      } else {
        keepAndForward(step);
      }
    }
  }

  private void keepAndForward(HostStep step) {
    for (HostWindow window : step.step().closed()) {
      windows.put(step.host(), window);
    }
    for (Incident incident : step.step().incidents()) {
      history.put(incident);
      forward(incident);
    }
  }

  private void forward(Incident incident) {
    metrics.incident(incident);
    byte[] key = incident.getIncidentKey().getBytes(StandardCharsets.UTF_8);
    long updatedMs = incident.getUpdatedAt().toEpochMilli();
    long timestampMs = acceptedMs == 0 ? updatedMs : Math.min(updatedMs, acceptedMs);
    context.forward(new Record<>(key, incident, timestampMs), DetectorTopology.INCIDENTS);
    unpublished = true;
    publish(context.currentSystemTimeMs());
  }

  private static long latestEventMs(HostState state) {
    BootTrack present = state.present();
    return present == null ? 0 : present.latestEventMs();
  }

  private void refuse(Record<byte[], Telemetry> record, DeadLetterReason reason, String error) {
    RecordMetadata origin = context.recordMetadata().orElseThrow();
    metrics.deadLetter(reason);
    context.forward(
        DeadLetter.of(
            record.withValue(record.value().original()),
            origin.topic(),
            origin.partition(),
            origin.offset(),
            reason,
            error),
        DetectorTopology.DEAD_LETTERS);
  }

  private static String late(Telemetry telemetry, HostState state) {
    return "event time "
        + telemetry.evidence().eventTimeMs()
        + " is in a closed window, of a boot that has ended, or of one boot too many at a time;"
        + " the host's latest event is of "
        + latestEventMs(state);
  }

  /** The stores of a task. */
  private static final class StoredStates implements HostStates {

    private final KeyValueStore<String, StoredHost> store;
    private final IncidentHistory history;
    private final WindowHistory windows;
    private final DetectorMetrics metrics;

    private String readHost = "";
    private int readBytes;
    private int readPartition;
    private long readPerfSample = StoredHost.NONE;
    private long readProcSnapshot = StoredHost.NONE;

    StoredStates(
        KeyValueStore<String, StoredHost> store,
        IncidentHistory history,
        WindowHistory windows,
        DetectorMetrics metrics) {
      this.store = store;
      this.history = history;
      this.windows = windows;
      this.metrics = metrics;
    }

    /** What is put of that host from now on was made by that record. */
    void reading(Telemetry record, RecordMetadata at, Topics topics) {
      readHost = record.host();
      readBytes = record.original().length;
      readPartition = at.partition();
      readPerfSample = at.topic().equals(topics.perfSamples()) ? at.offset() : StoredHost.NONE;
      readProcSnapshot = at.topic().equals(topics.procSnapshots()) ? at.offset() : StoredHost.NONE;
    }

    @Override
    public @Nullable HostState get(String host) {
      StoredHost known = store.get(host);
      return known == null ? null : known.state();
    }

    /** Nothing is kept of a state that is too large. */
    @Override
    public void put(String host, HostState state) {
      StoredHost before = store.get(host);
      boolean isRead = host.equals(readHost);
      StoredHost after =
          new StoredHost(
              state,
              readPartition,
              newer(isRead ? readPerfSample : StoredHost.NONE, before, StoredHost::perfSample),
              newer(isRead ? readProcSnapshot : StoredHost.NONE, before, StoredHost::procSnapshot),
              StoredHost.maxBytes(before == null ? 0 : before.maxBytes(), isRead ? readBytes : 0));
      store.put(host, after.measured());
    }

    private static long newer(
        long read, @Nullable StoredHost before, ToLongFunction<StoredHost> place) {
      return read != StoredHost.NONE || before == null ? read : place.applyAsLong(before);
    }

    @Override
    public void remove(String host) {
      store.delete(host);
      history.forget(host);
      windows.forget(host);
    }

    @Override
    public void forEach(BiConsumer<String, HostState> reader) {
      try (KeyValueIterator<String, StoredHost> all = store.all()) {
        all.forEachRemaining(entry -> reader.accept(entry.key, entry.value.state()));
      }
    }

    @Override
    public void failed(String host, RuntimeException defect) {
      if (ProcessingFailures.isOfServers(defect)) {
        throw defect;
      }
      LOG.error("the silence of {} could not be judged", host, defect);
      metrics.failure("detection", Outcome.SKIPPED);
    }
  }
}
