package io.netnswatch.collector.proc;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Mounted network namespaces of {@code /proc/PID/mountinfo} (fs/proc_namespace.c): {@code … 0:4
 * net:[4026532345] /run/netns/blue rw - nsfs nsfs rw}.
 */
public final class NamedNamespaces {

  private static final Pattern NSFS =
      Pattern.compile(
          "^\\d+ \\d+ \\d+:\\d+ net:\\[(\\d{1,19})\\] (\\S+) .*? - nsfs ", Pattern.MULTILINE);

  private NamedNamespaces() {}

  /** Inode by name (the last part of the mount point), for namespaces bound below a directory. */
  public static Map<String, Long> parse(String mountinfo, String directory) {
    Map<String, Long> byName = new LinkedHashMap<>();
    NSFS.matcher(mountinfo).results().forEach(mount -> put(byName, mount, directory));
    return byName;
  }

  /**
   * Inodes of all mounted namespaces, wherever they are bound (docker has a directory of its own).
   */
  public static Set<Long> mounted(String mountinfo) {
    return NSFS.matcher(mountinfo)
        .results()
        .map(mount -> Long.valueOf(mount.group(1)))
        .collect(Collectors.toUnmodifiableSet());
  }

  private static void put(Map<String, Long> byName, MatchResult mount, String directory) {
    String mountPoint = unescape(mount.group(2));
    int slash = mountPoint.lastIndexOf('/');
    if (slash > 0 && mountPoint.substring(0, slash).endsWith(directory)) {
      byName.put(mountPoint.substring(slash + 1), Long.valueOf(mount.group(1)));
    }
  }

  /** mountinfo writes blanks, tabs, newlines and backslashes as octal escapes. */
  private static String unescape(String text) {
    return text.replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\");
  }
}
