package io.netnswatch.collector.text;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Names of hosts, as loggers, {@code uname} and files give them. */
final class HostName {

  /** What many have, or a container. */
  private static final Pattern NO_HOST =
      Pattern.compile(
          "localhost|\\(none\\)|none|unknown|kernel|127(?:\\.\\d{1,3}){3}|[0-9a-f]{12}");

  private static final Pattern ADDRESS = Pattern.compile("[\\d.:a-f]*[.:][\\d.:a-f]*");

  /** Rests of names that are no longer tell members of a series from each other. */
  private static final int MOST_OF_SERIES = 3;

  private HostName() {}

  /** The name without its domain; null if it is none of one host. */
  static @Nullable String of(String said) {
    String name = said.toLowerCase(Locale.ROOT);
    String node = ADDRESS.matcher(name).matches() ? name : name.replaceFirst("\\..*", "");
    return node.isEmpty() || NO_HOST.matcher(node).matches() ? null : node;
  }

  /** Whether two names are of a series, as node1 and node2: no host has both. */
  static boolean areOfSeries(String a, String b) {
    if (a.replaceAll("\\d+", "0").equals(b.replaceAll("\\d+", "0"))) {
      return !a.equals(b);
    }
    int shorter = Math.min(a.length(), b.length());
    int alike = 0;
    while (alike < shorter && a.charAt(alike) == b.charAt(alike)) {
      alike++;
    }
    int rest = Math.max(a.length(), b.length()) - alike;
    return alike > rest && rest <= MOST_OF_SERIES;
  }
}
