package io.netnswatch.collector.text;

import java.util.regex.Pattern;

/** Takes off what terminals, mails and Markdown put around a line. */
final class LineCleaner {

  private static final Pattern ESCAPE =
      Pattern.compile(
          "\\x1b\\[[0-9;?]{0,32}["
              + " -/]?[@-~]|\\x1b\\][^\\x07\\x1b]{0,256}(?:\\x07|\\x1b\\\\)|\\x1b.");

  private static final Pattern CONTROL = Pattern.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f]");
  private static final Pattern QUOTE = Pattern.compile("^(?:[ ]{0,3}> ?){1,16}");
  private static final Pattern FENCE = Pattern.compile("^\\s{0,8}(?:```|~~~)[\\w+-]{0,20}\\s*$");

  private LineCleaner() {}

  /** The line's own text. */
  static String clean(String line) {
    String text = line;
    boolean quoted = false;
    boolean odd = false;
    boolean entity = false;
    boolean fence = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < ' ' && c != '\t') || c == 0x7f || c == '\u00a0' || c == '\ufeff') {
        odd = true;
      } else if (c == '&') {
        entity = true;
      } else if (c == '>' && i < 8) {
        quoted = true;
      } else if (c == '`' || c == '~') {
        fence = true;
      }
    }
    if (odd) {
      text = ESCAPE.matcher(text).replaceAll("");
      text = CONTROL.matcher(text).replaceAll("");
      text = text.replace('\u00a0', ' ').replace("\ufeff", "");
    }
    if (entity) {
      text = withoutEntities(text);
      quoted |= text.startsWith(">");
    }
    if (quoted) {
      text = QUOTE.matcher(text).replaceFirst("");
    }
    return fence && FENCE.matcher(text).matches() ? "" : text;
  }

  private static String withoutEntities(String text) {
    return text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&#x27;", "'")
        .replace("&nbsp;", " ")
        .replace("&amp;", "&");
  }
}
