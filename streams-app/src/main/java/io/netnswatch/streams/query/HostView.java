package io.netnswatch.streams.query;

import io.netnswatch.console.HostTimeline;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.KernelVerdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One host in depth, without the evidence of every window.
 *
 * @param summary at a glance
 * @param kernel what is to be said of its kernel
 * @param suspected signatures that something speaks for, and not yet enough
 * @param timeline its windows of the last hour; null before the first is closed
 * @param incidents the latest, in the order they began
 * @param latest where its newest sample and snapshot stand
 */
public record HostView(
    HostSummary summary,
    KernelView kernel,
    List<String> suspected,
    @Nullable HostTimeline timeline,
    List<Incident> incidents,
    LatestRecords latest) {

  /**
   * A kernel and what it means for the worst of the known bugs.
   *
   * @param version {@code /proc/version}; null if no snapshot said
   * @param reason why the verdict is what it is, in words
   * @param cure which kernel cures it; null if none is known or none is needed
   */
  public record KernelView(
      @Nullable String release,
      @Nullable String version,
      KernelVerdict verdict,
      String reason,
      @Nullable String cure) {}

  public HostView {
    suspected = List.copyOf(suspected);
    incidents = List.copyOf(incidents);
  }
}
