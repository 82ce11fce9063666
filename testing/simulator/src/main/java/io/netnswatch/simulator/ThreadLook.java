package io.netnswatch.simulator;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A task as /proc shows it.
 *
 * @param comm its name; null for the worker of the namespace cleanup
 * @param kernelThread whether it is one
 * @param state one letter; X of a task that died of an oops
 * @param cpus that it uses
 * @param wchan function it waits in; null if it runs
 * @param stacks one of these is seen; all within a snapshot of a task that runs
 * @param stackShown share of readings in which there is a stack at all; of a running task there
 *     seldom is
 */
record ThreadLook(
    @Nullable String comm,
    boolean kernelThread,
    String state,
    Span cpus,
    @Nullable String wchan,
    List<List<String>> stacks,
    double stackShown) {

  /** Three readings found the recorded spinning worker's stack one time in five. */
  private static final double RUNNING_STACK_SHOWN = 0.2;

  /** Whoever sleeps in one wait uses nothing, and who polls next to nothing. */
  static final Span ASLEEP = new Span(0, 0.004);

  /** Whether an oops ended it: the kernel's log says so once, and /proc shows it no more. */
  boolean isDead() {
    return state.equals("X");
  }

  /** Whether it runs through one function after the other. */
  boolean moves() {
    return state.equals("R") && stacks.size() > 1;
  }

  static ThreadLook runningCleanup(Span cpus, List<String> stack) {
    return new ThreadLook(null, true, "R", cpus, null, List.of(stack), RUNNING_STACK_SHOWN);
  }

  /** Asleep in D, one stack at a time. */
  static ThreadLook blockedCleanup(Span cpus, String wchan, List<List<String>> stacks) {
    return new ThreadLook(null, true, "D", cpus, wchan, stacks, 1);
  }

  static ThreadLook runningKernelThread(String comm, Span cpus, List<String> stack) {
    return new ThreadLook(comm, true, "R", cpus, null, List.of(stack), RUNNING_STACK_SHOWN);
  }

  static ThreadLook blockedProgram(String comm, String wchan, List<String> stack) {
    return new ThreadLook(comm, false, "D", ASLEEP, wchan, List.of(stack), 1);
  }
}
