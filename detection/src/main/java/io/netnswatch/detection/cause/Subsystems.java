package io.netnswatch.detection.cause;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which subsystem a function belongs to, by how its name begins: {@code subsystems.yaml}. */
public final class Subsystems {

  private static final List<Entry> ENTRIES =
      CauseYaml.resource("subsystems.yaml", Table.class).subsystems();

  /** What a handler does ends its name; what stands before that is whose it is. */
  private static final Pattern HANDLER =
      Pattern.compile("_*(.+?)_(?:pernet|netns|net|pre|exit|init|uninit|destroy)(?:_.*)?");

  /** Whose notifier, device or family it is stands behind that. */
  private static final Pattern REGISTRATION = Pattern.compile("_*(?:un)?register_(?=\\w)");

  private Subsystems() {}

  /**
   * The subsystem of a function; where the table has none, the beginning of the function's own name
   * stands for it.
   */
  public static Subsystem of(String function) {
    Entry best = null;
    int longest = -1;
    for (Entry entry : ENTRIES) {
      for (String prefix : entry.prefixes()) {
        if (function.startsWith(prefix) && prefix.length() > longest) {
          longest = prefix.length();
          best = entry;
        }
      }
    }
    if (best != null) {
      return new Subsystem(best.name(), best.module(), best.stop());
    }
    Matcher registration = REGISTRATION.matcher(function);
    return registration.lookingAt()
        ? of(function.substring(registration.end()))
        : new Subsystem(ownPrefix(function), null, null);
  }

  /** {@code foo} of {@code __foo_net_exit}, {@code foo_bar} of {@code foo_bar_exit_batch}. */
  private static String ownPrefix(String function) {
    Matcher handler = HANDLER.matcher(function);
    if (handler.matches()) {
      return handler.group(1);
    }
    String name = function.replaceFirst("^_+", "");
    int end = name.indexOf('_');
    return end > 0 ? name.substring(0, end) : name;
  }

  /** As in the file. */
  record Table(List<Entry> subsystems) {}

  /** One row of it. */
  record Entry(
      List<String> prefixes, String name, @Nullable String module, @Nullable String stop) {}
}
