package io.netnswatch.collector.bundle;

import io.netnswatch.collector.proc.ProcFiles;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One recorded {@code /proc}. */
final class RecordedProc implements ProcFiles {

  private static final Pattern THREAD = Pattern.compile("(\\d{1,9})/task/(\\d{1,9})/stat");

  private final Map<String, String> files;
  private final Map<Integer, List<Integer>> threads = new HashMap<>();

  /**
   * As it was.
   *
   * @param files text by name below /proc
   */
  RecordedProc(Map<String, String> files) {
    this.files = files;
    for (String file : files.keySet()) {
      Matcher thread = THREAD.matcher(file);
      if (thread.matches()) {
        threads
            .computeIfAbsent(Integer.valueOf(thread.group(1)), pid -> new ArrayList<>())
            .add(Integer.valueOf(thread.group(2)));
      }
    }
  }

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

  /** Those that were looked at: their {@code stat} is there. */
  @Override
  public List<Integer> threads(int pid) {
    return threads.getOrDefault(pid, List.of());
  }

  /** Recordings show the NUL behind each argument of a command line as a blank. */
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
