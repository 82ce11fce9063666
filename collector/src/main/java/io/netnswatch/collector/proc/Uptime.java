package io.netnswatch.collector.proc;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code /proc/uptime} (fs/proc/uptime.c): seconds since boot and idle seconds, two decimals. */
public final class Uptime {

  private static final Pattern SECONDS = Pattern.compile("^(\\d{1,12})\\.(\\d\\d) ");

  private Uptime() {}

  /**
   * Milliseconds since boot, suspended time included.
   *
   * @throws ProcParseException if it does not begin with seconds
   */
  public static long parseMs(String text) throws ProcParseException {
    Matcher seconds = SECONDS.matcher(text);
    if (!seconds.find()) {
      throw new ProcParseException("uptime", "SECONDS.HUNDREDTHS", text);
    }
    return Long.parseLong(seconds.group(1)) * 1000 + Long.parseLong(seconds.group(2)) * 10;
  }
}
