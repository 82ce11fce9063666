package io.netnswatch.replay;

import io.netnswatch.replay.Replay.Totals;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.IncidentStatus;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The incidents of a replay in a table, as they were in the end. */
final class IncidentTable {

  private static final int MOST_ROWS = 200;

  /** The little of an incident that the table shows. */
  private record Row(
      Instant startedAt,
      @Nullable Instant endedAt,
      String severity,
      String confidence,
      String kind,
      String host,
      IncidentStatus status) {

    static Row of(Incident incident) {
      return new Row(
          incident.getStartedAt(),
          incident.getEndedAt(),
          incident.getSeverity().name(),
          incident.getConfidence().name(),
          incident.getKind(),
          incident.getHost(),
          incident.getStatus());
    }
  }

  private final Map<String, Row> rows = new LinkedHashMap<>();
  private long steps;

  void add(Incident incident) {
    steps++;
    rows.put(incident.getIncidentKey(), Row.of(incident));
  }

  int incidents() {
    return rows.size();
  }

  long steps() {
    return steps;
  }

  void print(PrintWriter out, Totals totals) {
    if (!rows.isEmpty()) {
      out.printf(
          "%-20s  %-20s  %-8s  %-9s  %-32s  %s%n",
          "SINCE", "UNTIL", "SEVERITY", "CERTAINTY", "KIND", "HOST");
      rows.values().stream().limit(MOST_ROWS).forEach(row -> print(out, row));
      if (rows.size() > MOST_ROWS) {
        out.println("… and " + (rows.size() - MOST_ROWS) + " more; --out FILE writes them all.");
      }
      out.println();
    }
    out.printf(
        "%d incidents in %d events of %d hosts.%n", rows.size(), totals.events(), totals.hosts());
    totals
        .unusable()
        .forEach(
            (reason, count) -> out.printf("%d records could not be used: %s%n", count, reason));
  }

  private static void print(PrintWriter out, Row row) {
    Instant endedAt = row.endedAt();
    out.printf(
        "%-20s  %-20s  %-8s  %-9s  %-32s  %s%n",
        row.startedAt().truncatedTo(ChronoUnit.SECONDS),
        endedAt == null
            ? row.status().name().toLowerCase(java.util.Locale.ROOT)
            : endedAt.truncatedTo(ChronoUnit.SECONDS),
        row.severity(),
        row.confidence(),
        row.kind(),
        row.host());
  }
}
