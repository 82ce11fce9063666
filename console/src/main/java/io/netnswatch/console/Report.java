package io.netnswatch.console;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a replay found.
 *
 * @param title of the page
 * @param source what was replayed, in words, e.g. {@code archive /var/lib/netnswatch/archive}
 * @param from begin of the history replayed, event time
 * @param to its end
 * @param generatedAt when the report was made
 * @param events telemetry events replayed, the unusable ones included
 * @param hosts hosts they are of
 * @param unusable events that could not be used, by reason of their dead letters
 * @param incidents in any order
 * @param timelines of the hosts with incidents, and maybe of others; one for each host at most
 * @param detectorVersion version of netnswatch
 * @param rules signatures that were looked for: id, blank, version
 * @param incidentsOmitted incidents found beyond those listed
 */
public record Report(
    String title,
    String source,
    Instant from,
    Instant to,
    Instant generatedAt,
    long events,
    int hosts,
    Map<String, Long> unusable,
    List<IncidentSteps> incidents,
    List<HostTimeline> timelines,
    String detectorVersion,
    List<String> rules,
    int incidentsOmitted) {
  public Report {
    unusable = Collections.unmodifiableMap(new TreeMap<>(unusable));
    incidents = List.copyOf(incidents);
    timelines = List.copyOf(timelines);
    rules = List.copyOf(rules);
  }
}
