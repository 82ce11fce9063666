package io.netnswatch.oncall.alert;

import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A pattern for names of hosts: {@code *} stands for any characters, {@code ?} for one; case counts
 * for nothing.
 */
public final class HostGlob {

  /** What a name of a host consists of, and the two that stand for others. */
  private static final Pattern GLOB = Pattern.compile("[\\p{L}\\p{N}._:*?-]+");

  private final Pattern pattern;

  /**
   * It must match a whole name.
   *
   * @throws IllegalArgumentException if no name of a host could match it, e.g. as it is a regular
   *     expression
   */
  public HostGlob(String glob) {
    if (!GLOB.matcher(glob).matches()) {
      throw new IllegalArgumentException(
          glob
              + " matches no name of a host: * stands for any characters, ? for one, and letters,"
              + " digits, . _ - : for themselves");
    }
    pattern =
        Pattern.compile(
            glob.codePoints().mapToObj(HostGlob::regex).collect(Collectors.joining()),
            Pattern.CASE_INSENSITIVE);
  }

  /** Whether a host is meant. */
  public boolean matches(String host) {
    return pattern.matcher(host).matches();
  }

  private static String regex(int character) {
    return switch (character) {
      case '*' -> ".*";
      case '?' -> ".";
      default -> Pattern.quote(Character.toString(character));
    };
  }
}
