package io.netnswatch.simulator;

/**
 * What a host shows to its collector.
 *
 * @param callPaths perf records call paths
 * @param kernelSymbols perf resolves kernel symbols; if not, all are {@code [unknown]}
 * @param stacks /proc/PID/stack can be read
 * @param wchan /proc/PID/wchan shows a function; with the ORC unwinder it reads 0
 * @param compilerSuffixes some functions carry a GCC suffix, e.g. {@code .isra.8}
 */
public record Visibility(
    boolean callPaths,
    boolean kernelSymbols,
    boolean stacks,
    boolean wchan,
    boolean compilerSuffixes) {

  /** Everything, under plain names. */
  public static final Visibility FULL = new Visibility(true, true, true, true, false);
}
