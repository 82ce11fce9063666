package io.netnswatch.collector.bundle;

import io.netnswatch.collector.proc.ProcFiles;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One recorded {@code /proc}.
 *
 * @param files text by name below /proc
 */
record RecordedProc(Map<String, String> files) implements ProcFiles {

  @Override
  public List<Integer> pids() {
    Set<Integer> pids = new TreeSet<>();
    for (String file : files.keySet()) {
      int slash = file.indexOf('/');
      if (slash > 0
          && slash < 10
          && file.chars().limit(slash).allMatch(c -> c >= '0' && c <= '9')) {
        pids.add(Integer.valueOf(file.substring(0, slash)));
      }
    }
    return List.copyOf(pids);
  }

  /** Recordings show the NUL behind each argument of a command line as a blank. */
  /** Bundles hold no threads but the first. */
  @Override
  public List<Integer> threads(int pid) {
    return List.of();
  }

  @Override
  public @Nullable String read(String file) {
    String text = files.get(file);
    return text != null && file.endsWith("/cmdline") ? text.replace(' ', '\0') : text;
  }

  @Override
  public @Nullable String readLink(String file) {
    return null;
  }
}
