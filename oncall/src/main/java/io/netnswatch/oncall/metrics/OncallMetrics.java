package io.netnswatch.oncall.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

/** What the bridge counts. */
public final class OncallMetrics {

  private static final double MS_PER_SECOND = 1_000;

  private final MeterRegistry registry;
  private final InstantSource clock;
  private final Map<String, AtomicInteger> waiting = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> hostsOut = new ConcurrentHashMap<>();
  private final Map<String, Instant> failingSince = new ConcurrentHashMap<>();

  /** The clock tells how long a target has been failing; nothing is decided by it. */
  public OncallMetrics(MeterRegistry registry, InstantSource clock) {
    this.registry = registry;
    this.clock = clock;
  }

  /** A record of the incident topic was read. */
  public void record(String outcome) {
    Counter.builder("netnswatch.oncall.records")
        .description("Records of the incident topic")
        .tag("outcome", outcome)
        .register(registry)
        .increment();
  }

  /** So many incidents are open. */
  public void openIncidents(IntSupplier count) {
    Gauge.builder("netnswatch.oncall.open.incidents", count, IntSupplier::getAsInt)
        .description("Open incidents")
        .strongReference(true)
        .register(registry);
  }

  /** From now on there is something to say about a target. */
  public void target(String name) {
    AtomicInteger count = waiting.computeIfAbsent(name, it -> new AtomicInteger());
    Gauge.builder("netnswatch.oncall.waiting", count, AtomicInteger::get)
        .description("Alerts of which the target should have been told by now and has not")
        .tag("target", name)
        .strongReference(true)
        .register(registry);
    Gauge.builder("netnswatch.oncall.failing", () -> failingSeconds(name))
        .description("How long the target has taken nothing; 0 if it does")
        .baseUnit("seconds")
        .tag("target", name)
        .strongReference(true)
        .register(registry);
  }

  /** So many alerts wait for a target. */
  public void waiting(String target, int alerts) {
    waiting.computeIfAbsent(target, it -> new AtomicInteger()).set(alerts);
  }

  /** A step was tried. */
  public void delivery(String target, String action, String outcome) {
    Counter.builder("netnswatch.oncall.deliveries")
        .description("Steps tried, one for each alert in a request")
        .tags("target", target, "action", action, "outcome", outcome)
        .register(registry)
        .increment();
  }

  /** A step of an action was written down, or has to be tried again. */
  public void action(String action, String phase) {
    Counter.builder("netnswatch.oncall.actions")
        .description("Steps of actions on hosts, by what became of them")
        .tags("action", action, "phase", phase)
        .register(registry)
        .increment();
  }

  /** So many hosts are out by an action. */
  public void hostsOut(String action, int hosts) {
    hostsOut
        .computeIfAbsent(
            action,
            it -> {
              AtomicInteger count = new AtomicInteger();
              Gauge.builder("netnswatch.oncall.hosts.out", count, AtomicInteger::get)
                  .description("Hosts that are out by an action")
                  .tag("action", action)
                  .strongReference(true)
                  .register(registry);
              return count;
            })
        .set(hosts);
  }

  /** Something about a target went wrong that nobody had thought of. */
  public void fault(String target) {
    Counter.builder("netnswatch.oncall.faults")
        .description("Faults of the bridge itself; the log says where")
        .tag("target", target)
        .register(registry)
        .increment();
  }

  /** A target is not in the file any more, and shows so many alerts that nobody will end. */
  public void abandoned(String target, int alerts) {
    Gauge.builder("netnswatch.oncall.abandoned", () -> alerts)
        .description("Alerts shown by a target that is not in the file any more")
        .tag("target", target)
        .strongReference(true)
        .register(registry);
  }

  /** The target could not take something. */
  public void failing(String target) {
    failingSince.putIfAbsent(target, clock.instant());
  }

  /** The target answers. */
  public void answering(String target) {
    failingSince.remove(target);
  }

  private double failingSeconds(String target) {
    Instant since = failingSince.get(target);
    return since == null ? 0 : Duration.between(since, clock.instant()).toMillis() / MS_PER_SECOND;
  }
}
