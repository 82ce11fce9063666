package io.netnswatch.detection.evidence;

import io.netnswatch.detection.signature.SymbolName;
import java.util.Arrays;
import java.util.Set;

/**
 * Names of functions, which every frame of every call path is held against: the first letters
 * settle nearly all.
 */
final class FunctionSet {

  private static final int LETTERS = 3;
  private static final int BEGINNINGS = 1 << 12;

  private final Set<String> names;
  private final boolean[] beginnings = new boolean[BEGINNINGS];

  /**
   * Takes the names.
   *
   * @param names without what compilers append
   */
  FunctionSet(Set<String> names) {
    this.names = Set.copyOf(names);
    for (String name : names) {
      if (name.length() < LETTERS) {
        Arrays.fill(beginnings, true); // what is appended would be taken for its letters
      } else {
        beginnings[beginning(name)] = true;
      }
    }
  }

  /** Whether a frame is one of them, whatever compilers appended to its name. */
  boolean hasNameOf(String frame) {
    return (frame.length() < LETTERS || beginnings[beginning(frame)])
        && names.contains(SymbolName.withoutCompilerSuffix(frame));
  }

  private static int beginning(String name) {
    int hash = (name.charAt(0) * 31 + name.charAt(1)) * 31 + name.charAt(2);
    return hash & (BEGINNINGS - 1);
  }
}
