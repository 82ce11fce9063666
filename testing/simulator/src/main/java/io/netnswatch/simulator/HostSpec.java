package io.netnswatch.simulator;

import java.util.List;
import java.util.Set;

/**
 * A host and what happens to it.
 *
 * @param name unique in its fleet
 * @param cpus online CPUs
 * @param kernel running at the begin
 * @param sources what its collector has
 * @param visibility what they can see
 * @param cadence how often they look
 * @param othersCreate whether other programs create namespaces too, every 20 s on average
 * @param clockOffsetMs how far its clock is ahead of true time at the begin, in milliseconds
 * @param timeline in order of time; until the first condition the host is healthy
 */
public record HostSpec(
    String name,
    int cpus,
    SimulatedKernel kernel,
    Set<TelemetrySource> sources,
    Visibility visibility,
    Cadence cadence,
    boolean othersCreate,
    long clockOffsetMs,
    List<TimelineStep> timeline) {

  public HostSpec {
    sources = Set.copyOf(sources);
    timeline = List.copyOf(timeline);
    if (name.isBlank()) {
      throw new IllegalArgumentException("a host needs a name");
    }
    if (cpus < 1) {
      throw new IllegalArgumentException("host " + name + ": cpus must be 1 or more, not " + cpus);
    }
    long before = 0;
    for (TimelineStep step : timeline) {
      if (step.atMs() < before) {
        throw new IllegalArgumentException(
            "host " + name + ": the timeline must be in order of time, from 0 on: " + step);
      }
      before = step.atMs();
    }
  }

  /** A host like that of the recordings, healthy unless its timeline says otherwise. */
  public static HostSpec of(String name, TimelineStep... timeline) {
    return new HostSpec(
        name,
        2,
        SimulatedKernel.RECORDED,
        Set.of(TelemetrySource.values()),
        Visibility.FULL,
        Cadence.DEFAULT,
        false,
        0,
        List.of(timeline));
  }

  /** The same host under another kernel. */
  public HostSpec withKernel(SimulatedKernel other) {
    return new HostSpec(
        name, cpus, other, sources, visibility, cadence, othersCreate, clockOffsetMs, timeline);
  }

  /** The same host with other CPUs. */
  public HostSpec withCpus(int other) {
    return new HostSpec(
        name, other, kernel, sources, visibility, cadence, othersCreate, clockOffsetMs, timeline);
  }

  /** The same host, showing more or less. */
  public HostSpec withVisibility(Visibility other) {
    return new HostSpec(
        name, cpus, kernel, sources, other, cadence, othersCreate, clockOffsetMs, timeline);
  }

  /** The same host with other sources. */
  public HostSpec withSources(Set<TelemetrySource> other) {
    return new HostSpec(
        name, cpus, kernel, other, visibility, cadence, othersCreate, clockOffsetMs, timeline);
  }

  /** The same host, on which other programs create namespaces too. */
  public HostSpec withOthersCreating() {
    return new HostSpec(
        name, cpus, kernel, sources, visibility, cadence, true, clockOffsetMs, timeline);
  }
}
