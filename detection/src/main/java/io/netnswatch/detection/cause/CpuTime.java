package io.netnswatch.detection.cause;

import static io.netnswatch.detection.cause.KernelFunctions.INTERRUPTS;
import static io.netnswatch.detection.cause.KernelFunctions.SPIN_WAITS;

import io.netnswatch.detection.signature.SymbolName;
import java.util.List;

/** What the CPU of a task that runs goes into, where that is not the task's own work. */
public final class CpuTime {

  /** Such locks are taken with interrupts off, so the wait ends when the lock is given back. */
  private static final String WITHOUT_INTERRUPTS = "_raw_spin_lock_irq";

  private CpuTime() {}

  /**
   * Whether it goes to an interrupt on top of the task, packet processing as a rule: the functions
   * below that are where the task was interrupted, and not what it spends its time in.
   *
   * @param frames innermost first
   */
  public static boolean isOfInterrupt(List<String> frames) {
    return frames.stream().anyMatch(it -> INTERRUPTS.has(SymbolName.withoutCompilerSuffix(it)));
  }

  /**
   * Whether it goes into waiting for a spin lock that another CPU has, with interrupts off.
   *
   * @param frames innermost first, without compiler suffixes
   */
  static boolean isOfSpinLock(List<String> frames) {
    int spins = SPIN_WAITS.lastIn(frames);
    return spins >= 0
        && spins + 1 < frames.size()
        && frames.get(spins + 1).startsWith(WITHOUT_INTERRUPTS)
        && frames.subList(0, spins).stream().allMatch(KernelFunctions.PRIMITIVES::has);
  }
}
