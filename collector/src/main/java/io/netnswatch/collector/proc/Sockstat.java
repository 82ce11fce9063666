package io.netnswatch.collector.proc;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code /proc/PID/net/sockstat} and {@code sockstat6} (net/ipv4/proc.c, net/ipv6/proc.c): lines
 * {@code FRAG: inuse 0 memory 0} and {@code FRAG6: …}.
 */
public final class Sockstat {

  private static final Pattern FRAGMENTS =
      Pattern.compile("^FRAG6?: inuse \\d{1,20} memory (\\d{1,20})\\s*$", Pattern.MULTILINE);

  private static final long UNSIGNED_INT_RANGE = 1L << 32;

  private Sockstat() {}

  /**
   * Memory of the fragment queues in bytes, signed: kernels of the affected era print the counter
   * as unsigned 32 bit, so that 4294948864 is -18432. Null if the file has no such line.
   */
  public static @Nullable Long fragmentMemory(String text) {
    Matcher matcher = FRAGMENTS.matcher(text);
    if (!matcher.find()) {
      return null;
    }
    long printed = Long.parseUnsignedLong(matcher.group(1));
    boolean negativeInt = printed > Integer.MAX_VALUE && printed < UNSIGNED_INT_RANGE;
    return negativeInt ? printed - UNSIGNED_INT_RANGE : printed;
  }
}
