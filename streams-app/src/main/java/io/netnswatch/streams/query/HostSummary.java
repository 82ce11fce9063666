package io.netnswatch.streams.query;

import io.netnswatch.schema.KernelVerdict;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A host at a glance.
 *
 * @param host its name
 * @param status what to think of it
 * @param latestEventAt event time of what was last heard of it, by its own clock
 * @param bootId its present boot; null until its first window is closed
 * @param kernelRelease {@code uname -r}; null if no event said
 * @param kernelVerdict whether this kernel has the worst of the known bugs
 * @param nameShared whether two boots of it are heard of by turns: two hosts have this name
 * @param openIncidents kinds of its open incidents, worst first
 */
public record HostSummary(
    String host,
    Status status,
    Instant latestEventAt,
    @Nullable String bootId,
    @Nullable String kernelRelease,
    KernelVerdict kernelVerdict,
    boolean nameShared,
    List<String> openIncidents) {

  /** The first that fits. */
  public enum Status {
    /** An incident is open. */
    INCIDENT,
    /** Nothing was heard of it for longer than the detector takes for silence. */
    SILENT,
    /** Something speaks for a known bug, and not yet enough. */
    SUSPICIOUS,
    /** None of these. */
    HEALTHY
  }

  public HostSummary {
    openIncidents = List.copyOf(openIncidents);
  }
}
