package io.netnswatch.oncall.alert;

import io.netnswatch.command.HostPattern;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.Severity;
import java.util.List;
import java.util.Set;

/**
 * Which incidents go to which targets. All routes that match apply; a target named by several of
 * them gets an incident once.
 *
 * @param kinds the incident's kind is one of these; empty for any
 * @param atLeast the incident is at least as severe
 * @param hosts one of these matches the name of the host; empty for any
 * @param targets names of targets
 */
public record Route(
    Set<String> kinds, Severity atLeast, List<HostPattern> hosts, List<String> targets) {

  public Route {
    kinds = Set.copyOf(kinds);
    hosts = List.copyOf(hosts);
    targets = List.copyOf(targets);
  }

  /** Whether an incident takes this route. */
  public boolean matches(Incident incident) {
    return (kinds.isEmpty() || kinds.contains(incident.getKind()))
        && incident.getSeverity().compareTo(atLeast) <= 0 // the most severe is declared first
        && (hosts.isEmpty() || hosts.stream().anyMatch(glob -> glob.matches(incident.getHost())));
  }
}
