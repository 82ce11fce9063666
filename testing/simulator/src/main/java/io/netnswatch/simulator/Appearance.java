package io.netnswatch.simulator;

import java.util.List;

/**
 * What a condition looks like to the sources.
 *
 * @param creation what becomes of namespace creations
 * @param otherCommandMs how long the deletion and the list take
 * @param threads tasks of interest besides creations
 * @param hot what perf finds besides the background
 * @param background what else runs
 * @param busy share of the CPUs that is not idle
 * @param leaving namespaces that wait for their cleanup
 * @param unbalanced living namespaces with a fragment counter below 0
 * @param takenIn where a reference was taken to the device that the cleanup waits for, innermost
 *     frame first, as the kernel's log tells every 10 s; empty if it waits for none
 */
record Appearance(
    Creation creation,
    Span otherCommandMs,
    List<ThreadLook> threads,
    List<SimulatedHotCode> hot,
    Profile background,
    Span busy,
    Span leaving,
    Span unbalanced,
    List<String> takenIn) {

  private static final Span COMMAND_MS = new Span(40, 700);
  private static final Span QUIET = new Span(0.02, 0.12);
  private static final Span NONE = new Span(0, 0);

  /** All is well but for what the methods below add. */
  static Appearance of(Creation creation) {
    return new Appearance(
        creation, COMMAND_MS, List.of(), List.of(), Profile.HEALTHY, QUIET, NONE, NONE, List.of());
  }

  Appearance showing(ThreadLook... looks) {
    return new Appearance(
        creation,
        otherCommandMs,
        List.of(looks),
        hot,
        background,
        busy,
        leaving,
        unbalanced,
        takenIn);
  }

  Appearance running(SimulatedHotCode... code) {
    return new Appearance(
        creation,
        otherCommandMs,
        threads,
        List.of(code),
        background,
        busy,
        leaving,
        unbalanced,
        takenIn);
  }

  Appearance amid(Profile profile, Span busyShare, Span commandMs) {
    return new Appearance(
        creation, commandMs, threads, hot, profile, busyShare, leaving, unbalanced, takenIn);
  }

  Appearance leaving(int least, int most) {
    return new Appearance(
        creation,
        otherCommandMs,
        threads,
        hot,
        background,
        busy,
        new Span(least, most),
        unbalanced,
        takenIn);
  }

  Appearance unbalanced(int least, int most) {
    return new Appearance(
        creation,
        otherCommandMs,
        threads,
        hot,
        background,
        busy,
        leaving,
        new Span(least, most),
        takenIn);
  }

  Appearance waitingForDevice(List<String> heldFrom) {
    return new Appearance(
        creation,
        otherCommandMs,
        threads,
        hot,
        background,
        busy,
        leaving,
        unbalanced,
        List.copyOf(heldFrom));
  }
}
