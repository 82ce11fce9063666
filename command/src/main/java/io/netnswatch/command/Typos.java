package io.netnswatch.command;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Which known word was meant by a misspelt one. */
public final class Typos {

  /** So many letters may differ. */
  private static final int CLOSE = 3;

  private Typos() {}

  /** The known word that is nearest to another; empty if none is near. */
  public static Optional<String> nearest(String word, Collection<String> known) {
    return known.stream()
        .min(Comparator.comparingInt(it -> between(word, it)))
        .filter(it -> between(word, it) <= CLOSE);
  }

  /**
   * The least number of letters to be put in, left out or changed that makes one of the other
   * (Levenshtein distance); case, dashes, dots and underscores count for nothing.
   */
  public static int between(String one, String other) {
    String a = letters(one);
    String b = letters(other);
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }

  private static String letters(String word) {
    return word.replaceAll("[-_.]", "").toLowerCase(Locale.ROOT);
  }
}
