package io.netnswatch.console;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The live console as files for an HTTP server: a page at {@code /} and what it loads. The page
 * fetches all it shows from {@code /api} of the same server; see the README of this module.
 */
public final class ConsolePage {

  /**
   * Headers of every file. The policy lets the page run the server's own scripts, ask the server
   * that it came from, and nothing else.
   */
  public static final Map<String, String> HEADERS =
      Map.of(
          "Content-Security-Policy",
          "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
              + " img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
              + " require-trusted-types-for 'script'",
          "Referrer-Policy",
          "no-referrer",
          "X-Content-Type-Options",
          "nosniff",
          "Cross-Origin-Opener-Policy",
          "same-origin",
          "Cross-Origin-Resource-Policy",
          "same-origin",
          "Cache-Control",
          "no-cache");

  private static final String SCRIPT = "text/javascript; charset=utf-8";
  private static final String STYLE = "text/css; charset=utf-8";

  private static final List<String> MODULES =
      List.of(
          "dom.js",
          "timeline.js",
          "incident.js",
          "lists.js",
          "api.js",
          "rows.js",
          "fleet.js",
          "flame.js",
          "host.js",
          "console.js");

  /**
   * A file.
   *
   * @param contentType as in HTTP
   * @param text its content, to be sent as UTF-8
   */
  public record File(String contentType, String text) {}

  private final Map<String, File> files = new HashMap<>();

  /** Reads the files from the jar. */
  public ConsolePage() {
    files.put("/", new File("text/html; charset=utf-8", page()));
    files.put("/assets/page.css", new File(STYLE, PageAssets.text("page.css")));
    files.put("/assets/console.css", new File(STYLE, PageAssets.text("console.css")));
    files.put("/assets/uPlot.css", new File(STYLE, PageAssets.text("uplot/uPlot.min.css")));
    files.put("/assets/uPlot.js", new File(SCRIPT, PageAssets.charts()));
    files.put("/assets/icon.svg", new File("image/svg+xml", PageAssets.text("icon.svg")));
    MODULES.forEach(it -> files.put("/assets/" + it, new File(SCRIPT, PageAssets.text(it))));
  }

  /** The file at a path; empty if there is none. */
  public Optional<File> file(String path) {
    return Optional.ofNullable(files.get(path));
  }

  /** The page with every shipped runbook in it. */
  private static String page() {
    StringBuilder runbooks = new StringBuilder();
    RunbookPage.names().forEach(name -> runbooks.append(RunbookPage.template(name)));
    return PageAssets.text("console.html").replace("{{runbooks}}", runbooks);
  }
}
