package io.netnswatch.streams.query;

import io.netnswatch.schema.Confidence;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.IncidentStatus;
import io.netnswatch.schema.Resolution;
import io.netnswatch.schema.Severity;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An incident at a glance: fields of its schema, in their order. */
public record IncidentBrief(
    String incidentKey,
    String kind,
    Severity severity,
    Confidence confidence,
    IncidentStatus status,
    @Nullable Resolution resolution,
    boolean noData,
    String title,
    String host,
    Instant startedAt,
    Instant updatedAt,
    @Nullable Instant endedAt,
    @Nullable String kernelRelease,
    @Nullable String causeId) {

  static IncidentBrief of(Incident incident) {
    return new IncidentBrief(
        incident.getIncidentKey(),
        incident.getKind(),
        incident.getSeverity(),
        incident.getConfidence(),
        incident.getStatus(),
        incident.getResolution(),
        incident.getNoData(),
        incident.getTitle(),
        incident.getHost(),
        incident.getStartedAt(),
        incident.getUpdatedAt(),
        incident.getEndedAt(),
        incident.getKernelRelease(),
        incident.getCause() == null ? null : incident.getCause().getCauseId());
  }
}
