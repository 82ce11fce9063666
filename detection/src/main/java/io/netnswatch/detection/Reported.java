package io.netnswatch.detection;

/**
 * What a lifecycle step said; another one is due when it would say something else.
 *
 * @param recovering whether health had been seen
 * @param silent whether the host was silent
 * @param missing how much corroborating evidence was missing
 * @param suspected what was said of who holds it up, as a number; -1 for nothing
 * @param namespaces how many namespaces were named
 * @param ageMs how long the creation had been blocked
 */
public record Reported(
    boolean recovering, boolean silent, int missing, int suspected, int namespaces, long ageMs) {

  static final Reported NOTHING = new Reported(false, false, 0, -1, 0, 0);

  /** A blocked creation is worth another word when it has become twice as old. */
  boolean isOutdatedBy(Reported now) {
    return recovering != now.recovering
        || silent != now.silent
        || missing != now.missing
        || suspected != now.suspected
        || namespaces < now.namespaces
        || now.ageMs >= 2 * Math.max(ageMs, 1);
  }
}
