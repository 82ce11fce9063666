package io.netnswatch.collector.proc;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code /proc/PID/net/sockstat} and {@code sockstat6} (net/ipv4/proc.c, net/ipv6/proc.c): lines
 * {@code FRAG: inuse 0 memory 0} and {@code FRAG6: …}.
 */
public final class Sockstat {

  private static final Pattern LINE = Pattern.compile("^FRAG6?:.*$", Pattern.MULTILINE);
  private static final Pattern FRAGMENTS =
      Pattern.compile("FRAG6?: inuse \\d{1,20} memory (\\d{1,20})\\s*");

  private static final long UNSIGNED_INT_RANGE = 1L << 32;

  private Sockstat() {}

  /**
   * Memory of the fragment queues in bytes, signed: kernels of the affected era print the counter
   * as unsigned 32 bit, so that 4294948864 is -18432. Null if the file has no such line.
   *
   * @throws ProcParseException if the line is malformed or the number exceeds 64 bits
   */
  public static @Nullable Long fragmentMemory(String text) throws ProcParseException {
    Matcher line = LINE.matcher(text);
    if (!line.find()) {
      return null;
    }
    Matcher matcher = FRAGMENTS.matcher(line.group());
    if (!matcher.matches()) {
      throw malformed(line.group());
    }
    try {
      long printed = Long.parseUnsignedLong(matcher.group(1));
      boolean negativeInt = printed > Integer.MAX_VALUE && printed < UNSIGNED_INT_RANGE;
      return negativeInt ? printed - UNSIGNED_INT_RANGE : printed;
    } catch (NumberFormatException e) {
      throw malformed(line.group());
    }
  }

  private static ProcParseException malformed(String line) {
    return new ProcParseException("net/sockstat", "FRAG: inuse N memory N", line);
  }
}
