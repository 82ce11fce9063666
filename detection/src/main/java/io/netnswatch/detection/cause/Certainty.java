package io.netnswatch.detection.cause;

/** How well a cause is known. */
public enum Certainty {
  /** Its frames were read in reports, traces or the fix itself. */
  SEEN,
  /** It follows from code that was read; no trace of it was found. */
  INFERRED
}
