package io.netnswatch.demo;

import io.netnswatch.schema.Incident;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.ProcSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** What has been read back from the topics, and whether what is awaited is among it. */
final class DemoProgress {

  /** What {@code --once} waits for. */
  static final String AWAITED = "netns-cleanup-livelock";

  private static final Duration LOCAL_HOST_LIMIT = Duration.ofSeconds(20);

  private final String localHost;
  private final Set<String> awaitedHosts;
  private final Map<String, HostStatus> hosts = new TreeMap<>();
  private @Nullable Instant foundAt;

  /**
   * Nothing has been read yet.
   *
   * @param localHost this machine
   * @param awaitedHosts of which the incident is awaited; empty for any
   */
  DemoProgress(String localHost, Set<String> awaitedHosts) {
    this.localHost = localHost;
    this.awaitedHosts = Set.copyOf(awaitedHosts);
  }

  /** Takes what was read, and returns the incidents among it. */
  List<Incident> take(List<SpecificRecord> values, Instant now) {
    values.forEach(this::take);
    List<Incident> incidents =
        values.stream().filter(Incident.class::isInstance).map(Incident.class::cast).toList();
    if (foundAt == null && incidents.stream().anyMatch(this::isAwaited)) {
      foundAt = now;
    }
    return incidents;
  }

  private void take(SpecificRecord value) {
    if (value instanceof ProcSnapshot snapshot) {
      put(status(snapshot.getHost()).with(snapshot));
    } else if (value instanceof PerfSample sample) {
      put(status(sample.getHost()).with(sample));
    } else if (value instanceof NetnsLatency latency) {
      put(status(latency.getHost()).with(latency));
    } else if (value instanceof Incident incident) {
      put(status(incident.getHost()).with(incident));
    }
  }

  private boolean isAwaited(Incident incident) {
    return incident.getKind().equals(AWAITED)
        && (awaitedHosts.isEmpty() || awaitedHosts.contains(incident.getHost()));
  }

  /** Whether the awaited incident has come. */
  boolean isFound() {
    return foundAt != null;
  }

  /** Found, and this host has been seen by all its sources, so that the last lines show both. */
  boolean isDone(Instant now) {
    Instant found = foundAt;
    return found != null
        && (status(localHost).isComplete() || now.isAfter(found.plus(LOCAL_HOST_LIMIT)));
  }

  /** All hosts that were heard of, by name. */
  Collection<HostStatus> hosts() {
    return hosts.values();
  }

  private HostStatus status(String host) {
    return hosts.getOrDefault(host, HostStatus.unseen(host));
  }

  private void put(HostStatus status) {
    hosts.put(status.host(), status);
  }
}
