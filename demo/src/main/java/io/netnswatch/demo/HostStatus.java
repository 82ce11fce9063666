package io.netnswatch.demo;

import io.netnswatch.schema.CommandOrigin;
import io.netnswatch.schema.CommandOutcome;
import io.netnswatch.schema.EventAction;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.NetnsCommand;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.ProcSnapshot;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the topics have said about one host so far. An absent (null) figure was never seen.
 *
 * @param host name of the host
 * @param kernelRelease uname -r
 * @param add latest ADD probe
 * @param hottest hottest symbols of the latest perf slice, hottest first
 * @param namespaces reachable network namespaces
 * @param openIncidents keys of the incidents that are not resolved
 * @param lastSeen latest event time
 */
record HostStatus(
    String host,
    @Nullable String kernelRelease,
    @Nullable AddProbe add,
    @Nullable List<SymbolCpus> hottest,
    @Nullable Integer namespaces,
    TreeSet<String> openIncidents,
    @Nullable Instant lastSeen) {

  private static final int HOTTEST = 3;

  /** A namespace creation of the collector's own, ended or still running. */
  record AddProbe(CommandOutcome outcome, double latencyMs, Instant observedAt) {}

  /** CPUs that a symbol used by itself: 1.0 is one whole CPU. */
  record SymbolCpus(String symbol, double cpus) {}

  HostStatus {
    openIncidents = new TreeSet<>(openIncidents);
  }

  static HostStatus unseen(String host) {
    return new HostStatus(host, null, null, null, null, new TreeSet<>(), null);
  }

  /** In a word; healthy needs evidence: a creation that succeeded and no open incident. */
  String state() {
    if (!openIncidents.isEmpty()) {
      return "incident";
    }
    if (add == null) {
      return "unknown";
    }
    return add.outcome() == CommandOutcome.SUCCEEDED ? "healthy" : "creation-not-finishing";
  }

  /** Whether every source has been seen. */
  boolean isComplete() {
    return add != null && hottest != null && namespaces != null;
  }

  HostStatus with(ProcSnapshot snapshot) {
    Integer reachable = snapshot.getNetnsCounts().getReachable();
    return new HostStatus(
        host,
        snapshot.getKernelRelease(),
        add,
        hottest,
        reachable == null ? namespaces : reachable,
        openIncidents,
        later(snapshot.getCollectedAt()));
  }

  HostStatus with(PerfSample sample) {
    return new HostStatus(
        host,
        sample.getKernelRelease(),
        add,
        hottestOf(sample),
        namespaces,
        openIncidents,
        later(sample.getStartedAt().plusMillis(sample.getDurationMs())));
  }

  HostStatus with(NetnsLatency latency) {
    AddProbe latest = add;
    if (latency.getCommand() == NetnsCommand.ADD && latency.getOrigin() == CommandOrigin.PROBE) {
      latest = new AddProbe(latency.getOutcome(), latency.getLatencyMs(), latency.getObservedAt());
    }
    return new HostStatus(
        host,
        latency.getKernelRelease(),
        latest,
        hottest,
        namespaces,
        openIncidents,
        later(latency.getObservedAt()));
  }

  HostStatus with(Incident incident) {
    TreeSet<String> open = new TreeSet<>(openIncidents);
    if (incident.getEventAction() == EventAction.RESOLVE) {
      open.remove(incident.getIncidentKey());
    } else {
      open.add(incident.getIncidentKey());
    }
    return new HostStatus(host, kernelRelease, add, hottest, namespaces, open, lastSeen);
  }

  private Instant later(Instant eventTime) {
    return lastSeen == null || eventTime.isAfter(lastSeen) ? eventTime : lastSeen;
  }

  private static List<SymbolCpus> hottestOf(PerfSample sample) {
    double samplesPerCpu = sample.getFrequencyHz() * (sample.getDurationMs() / 1000.0);
    if (samplesPerCpu <= 0) {
      return List.of();
    }
    Map<String, Long> samples =
        sample.getSymbols().stream()
            .collect(
                Collectors.groupingBy(
                    symbol -> symbol.getSymbol(),
                    Collectors.summingLong(symbol -> symbol.getSamples())));
    return samples.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(HOTTEST)
        .map(entry -> new SymbolCpus(entry.getKey(), entry.getValue() / samplesPerCpu))
        .toList();
  }
}
