package io.netnswatch.detection.cause;

import org.jspecify.annotations.Nullable;

/**
 * One task in the chain of waits, and what it waits for.
 *
 * @param role what it has to do with namespaces
 * @param reading what its stack says; null if it was not seen and follows from the others
 * @param waitsFor what it waits for
 * @param what that, by name; null if it runs
 * @param inferred whether this step follows from the others and was not itself seen
 */
public record WaitStep(
    Role role,
    @Nullable Reading reading,
    WaitKind waitsFor,
    @Nullable String what,
    boolean inferred) {

  /** The function from which it waits, or in which it runs; null if not known. */
  public @Nullable String inFunction() {
    if (reading == null) {
      return null;
    }
    if (reading.waitsIn() != null) {
      return reading.waitsIn();
    }
    String runsIn =
        reading.role() == Role.RTNL_OWNER ? KernelFunctions.innermost(reading.frames()) : null;
    return runsIn != null ? runsIn : reading.function();
  }
}
