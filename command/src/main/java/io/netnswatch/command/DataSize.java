package io.netnswatch.command;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * An amount of memory or disk, written as {@code 64MiB}; a number alone counts MiB, everywhere.
 *
 * @param bytes how many
 */
public record DataSize(long bytes) implements Comparable<DataSize> {

  private static final Pattern TEXT = Pattern.compile("(\\d{1,9})(b|kib|mib|gib)?");
  private static final int KIB = 10;
  private static final int MIB = 20;
  private static final int GIB = 30;

  /** For options. */
  static final class Converter implements ITypeConverter<DataSize> {

    @Override
    public DataSize convert(String value) {
      try {
        return parse(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }

  /** So many MiB. */
  public static DataSize ofMebibytes(long count) {
    return new DataSize(count << MIB);
  }

  /**
   * Reads a number and its unit; a number alone counts MiB.
   *
   * @throws IllegalArgumentException if it is none; says what one looks like
   */
  public static DataSize parse(String text) {
    Matcher parts = TEXT.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is no size: a number and B, KiB, MiB or GiB, as in 64MiB");
    }
    long count = Long.parseLong(parts.group(1));
    String unit = parts.group(2) == null ? "mib" : parts.group(2);
    return new DataSize(
        switch (unit) {
          case "b" -> count;
          case "kib" -> count << KIB;
          case "mib" -> count << MIB;
          default -> count << GIB;
        });
  }

  @Override
  public int compareTo(DataSize other) {
    return Long.compare(bytes, other.bytes);
  }

  /** In the greatest unit of which it is a whole number; {@link #parse} reads it. */
  @Override
  public String toString() {
    if (bytes == 0 || bytes % (1L << KIB) != 0) {
      return bytes + "B";
    }
    if (bytes % (1L << MIB) != 0) {
      return (bytes >> KIB) + "KiB";
    }
    return bytes % (1L << GIB) == 0 ? (bytes >> GIB) + "GiB" : (bytes >> MIB) + "MiB";
  }
}
