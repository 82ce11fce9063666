package io.netnswatch.oncall.act;

import io.netnswatch.command.HostPattern;
import io.netnswatch.schema.Confidence;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.IncidentStatus;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Which incidents are acted on, and the brakes. Nothing that is not named is acted on.
 *
 * @param mode what is allowed
 * @param kinds the incident's kind is one of these
 * @param causes the incident's cause is one of these; {@value #ANY_CAUSE} for any, also none
 * @param confidences the incident's confidence is one of these
 * @param hosts one of these matches the host's name
 * @param undo whether it is taken back when the host has no such incident any more
 * @param undoAfter so long the host must have had none
 * @param limits all of them hold; at least one
 */
public record ActionPolicy(
    ActionMode mode,
    Set<String> kinds,
    Set<String> causes,
    Set<Confidence> confidences,
    List<HostPattern> hosts,
    boolean undo,
    Duration undoAfter,
    List<ActionLimit> limits) {

  /** In place of the name of a cause. */
  public static final String ANY_CAUSE = "any";

  public ActionPolicy {
    kinds = Set.copyOf(kinds);
    causes = Set.copyOf(causes);
    confidences = Set.copyOf(confidences);
    hosts = List.copyOf(hosts);
    limits = List.copyOf(limits);
  }

  /** The same, which does nothing. */
  public ActionPolicy dry() {
    return new ActionPolicy(
        ActionMode.DRY_RUN, kinds, causes, confidences, hosts, undo, undoAfter, limits);
  }

  /**
   * Whether an incident is reason enough to begin: of a host that has fallen silent nobody knows
   * how it is now, and one that shows signs of health is left to recover.
   */
  boolean isReason(Incident incident) {
    return isConcern(incident)
        && confidences.contains(incident.getConfidence())
        && incident.getStatus() == IncidentStatus.OPEN
        && !incident.getNoData()
        && (causes.contains(ANY_CAUSE)
            || (incident.getCause() != null && causes.contains(incident.getCause().getCauseId())));
  }

  /** Whether a host stays out while it has this incident. */
  boolean isConcern(Incident incident) {
    return kinds.contains(incident.getKind())
        && hosts.stream().anyMatch(glob -> glob.matches(incident.getHost()));
  }
}
