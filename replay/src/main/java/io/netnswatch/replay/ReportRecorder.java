package io.netnswatch.replay;

import io.netnswatch.console.HostTimeline;
import io.netnswatch.console.IncidentSteps;
import io.netnswatch.console.Report;
import io.netnswatch.console.ReportPage;
import io.netnswatch.detection.evidence.Evidence;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.replay.Replay.Totals;
import io.netnswatch.replay.history.RecordedEvent;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.Release;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Gathers what the report of a replay shows, in memory that grows with the hosts and the incidents
 * but not with the length of history. Events may come from several threads, those of one host from
 * one at a time.
 */
final class ReportRecorder implements IncidentSink {

  private static final int MOST_INCIDENTS = 2_000;
  private static final int MOST_STEPS = 60;

  private final Map<String, TimelineRecorder> timelines = new ConcurrentHashMap<>();
  private final Map<String, List<Incident>> incidents = new LinkedHashMap<>();
  private final AtomicLong firstMs = new AtomicLong(Long.MAX_VALUE);
  private final AtomicLong lastMs = new AtomicLong(Long.MIN_VALUE);
  private int omitted;

  void event(RecordedEvent event, Evidence evidence) {
    firstMs.accumulateAndGet(event.timeMs(), Math::min);
    lastMs.accumulateAndGet(event.timeMs(), Math::max);
    timelines.computeIfAbsent(event.host(), TimelineRecorder::new).add(event, evidence);
  }

  @Override
  public void accept(Incident incident) {
    String key = incident.getIncidentKey();
    List<Incident> steps = incidents.get(key);
    if (steps == null) {
      if (incidents.size() == MOST_INCIDENTS) {
        omitted += incident.getEventId().endsWith("/0") ? 1 : 0;
        return;
      }
      steps = new ArrayList<>();
      incidents.put(key, steps);
    }
    if (steps.size() == MOST_STEPS) {
      steps.remove(MOST_STEPS / 2); // how it began and how it ended say most
    }
    steps.add(incident);
  }

  /**
   * Writes the report.
   *
   * @param source what was replayed, in words
   * @throws IOException if it can't be written
   */
  void write(Path file, String source, List<Signature> signatures, Totals totals)
      throws IOException {
    List<IncidentSteps> histories =
        incidents.values().stream()
            .map(steps -> new IncidentSteps(steps.get(steps.size() - 1), steps))
            .toList();
    Map<String, Long> unusable = new TreeMap<>();
    totals.unusable().forEach((reason, count) -> unusable.put(reason.name(), count));
    Report report =
        new Report(
            "netnswatch replay",
            source,
            Instant.ofEpochMilli(totals.events() == 0 ? 0 : firstMs.get()),
            Instant.ofEpochMilli(totals.events() == 0 ? 0 : lastMs.get()),
            Instant.now(),
            totals.events(),
            totals.hosts(),
            unusable,
            histories,
            timelinesOfInterest(histories),
            Release.version(),
            signatures.stream().map(it -> it.id() + " " + it.version()).toList(),
            omitted);
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      ReportPage.write(report, out);
    }
  }

  /** Of the hosts with incidents; where there is none, of some, so that one sees what was there. */
  private List<HostTimeline> timelinesOfInterest(List<IncidentSteps> histories) {
    List<String> hosts =
        histories.isEmpty()
            ? timelines.keySet().stream().sorted().limit(20).toList()
            : histories.stream().map(it -> it.latest().getHost()).distinct().toList();
    List<HostTimeline> all = new ArrayList<>();
    for (String host : hosts) {
      TimelineRecorder timeline = timelines.get(host);
      if (timeline != null) {
        all.add(timeline.timeline());
      }
    }
    return all;
  }
}
