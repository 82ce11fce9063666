package io.netnswatch.oncall.alert;

import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A pattern for names of hosts: {@code *} stands for any characters, {@code ?} for one; case counts
 * for nothing.
 */
public final class HostGlob {

  private final Pattern pattern;

  /** It must match a whole name. */
  public HostGlob(String glob) {
    pattern =
        Pattern.compile(
            glob.codePoints().mapToObj(HostGlob::regex).collect(Collectors.joining()),
            Pattern.CASE_INSENSITIVE);
  }

  boolean matches(String host) {
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
