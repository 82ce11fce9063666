package io.netnswatch.simulator;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Process ids and names of one boot of a host. */
final class Pids {
  private static final int FIRST_PROGRAM = 2_000;
  private static final int PID_MAX = 32_768;

  private final Dice dice;
  private final String cleanupWorker;
  private final Map<String, Integer> standing = new HashMap<>();
  private int latest = FIRST_PROGRAM;

  /** Pids of a boot; from Linux 4.18 on a worker's name says what it works on. */
  Pids(Dice dice, int cpus, SimulatedKernel kernel) {
    this.dice = dice;
    cleanupWorker =
        "kworker/u" + 2 * cpus + ":" + dice.below(3) + (kernel.isAtLeast(4, 18) ? "+netns" : "");
  }

  /** Name of a thread; null stands for the worker of the namespace cleanup. */
  String nameOf(@Nullable String comm) {
    return comm == null ? cleanupWorker : comm;
  }

  /** Of a thread that lives as long as the boot. */
  int of(@Nullable String comm) {
    return standing.computeIfAbsent(nameOf(comm), it -> dice.between(5, 1_000));
  }

  /** Of a program that starts now. */
  int next() {
    latest += dice.between(1, 12);
    if (latest >= PID_MAX) {
      latest = FIRST_PROGRAM;
    }
    return latest;
  }
}
