package io.netnswatch.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The files that pages are made of, resources of this package. */
final class PageAssets {

  private PageAssets() {}

  /** A file's text; the path begins at this package or, with a slash, at the root. */
  static String text(String path) {
    try (InputStream in = PageAssets.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException("not in the jar: " + path);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(path, e);
    }
  }

  /** The charting library, with its licence in front. */
  static String charts() {
    return "/*\n" + text("uplot/LICENSE") + "\n*/\n" + text("uplot/uPlot.iife.min.js");
  }

  static boolean exists(String path) {
    return PageAssets.class.getResource(path) != null;
  }
}
