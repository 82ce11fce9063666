package io.netnswatch.detection.evidence;

import io.netnswatch.detection.signature.SymbolName;
import java.util.Set;

/**
 * Names of functions, which every frame of every call path is held against: the first letters
 * settle nearly all.
 */
final class FunctionSet {

  private static final int MOST_LETTERS = 8;
  private static final int BEGINNINGS = 1 << 12;

  private final Set<String> names;
  private final boolean[] beginnings = new boolean[BEGINNINGS];

  /** So many letters of each name are looked at first: no more than the shortest has. */
  private final int letters;

  /**
   * Takes the names.
   *
   * @param names without what compilers append
   */
  FunctionSet(Set<String> names) {
    this.names = Set.copyOf(names);
    this.letters = Math.min(MOST_LETTERS, shortest(names));
    for (String name : names) {
      beginnings[beginning(name)] = true;
    }
  }

  /** Whether a frame is one of them, whatever compilers appended to its name. */
  boolean hasNameOf(String frame) {
    return frame.length() >= letters
        && beginnings[beginning(frame)]
        && names.contains(SymbolName.withoutCompilerSuffix(frame));
  }

  private static int shortest(Set<String> names) {
    return names.stream().mapToInt(String::length).min().orElse(0);
  }

  private int beginning(String name) {
    int hash = 0;
    for (int i = 0; i < letters; i++) {
      hash = hash * 31 + name.charAt(i);
    }
    return (hash ^ hash >>> 12) & (BEGINNINGS - 1);
  }
}
