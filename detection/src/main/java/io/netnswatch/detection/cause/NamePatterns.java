package io.netnswatch.detection.cause;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Names of functions; one that ends with {@code *} stands for all that begin so. */
final class NamePatterns {

  private final Set<String> names = new HashSet<>();
  private final List<String> prefixes = new ArrayList<>();

  NamePatterns(Collection<String> patterns) {
    for (String pattern : patterns) {
      if (pattern.endsWith("*")) {
        prefixes.add(pattern.substring(0, pattern.length() - 1));
      } else {
        names.add(pattern);
      }
    }
  }

  boolean has(String function) {
    if (names.contains(function)) {
      return true;
    }
    for (String prefix : prefixes) {
      if (function.startsWith(prefix)) {
        return true;
      }
    }
    return false;
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
