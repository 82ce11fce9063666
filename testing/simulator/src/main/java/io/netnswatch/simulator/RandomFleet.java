package io.netnswatch.simulator;

import io.netnswatch.simulator.TimelineStep.ClockStep;
import io.netnswatch.simulator.TimelineStep.CollectorRestart;
import io.netnswatch.simulator.TimelineStep.ConditionBegins;
import io.netnswatch.simulator.TimelineStep.Reboot;
import io.netnswatch.simulator.TimelineStep.Silence;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Draws a population and its fate. */
final class RandomFleet {
  private static final long HOUR_MS = 3_600_000;
  private static final long MINUTE_MS = 60_000;

  private static final List<SimulatedKernel> MAY_LIVELOCK =
      List.of(
          SimulatedKernel.RECORDED,
          SimulatedKernel.of("4.14.70"),
          SimulatedKernel.of("4.16.13-1.el7.elrepo.x86_64"),
          new SimulatedKernel(
              "4.15.0-20-generic",
              "Linux version 4.15.0-20-generic (buildd@lgw01-amd64-039) (gcc version 7.3.0 (Ubuntu 7.3.0-16ubuntu3)) #21-Ubuntu SMP Tue Apr 24 06:16:15 UTC 2018"));

  private static final List<SimulatedKernel> CANNOT =
      List.of(
          SimulatedKernel.of("3.10.0-957.el7.x86_64"),
          SimulatedKernel.of("5.10.218"),
          SimulatedKernel.of("6.1.90"));

  private static final List<Integer> CPUS = List.of(2, 4, 16, 64, 128);

  private static final List<Condition> LIVELOCKS =
      List.of(Condition.CLEANUP_LIVELOCK, Condition.CLEANUP_LIVELOCK_IP6REASM);

  private static final List<Condition> LOOK_ALIKES =
      List.of(
          Condition.CONNTRACK_LIVELOCK,
          Condition.HEAVY_CHURN,
          Condition.CLEANUP_BACKLOG,
          Condition.UNREGISTER_NETDEVICE,
          Condition.RTNL_CONTENTION,
          Condition.NET_MUTEX_HELD,
          Condition.PERNET_WRITER,
          Condition.NAMESPACE_PINNED,
          Condition.TWSK_PURGE,
          Condition.UNHASH_NSID,
          Condition.SLOW_EXIT,
          Condition.FRAGMENT_FLOOD,
          Condition.LOADED_HOST,
          Condition.HOT_OTHER_KWORKER);

  private final long seed;
  private final int hours;
  private final Mix mix;

  RandomFleet(long seed, int hours, Mix mix) {
    this.seed = seed;
    this.hours = hours;
    this.mix = mix;
  }

  Fleet fleet(Instant start, int hosts) {
    List<HostSpec> specs = new ArrayList<>(hosts);
    for (int i = 1; i <= hosts; i++) {
      String name = "host-" + i;
      specs.add(host(name, Dice.of(seed, "fate of " + name)));
    }
    return new Fleet(
        seed, start, Duration.ofHours(hours), mix.disorderMs(), mix.duplicates(), specs);
  }

  private HostSpec host(String name, Dice dice) {
    boolean mayLivelock = dice.chance(0.6);
    SimulatedKernel kernel = dice.oneOf(mayLivelock ? MAY_LIVELOCK : CANNOT);
    boolean partly = dice.chance(mix.missingSources());
    return new HostSpec(
        name,
        dice.oneOf(CPUS),
        kernel,
        partly && dice.chance(0.5) ? someSources(dice) : Set.of(TelemetrySource.values()),
        partly ? someVisibility(dice) : Visibility.FULL,
        Cadence.DEFAULT,
        dice.chance(mix.othersCreate()),
        dice.between(-mix.clockSkewMs(), mix.clockSkewMs()),
        timeline(kernel, mayLivelock, dice));
  }

  private static Set<TelemetrySource> someSources(Dice dice) {
    Set<TelemetrySource> sources = EnumSet.allOf(TelemetrySource.class);
    sources.remove(dice.oneOf(List.of(TelemetrySource.values())));
    return sources;
  }

  private static Visibility someVisibility(Dice dice) {
    return new Visibility(
        dice.chance(0.6), dice.chance(0.85), dice.chance(0.6), dice.chance(0.5), dice.chance(0.5));
  }

  private List<TimelineStep> timeline(SimulatedKernel kernel, boolean mayLivelock, Dice dice) {
    List<TimelineStep> steps = new ArrayList<>();
    for (int hour = 0; hour < hours; hour++) {
      long beginMs = hour * HOUR_MS + dice.between(1, 40) * MINUTE_MS + dice.below(60_000);
      long endMs = beginMs + minutes(dice) * MINUTE_MS + dice.below(60_000);
      double what = dice.nextDouble();
      if (what < mix.livelocks()) {
        if (mayLivelock) {
          endsByReboot(steps, beginMs, endMs, dice.oneOf(LIVELOCKS), dice);
        }
      } else if (what < mix.livelocks() + mix.lookAlikes()) {
        Condition condition = dice.oneOf(LOOK_ALIKES);
        if (condition == Condition.CONNTRACK_LIVELOCK) {
          endsByReboot(steps, beginMs, endMs, condition, dice);
        } else if (condition != Condition.PERNET_WRITER || kernel.isRhashtableEra()) {
          endsByItself(steps, beginMs, endMs, condition);
        }
      } else if (what < mix.livelocks() + mix.lookAlikes() + mix.imbalances()) {
        if (mayLivelock) {
          endsByItself(steps, beginMs, endMs, Condition.FRAGMENT_IMBALANCE);
        }
      } else {
        mishap(steps, beginMs, dice);
      }
    }
    steps.sort(Comparator.comparingLong(TimelineStep::atMs));
    return steps;
  }

  /** What a trouble shows it shows in its first minutes: most are short, some last. */
  private static long minutes(Dice dice) {
    return dice.chance(0.1) ? dice.between(4, 10) : dice.between(2, 3);
  }

  private static void endsByItself(
      List<TimelineStep> steps, long beginMs, long endMs, Condition condition) {
    steps.add(new ConditionBegins(beginMs, condition));
    steps.add(new ConditionBegins(endMs, Condition.HEALTHY));
  }

  private static void endsByReboot(
      List<TimelineStep> steps, long beginMs, long endMs, Condition condition, Dice dice) {
    steps.add(new ConditionBegins(beginMs, condition));
    steps.add(new Reboot(endMs, dice.between(30_000, 180_000), null));
  }

  /** Nothing is wrong with the host but its collector or its clock. */
  private static void mishap(List<TimelineStep> steps, long atMs, Dice dice) {
    switch (dice.below(4)) {
      case 0 -> steps.add(new Silence(atMs, dice.between(60_000, 600_000)));
      case 1 -> steps.add(new CollectorRestart(atMs));
      case 2 -> steps.add(new ClockStep(atMs, dice.between(-20_000, 20_000)));
      default -> steps.add(new Reboot(atMs, dice.between(30_000, 180_000), null));
    }
  }
}
