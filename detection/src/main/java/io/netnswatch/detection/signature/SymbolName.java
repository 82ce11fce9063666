package io.netnswatch.detection.signature;

import java.util.regex.Pattern;

/** Names of kernel functions as they are compared. */
public final class SymbolName {

  /** What GCC appends to clones of a function, also repeatedly: {@code foo.isra.8.part.3}. */
  private static final Pattern COMPILER_SUFFIX =
      Pattern.compile("(\\.(isra|part|constprop|cold|lto_priv|llvm)(\\.\\d+)?)+$");

  private SymbolName() {}

  /** The function as the source names it: {@code inet_evict_bucket.isra.8} is the same bug. */
  public static String withoutCompilerSuffix(String symbol) {
    return symbol.indexOf('.') < 0 ? symbol : COMPILER_SUFFIX.matcher(symbol).replaceFirst("");
  }
}
