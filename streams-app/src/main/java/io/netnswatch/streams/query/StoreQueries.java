package io.netnswatch.streams.query;

import io.netnswatch.detection.BootState;
import io.netnswatch.detection.BootTrack;
import io.netnswatch.detection.HostState;
import io.netnswatch.detection.HostWindow;
import io.netnswatch.detection.SignatureState;
import io.netnswatch.detection.signature.Kernel;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.IncidentStatus;
import io.netnswatch.schema.KernelVerdict;
import io.netnswatch.schema.Topics;
import io.netnswatch.streams.state.IncidentHistory;
import io.netnswatch.streams.state.StoredHost;
import io.netnswatch.streams.state.WindowHistory;
import io.netnswatch.streams.topology.DetectorTopology;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Reads the stores of this instance. While partitions move or are restored all methods throw {@link
 * InvalidStateStoreException}: what they would answer would be a part that looks like the whole.
 */
public final class StoreQueries {

  /** So long without a word, by this machine's clock, a host is shown as silent. */
  private static final Duration SILENCE = Duration.ofMinutes(3);

  private static final Comparator<Incident> OPEN_FIRST_THEN_NEWEST =
      Comparator.comparing((Incident it) -> it.getStatus() == IncidentStatus.RESOLVED)
          .thenComparing(Incident::getStartedAt, Comparator.reverseOrder())
          .thenComparing(Incident::getIncidentKey);

  private static final int RESOLVED_IN_VIEW = 200;
  private static final Duration TIMELINE = Duration.ofHours(1);

  private final KafkaStreams streams;
  private final @Nullable Signature worst;
  private final Topics topics;
  private final Duration window;
  private final InstantSource clock;

  /**
   * Queries of the stores of this application.
   *
   * @param signatures it detects by
   * @param window length of its windows
   * @param topics it reads
   */
  public StoreQueries(
      KafkaStreams streams,
      List<Signature> signatures,
      Duration window,
      Topics topics,
      InstantSource clock) {
    this.streams = streams;
    this.worst =
        signatures.stream()
            .filter(it -> !it.kernels().isEmpty())
            .min(Comparator.comparing(Signature::severity).thenComparing(Signature::id))
            .orElse(null);
    this.window = window;
    this.topics = topics;
    this.clock = clock;
  }

  /** All hosts, by name. */
  public List<HostSummary> hosts() {
    TreeMap<String, HostSummary> hosts = new TreeMap<>();
    try (KeyValueIterator<String, StoredHost> all = states().all()) {
      while (all.hasNext()) {
        KeyValue<String, StoredHost> entry = all.next();
        hosts.put(entry.key, summary(entry.key, entry.value.state()));
      }
    }
    return List.copyOf(hosts.values());
  }

  /** One host; empty if it is not known here. */
  public Optional<HostDetail> host(String host) {
    return Optional.ofNullable(states().get(host)).map(stored -> detail(host, stored));
  }

  private HostDetail detail(String host, StoredHost stored) {
    HostState state = stored.state();
    return new HostDetail(
        summary(host, state),
        state,
        windows(host, latestEvent(state)),
        IncidentHistory.ofHost(history(), host));
  }

  /** The latest incidents: open ones first, then the newest. */
  public List<Incident> incidents() {
    List<Incident> incidents = new ArrayList<>();
    try (KeyValueIterator<String, Incident> all = history().all()) {
      all.forEachRemaining(entry -> incidents.add(entry.value));
    }
    incidents.sort(OPEN_FIRST_THEN_NEWEST);
    return incidents;
  }

  /** All hosts, and the incidents that matter most. */
  public FleetView fleet() {
    List<Incident> incidents = incidents();
    List<IncidentBrief> briefs = new ArrayList<>();
    int resolved = 0;
    for (Incident incident : incidents) {
      if (incident.getStatus() != IncidentStatus.RESOLVED || resolved++ < RESOLVED_IN_VIEW) {
        briefs.add(IncidentBrief.of(incident));
      }
    }
    return new FleetView(hosts(), briefs, incidents.size() - briefs.size());
  }

