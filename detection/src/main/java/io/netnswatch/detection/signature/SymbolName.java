package io.netnswatch.detection.signature;

import java.util.List;

/** Names of kernel functions as they are compared. */
public final class SymbolName {

  /** What compilers append to clones of a function, also repeatedly: {@code foo.isra.8.part.3}. */
  private static final List<String> COMPILER_SUFFIXES =
      List.of(
          ".isra",
          ".part",
          ".constprop",
          ".cold",
          ".clone",
          ".lto_priv",
          ".llvm",
          ".cfi",
          ".__uniq",
          ".localalias");

  private SymbolName() {}

  /**
   * The function as the source names it: {@code inet_evict_bucket.isra.8} is the same bug, and so
   * is {@code inet_evict_bucket+0x2f/0x110}.
   */
  public static String withoutCompilerSuffix(String symbol) {
    int end = symbol.indexOf('+');
    int dot = symbol.indexOf('.');
    if (dot > 0 && (end < 0 || dot < end) && isCompilerSuffix(symbol, dot)) {
      end = dot;
    }
    return end > 0 ? symbol.substring(0, end) : symbol;
  }

  private static boolean isCompilerSuffix(String symbol, int dot) {
    for (int i = 0; i < COMPILER_SUFFIXES.size(); i++) {
      if (symbol.startsWith(COMPILER_SUFFIXES.get(i), dot)) {
        return true;
      }
    }
    return false;
  }
}
