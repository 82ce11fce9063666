package io.netnswatch.streams.query;

import io.netnswatch.detection.HostState;
import io.netnswatch.schema.Incident;
import java.util.List;

/**
 * All that is known of a host.
 *
 * @param summary at a glance
 * @param state what the detection remembers of it
 * @param windows the closed windows of the last hour, in order
 * @param incidents the latest ones, in the order they began
 */
public record HostDetail(
    HostSummary summary, HostState state, List<ClosedWindow> windows, List<Incident> incidents) {

  public HostDetail {
    windows = List.copyOf(windows);
    incidents = List.copyOf(incidents);
  }
}
