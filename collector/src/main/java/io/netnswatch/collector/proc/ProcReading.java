package io.netnswatch.collector.proc;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads files for one snapshot, and notes what could not be read or made sense of. */
final class ProcReading {

  /** A parser of one file. */
  @FunctionalInterface
  interface Parser<T> {
    @Nullable T parse(String text) throws ProcParseException;
  }

  private static final int MAX_UNREADABLE = 16;
  private static final Pattern PID_PREFIX = Pattern.compile("^\\d+/(task/\\d+/)?");

  private final ProcFiles files;
  private final Set<String> unreadable = new LinkedHashSet<>();

  ProcReading(ProcFiles files) {
    this.files = files;
  }

  ProcFiles files() {
    return files;
  }

  /** A file that must be there. */
  String required(String file) throws IOException {
    String text = files.read(file);
    if (text == null) {
      throw new IOException("/proc/" + file + " does not exist");
    }
    return text;
  }

  /** A file that may be absent; one that may not be read is noted, once for all processes. */
  @Nullable String optional(String file) {
    try {
      return files.read(file);
    } catch (IOException e) {
      note(PID_PREFIX.matcher(file).replaceFirst("PID/") + ": " + e.getClass().getSimpleName());
      return null;
    }
  }

  /** What a file says; null if it is absent or malformed, and the latter is noted. */
  <T> @Nullable T parsed(@Nullable String text, Parser<T> parser) {
    try {
      return text == null ? null : parser.parse(text);
    } catch (ProcParseException e) {
      note(String.valueOf(e.getMessage()));
      return null;
    }
  }

  /**
   * A task's stat.
   *
   * @param directory {@code PID} or {@code PID/task/TID}
   * @return null if it is gone, or malformed
   */
  @Nullable ProcPidStat stat(String directory) {
    String text = optional(directory + "/stat");
    return text == null || text.isEmpty() ? null : parsed(text, ProcPidStat::parse);
  }

  void note(String words) {
    if (unreadable.size() < MAX_UNREADABLE) {
      unreadable.add(words);
    }
  }

  /** What could not be read and why, one line each. */
  List<String> unreadable() {
    return List.copyOf(unreadable);
  }
}
