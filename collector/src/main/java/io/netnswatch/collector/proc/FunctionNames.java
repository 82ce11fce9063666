package io.netnswatch.collector.proc;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Names, and begins of names where a pattern ends with {@code *}.
 *
 * @param names whole ones
 * @param begins those without their star
 */
record FunctionNames(Set<String> names, List<String> begins) {

  FunctionNames {
    names = Set.copyOf(names);
    begins = List.copyOf(begins);
  }

  /** Patterns with blanks between them. */
  static FunctionNames of(String patterns) {
    Set<String> names = new HashSet<>();
    List<String> begins = new ArrayList<>();
    for (String pattern : patterns.strip().split("\\s+", -1)) {
      if (pattern.endsWith("*")) {
        begins.add(pattern.substring(0, pattern.length() - 1));
      } else {
        names.add(pattern);
      }
    }
    return new FunctionNames(names, begins);
  }

  boolean matches(String name) {
    if (names.contains(name)) {
      return true;
    }
    for (String begin : begins) {
      if (name.startsWith(begin)) {
        return true;
      }
    }
    return false;
  }
}
