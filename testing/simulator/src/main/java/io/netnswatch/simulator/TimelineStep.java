package io.netnswatch.simulator;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Something that happens to a host. */
public sealed interface TimelineStep {

  /** When, in milliseconds after the simulation's begin; true time, whatever the host's clock. */
  long atMs();

  /** The host gets into a condition, and out of the one before: what hung goes on. */
  record ConditionBegins(long atMs, Condition condition) implements TimelineStep {

    public ConditionBegins {
      if (condition == Condition.TROUBLE) {
        throw new IllegalArgumentException("condition TROUBLE is not for fleet files");
      }
    }
  }

  /** The same with somebody who holds namespaces up, or seems to. */
  record TroubleBegins(long atMs, Trouble trouble) implements TimelineStep {}

  /**
   * The host goes down and boots again, healthy.
   *
   * @param downMs for how long
   * @param kernel booted into; null for the same
   */
  record Reboot(long atMs, long downMs, @Nullable SimulatedKernel kernel) implements TimelineStep {
    public Reboot {
      require(downMs > 0, "a reboot takes time");
    }
  }

  /** The collector is stopped, and started again after so many milliseconds. */
  record Silence(long atMs, long forMs) implements TimelineStep {
    public Silence {
      require(forMs > 0, "a silence takes time");
    }
  }

  /** The collector is restarted; a second later it is back. */
  record CollectorRestart(long atMs) implements TimelineStep {}

  /** The host's clock is set forth (or back, if negative) by so many milliseconds. */
  record ClockStep(long atMs, long byMs) implements TimelineStep {}

  /** These sources say nothing from then on. */
  record SourcesLost(long atMs, Set<TelemetrySource> sources) implements TimelineStep {
    public SourcesLost {
      sources = Set.copyOf(sources);
    }
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
