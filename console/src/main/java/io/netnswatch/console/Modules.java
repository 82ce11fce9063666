package io.netnswatch.console;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * ES modules put into one script. They are written for it: an import is one line and brings names
 * in unchanged, an export stands before a declaration, and top-level names differ between them.
 */
final class Modules {

  private static final Pattern IMPORT = Pattern.compile("(?m)^import .*;\\R");
  private static final Pattern EXPORT = Pattern.compile("(?m)^export ");

  private Modules() {}

  /** One module script of these, each after those that it imports. */
  static String joined(List<String> paths) {
    return paths.stream()
        .map(PageAssets::text)
        .map(source -> EXPORT.matcher(IMPORT.matcher(source).replaceAll("")).replaceAll(""))
        .collect(Collectors.joining());
  }
}
