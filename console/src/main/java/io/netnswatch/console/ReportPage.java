package io.netnswatch.console;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The report of a replay as one HTML file. */
public final class ReportPage {

  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{([a-z]+)}}");

  private static final List<String> OWN_MODULES =
      List.of("dom.js", "timeline.js", "incident.js", "lists.js", "report.js");

  private ReportPage() {}

  /**
   * Writes one self-contained HTML file. It needs no network, and its content security policy lets
   * it reach none; what hosts reported is only ever shown as text.
   *
   * @param out gets the text, to be stored as UTF-8; neither flushed nor closed
   * @throws IOException if it can't be written
   */
  public static void write(Report report, Writer out) throws IOException {
    String style = PageAssets.text("uplot/uPlot.min.css") + PageAssets.text("page.css");
    String charts = PageAssets.charts();
    String script = Modules.joined(OWN_MODULES);
    String template = PageAssets.text("report.html");
    Matcher placeholder = PLACEHOLDER.matcher(template);
    int written = 0;
    while (placeholder.find()) {
      out.append(template, written, placeholder.start());
      written = placeholder.end();
      switch (placeholder.group(1)) {
        case "policy" -> out.append(policy(style, charts, script));
        case "title" -> out.append(escaped(report.title()));
        case "style" -> out.append(style);
        case "runbooks" -> writeRunbooks(report, out);
        case "data" -> writeData(report, out);
        case "charts" -> out.append(charts);
        case "script" -> out.append(script);
        default -> throw new IllegalStateException("unknown placeholder: " + placeholder.group());
      }
    }
    out.append(template, written, template.length());
  }

  private static void writeData(Report report, Writer out) throws IOException {
    try (JsonGenerator json = ConsoleJson.mapperForMarkup().createGenerator(out)) {
      json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      json.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
      json.writePOJO(report);
    }
  }

  private static String policy(String style, String... scripts) {
    StringBuilder policy = new StringBuilder("default-src 'none'; script-src");
    for (String script : scripts) {
      policy.append(' ').append(hash(script));
    }
    return policy
        .append("; style-src ")
        .append(hash(style))
        .append("; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'")
        .toString();
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** A page once, however many incidents point to it. */
  private static void writeRunbooks(Report report, Writer out) throws IOException {
    TreeSet<String> names = new TreeSet<>();
    report.incidents().stream()
        .map(history -> RunbookPage.nameFor(history.latest()))
        .flatMap(Optional::stream)
        .forEach(names::add);
    for (String name : names) {
      out.append(RunbookPage.template(name));
    }
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
