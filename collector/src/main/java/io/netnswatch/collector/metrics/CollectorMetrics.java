package io.netnswatch.collector.metrics;

import io.netnswatch.command.http.StatusServer;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Unit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** A status in Prometheus' text format 0.0.4. */
public final class CollectorMetrics implements StatusServer.Metrics {

  private static final String PREFIX = "netnswatch_collector_";
  private static final PrometheusTextFormatWriter WRITER =
      PrometheusTextFormatWriter.builder().build();

  private final Supplier<CollectorStatus> status;

  /** Of the collector whose status that is. */
  public CollectorMetrics(Supplier<CollectorStatus> status) {
    this.status = status;
  }

  @Override
  public String contentType() {
    return PrometheusTextFormatWriter.CONTENT_TYPE;
  }

  @Override
  public byte[] body() throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    WRITER.write(text, new MetricSnapshots(metrics(status.get())));
    return text.toByteArray();
  }

  private static List<MetricSnapshot> metrics(CollectorStatus status) {
    List<MetricSnapshot> metrics = new ArrayList<>();
    metrics.add(
        counters(
            "events_published",
            "Events that the broker has acknowledged.",
            "topic",
            status.published()));
    metrics.add(
        counters("events_dropped", "Events that are lost, by reason.", "reason", status.dropped()));
    metrics.add(
        gauge(
            "events_waiting",
            "Events in memory, neither published nor on disk.",
            status.waiting()));
    metrics.add(gauge("spool_events", "Events on disk.", (double) status.spool().events()));
    metrics.add(
        gauge("spool_bytes", "Size of the spool's files.", (double) status.spool().bytes()));
    metrics.add(
        gauge(
            "spool_oldest_event_age_seconds",
            "Age of the oldest event on disk; 0 if there is none.",
            status.oldestWait().toMillis() / 1e3));
    metrics.add(
        gauge(
            "spool_usable",
            "Whether the disk took events when last tried.",
            status.spoolFailure() == null ? 1 : 0));
    addSources(status.sources(), metrics);
    BlockedCreations blocked = status.blocked();
    if (blocked != null) {
      metrics.add(
          gauge(
              "blocked_creations",
              "Tasks inside the creation of a namespace, in the latest snapshot.",
              (double) blocked.count()));
      metrics.add(
          gauge(
              "oldest_blocked_creation_seconds",
              "How long the oldest of them has been seen there.",
              blocked.oldest().toMillis() / 1e3));
      metrics.add(
          gauge(
              "snapshot_age_seconds",
              "Age of the latest snapshot.",
              Duration.between(blocked.seenAt(), status.at()).toMillis() / 1e3));
    }
    OwnUsage usage = status.usage();
    if (usage != null) {
      metrics.add(
          CounterSnapshot.builder()
              .name(PREFIX + "cpu_seconds")
              .unit(Unit.SECONDS)
              .help("CPU time of the collector and of the programs it ran.")
              .dataPoint(
                  CounterDataPointSnapshot.builder().value(usage.cpu().toMillis() / 1e3).build())
              .build());
      metrics.add(
          gauge(
              "resident_memory_bytes", "Memory of the collector.", (double) usage.residentBytes()));
    }
    return metrics;
  }

  private static void addSources(List<SourceStatus> sources, List<MetricSnapshot> metrics) {
    GaugeSnapshot.Builder on =
        GaugeSnapshot.builder().name(PREFIX + "source_on").help("Whether the source works here.");
    CounterSnapshot.Builder failed =
        CounterSnapshot.builder().name(PREFIX + "turns_failed").help("Turns that failed.");
    SummarySnapshot.Builder turns =
        SummarySnapshot.builder()
            .name(PREFIX + "turn_duration_seconds")
            .unit(Unit.SECONDS)
            .help("Turns of the source and how long they took.");
    for (SourceStatus source : sources) {
      Labels labels = Labels.of("source", source.name());
      on.dataPoint(
          GaugeDataPointSnapshot.builder()
              .labels(labels)
              .value(source.offBecause() == null ? 1 : 0)
              .build());
      failed.dataPoint(
          CounterDataPointSnapshot.builder()
              .labels(labels)
              .value((double) source.failedTurns())
              .build());
      turns.dataPoint(
          SummaryDataPointSnapshot.builder()
              .labels(labels)
              .count(source.turns())
              .sum(source.turnTime().toNanos() / 1e9)
              .build());
    }
    metrics.add(on.build());
    metrics.add(failed.build());
    metrics.add(turns.build());
  }

  private static CounterSnapshot counters(
      String name, String help, String label, Map<String, Long> values) {
    CounterSnapshot.Builder counters = CounterSnapshot.builder().name(PREFIX + name).help(help);
    new TreeMap<>(values)
        .forEach(
            (key, value) ->
                counters.dataPoint(
                    CounterDataPointSnapshot.builder()
                        .labels(Labels.of(label, key))
                        .value(value)
                        .build()));
    return counters.build();
  }

  private static GaugeSnapshot gauge(String name, String help, double value) {
    return GaugeSnapshot.builder()
        .name(PREFIX + name)
        .help(help)
        .dataPoint(GaugeDataPointSnapshot.builder().value(value).build())
        .build();
  }
}
