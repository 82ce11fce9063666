package io.netnswatch.collector.proc;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code /proc/slabinfo} (mm/slab_common.c). */
public final class Slabinfo {

  private static final Pattern NET_NAMESPACE =
      Pattern.compile("^net_namespace\\s+(\\d{1,9})\\s", Pattern.MULTILINE);

  private Slabinfo() {}

  /** Active objects of the net_namespace cache; null if it has no row (merged slabs). */
  public static @Nullable Integer netNamespaces(String text) {
    Matcher matcher = NET_NAMESPACE.matcher(text);
    return matcher.find() ? Integer.valueOf(matcher.group(1)) : null;
  }
}
