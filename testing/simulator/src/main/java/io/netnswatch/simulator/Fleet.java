package io.netnswatch.simulator;

import io.netnswatch.simulator.TimelineStep.ClockStep;
import io.netnswatch.simulator.TimelineStep.ConditionBegins;
import io.netnswatch.simulator.TimelineStep.Reboot;
import io.netnswatch.simulator.TimelineStep.TroubleBegins;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Hosts, what happens to them, and how their events arrive.
 *
 * @param seed all chance comes from it
 * @param start begin of the simulation, true time
 * @param length of the simulation
 * @param disorderMs each event arrives up to so many milliseconds after it happened
 * @param duplicates share of events that arrive twice, 0 to 1
 * @param hosts with distinct names
 */
public record Fleet(
    long seed,
    Instant start,
    Duration length,
    int disorderMs,
    double duplicates,
    List<HostSpec> hosts) {

  public Fleet {
    hosts = List.copyOf(hosts);
    require(!length.isNegative() && !length.isZero(), "length must be above 0");
    require(disorderMs >= 0, "disorder_ms must not be negative");
    require(duplicates >= 0 && duplicates <= 1, "duplicates must be a share from 0 to 1");
    Set<String> names = new HashSet<>();
    for (HostSpec host : hosts) {
      require(names.add(host.name()), "two hosts are named " + host.name());
    }
  }

  /** In order, each event once. */
  public static Fleet of(long seed, Instant start, Duration length, HostSpec... hosts) {
    return new Fleet(seed, start, length, 0, 0, List.of(hosts));
  }

  /** A population of hosts to which everything happens that can. */
  public static Fleet random(long seed, Instant start, int hosts, int hours, Mix mix) {
    return new RandomFleet(seed, hours, mix).fleet(start, hosts);
  }

  /** All that was not healthy, host by host, in order of time. */
  public List<Label> labels() {
    return hosts.stream().flatMap(host -> labels(host).stream()).toList();
  }

  private List<Label> labels(HostSpec host) {
    List<Label> labels = new ArrayList<>();
    long clockMs = start.toEpochMilli() + host.clockOffsetMs();
    String release = host.kernel().release();
    Condition condition = Condition.HEALTHY;
    Instant from = start;
    for (TimelineStep step : host.timeline()) {
      if (step.atMs() >= length.toMillis()) {
        break;
      }
      Instant at = Instant.ofEpochMilli(clockMs + step.atMs());
      if (step instanceof ConditionBegins begins) {
        add(labels, host, release, condition, from, at);
        condition = begins.condition();
        from = at;
      } else if (step instanceof TroubleBegins) {
        add(labels, host, release, condition, from, at);
        condition = Condition.TROUBLE;
        from = at;
      } else if (step instanceof Reboot reboot) {
        add(labels, host, release, condition, from, at);
        condition = Condition.HEALTHY;
        release = reboot.kernel() == null ? release : reboot.kernel().release();
      } else if (step instanceof ClockStep clock) {
        clockMs += clock.byMs();
      }
    }
    add(labels, host, release, condition, from, Instant.ofEpochMilli(clockMs).plus(length));
    return labels;
  }

  private static void add(
      List<Label> labels,
      HostSpec host,
      String release,
      Condition condition,
      Instant from,
      Instant to) {
    if (condition != Condition.HEALTHY) {
      labels.add(new Label(host.name(), release, condition, from, to.isBefore(from) ? from : to));
    }
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
