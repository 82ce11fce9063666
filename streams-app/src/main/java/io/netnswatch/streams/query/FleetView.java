package io.netnswatch.streams.query;

import java.util.List;

/**
 * The fleet at a glance.
 *
 * @param hosts by name
 * @param incidents all open ones, and behind them the newest of those resolved
 * @param incidentsOmitted resolved ones that are kept and not listed
 */
public record FleetView(
    List<HostSummary> hosts, List<IncidentBrief> incidents, int incidentsOmitted) {

  public FleetView {
    hosts = List.copyOf(hosts);
    incidents = List.copyOf(incidents);
  }
}