  /** One host in depth; empty if it is not known here. */
  public Optional<HostView> view(String host) {
    return Optional.ofNullable(states().get(host))
        .map(stored -> view(detail(host, stored), LatestRecords.of(stored, topics)));
  }

  private HostView view(HostDetail detail, LatestRecords latest) {
    String host = detail.summary().host();
    BootState boot = boot(detail.state());
    return new HostView(
        detail.summary(),
        kernel(boot == null ? null : boot.kernel()),
        boot == null
            ? List.of()
            : boot.signatures().stream()
                .filter(StoreQueries::isSuspected)
                .map(SignatureState::signatureId)
                .toList(),
        WindowTimeline.of(
            host, detail.summary().kernelRelease(), detail.windows(), window, TIMELINE),
        detail.incidents(),
        latest);
  }

  private HostView.KernelView kernel(@Nullable Kernel kernel) {
    String release = kernel == null ? null : kernel.release();
    String version = kernel == null ? null : kernel.version();
    if (worst == null) {
      return new HostView.KernelView(
          release, version, KernelVerdict.UNKNOWN, "No signature judges kernels.", null);
    }
    Signature.KernelFinding finding = worst.judge(kernel);
    return new HostView.KernelView(
        release,
        version,
        finding.verdict(),
        finding.reason(),
        finding.verdict() == KernelVerdict.NOT_AFFECTED ? null : worst.cure());
  }

  /** Those about a time. */
  private List<ClosedWindow> windows(String host, Instant about) {
    ReadOnlyKeyValueStore<String, List<HostWindow>> store =
        streams.store(
            StoreQueryParameters.fromNameAndType(
                DetectorTopology.WINDOWS, QueryableStoreTypes.keyValueStore()));
    List<ClosedWindow> windows = new ArrayList<>();
    WindowHistory.ofHost(store, host, about.minus(TIMELINE.multipliedBy(2)), about.plus(TIMELINE))
        .forEach(
            (startMs, window) ->
                windows.add(new ClosedWindow(Instant.ofEpochMilli(startMs), window.boots())));
    return windows;
  }

  private HostSummary summary(String host, HostState state) {
    BootState boot = boot(state);
    Kernel kernel = boot == null ? null : boot.kernel();
    Instant latest = latestEvent(state);
    List<String> open =
        state.boots().stream()
            .flatMap(it -> it.state().signatures().stream())
            .filter(it -> it.open() != null)
            .map(SignatureState::signatureId)
            .distinct()
            .toList();
    boolean silent = latest.plus(SILENCE).isBefore(clock.instant());
    boolean suspicious =
        boot != null && boot.signatures().stream().anyMatch(StoreQueries::isSuspected);
    HostSummary.Status status =
        !open.isEmpty()
            ? HostSummary.Status.INCIDENT
            : silent
                ? HostSummary.Status.SILENT
                : suspicious ? HostSummary.Status.SUSPICIOUS : HostSummary.Status.HEALTHY;
    return new HostSummary(
        host,
        status,
        latest,
        boot == null ? null : boot.bootId(),
        kernel == null ? null : kernel.release(),
        verdict(kernel),
        state.isInterleaved(),
        open);
  }

  private static @Nullable BootState boot(HostState state) {
    BootTrack present = state.present();
    return present == null ? null : present.state();
  }

  private static Instant latestEvent(HostState state) {
    BootTrack present = state.present();
    return present == null ? Instant.EPOCH : Instant.ofEpochMilli(present.latestEventMs());
  }

  private static boolean isSuspected(SignatureState state) {
    return state.open() == null && state.last() == null;
  }

  private KernelVerdict verdict(@Nullable Kernel kernel) {
    return worst == null ? KernelVerdict.UNKNOWN : worst.judge(kernel).verdict();
  }

  private ReadOnlyKeyValueStore<String, StoredHost> states() {
    return streams.store(
        StoreQueryParameters.fromNameAndType(
            DetectorTopology.HOSTS, QueryableStoreTypes.keyValueStore()));
  }

  private ReadOnlyKeyValueStore<String, Incident> history() {
    return streams.store(
        StoreQueryParameters.fromNameAndType(
            DetectorTopology.INCIDENT_HISTORY, QueryableStoreTypes.keyValueStore()));
  }
}
