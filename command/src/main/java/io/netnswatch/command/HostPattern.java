package io.netnswatch.command;

import java.util.Locale;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A pattern for names of hosts: {@code *} stands for any characters, {@code ?} for one; case counts
 * for nothing.
 */
public final class HostPattern {

  private static final int LONGEST = 255;
  private static final Pattern ALLOWED =
      Pattern.compile("[\\w.:*?-]+", Pattern.UNICODE_CHARACTER_CLASS);

  private final String text;
  private final int[] pattern;

  /** For options. */
  static final class Converter implements ITypeConverter<HostPattern> {

    @Override
    public HostPattern convert(String value) {
      try {
        return new HostPattern(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }

  /**
   * It must match a whole name.
   *
   * @throws IllegalArgumentException if no name of a host could match
   */
  public HostPattern(String text) {
    if (text.length() > LONGEST || !ALLOWED.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is no pattern for hosts: a name in which * is any characters and ? is one");
    }
    this.text = text;
    this.pattern = characters(text);
  }

  /**
   * Whether it is the host's name. In at most as many steps as both have characters, multiplied.
   */
  public boolean matches(String host) {
    int[] name = characters(host);
    int at = 0;
    int inPattern = 0;
    int star = -1; // the last one passed, which takes one character more where the rest fails
    int afterStar = 0;
    while (at < name.length) {
      if (inPattern < pattern.length
          && pattern[inPattern] != '*'
          && (pattern[inPattern] == '?' || pattern[inPattern] == name[at])) {
        at++;
        inPattern++;
      } else if (inPattern < pattern.length && pattern[inPattern] == '*') {
        star = inPattern++;
        afterStar = at;
      } else if (star >= 0) {
        inPattern = star + 1;
        at = ++afterStar;
      } else {
        return false;
      }
    }
    while (inPattern < pattern.length && pattern[inPattern] == '*') {
      inPattern++;
    }
    return inPattern == pattern.length;
  }

  @Override
  public String toString() {
    return text;
  }

  private static int[] characters(String text) {
    return text.toLowerCase(Locale.ROOT).codePoints().toArray();
  }
}
