package io.netnswatch.detection.cause;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/** Names of functions; one that ends with {@code *} stands for all that begin so. */
final class NamePatterns {

  private final Set<String> names = new HashSet<>();

  /** None begins with another, so that at most the greatest one below a name can be its begin. */
  private final NavigableSet<String> prefixes = new TreeSet<>();

  NamePatterns(Collection<String> patterns) {
    for (String pattern : patterns) {
      if (pattern.endsWith("*")) {
        prefixes.add(pattern.substring(0, pattern.length() - 1));
      } else {
        names.add(pattern);
      }
    }
    prefixes.removeIf(it -> beginsWithOneOf(prefixes.headSet(it, false), it));
  }

  private static boolean beginsWithOneOf(Set<String> prefixes, String name) {
    return prefixes.stream().anyMatch(name::startsWith);
  }

  boolean has(String function) {
    if (names.contains(function)) {
      return true;
    }
    String prefix = prefixes.floor(function);
    return prefix != null && function.startsWith(prefix);
  }

  /** Where the innermost of them stands in a stack; -1 if none does. */
  int firstIn(List<String> frames) {
    for (int i = 0; i < frames.size(); i++) {
      if (has(frames.get(i))) {
        return i;
      }
    }
    return -1;
  }

  /** Where the outermost of them stands in a stack; -1 if none does. */
  int lastIn(List<String> frames) {
    for (int i = frames.size() - 1; i >= 0; i--) {
      if (has(frames.get(i))) {
        return i;
      }
    }
    return -1;
  }
}
