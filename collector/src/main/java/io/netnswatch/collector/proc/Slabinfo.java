package io.netnswatch.collector.proc;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code /proc/slabinfo} (mm/slab_common.c). */
public final class Slabinfo {

  private static final Pattern ROW = Pattern.compile("^net_namespace\\s.*$", Pattern.MULTILINE);
  private static final Pattern NET_NAMESPACE = Pattern.compile("net_namespace\\s+(\\d{1,9})\\s.*");

  private Slabinfo() {}

  /**
   * Active objects of the net_namespace cache; null if it has no row (merged slabs).
   *
   * @throws ProcParseException if the row does not begin with a number
   */
  public static @Nullable Integer netNamespaces(String text) throws ProcParseException {
    Matcher row = ROW.matcher(text);
    if (!row.find()) {
      return null;
    }
    Matcher matcher = NET_NAMESPACE.matcher(row.group());
    if (!matcher.matches()) {
      throw new ProcParseException("slabinfo", "net_namespace ACTIVE_OBJECTS …", row.group());
    }
    return Integer.valueOf(matcher.group(1));
  }
}
