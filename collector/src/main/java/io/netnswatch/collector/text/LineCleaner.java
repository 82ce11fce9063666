package io.netnswatch.collector.text;

import java.util.regex.MatchResult;
import java.util.regex.Matcher;
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

  /** Tags that web pages leave in what is copied out of their source. */
  private static final Pattern TAG =
      Pattern.compile(
          "</?(?:br|pre|code|p|div|span|li|ul|td|tr|font|blockquote)\\b[^<>]{0,120}>",
          Pattern.CASE_INSENSITIVE);

  /** Marks of lists and tables, and the sign of a patch. */
  private static final Pattern BULLET =
      Pattern.compile("^(?:\\s{0,8}[•‣◦·*]\\s(?=\\s{0,8}\\S)|[|│+]\\s(?=\\s{0,8}\\S)|-\\s(?=\\[))");

  private static final Pattern END_OF_ROW = Pattern.compile("\\s{0,200}\\|\\s{0,8}$");

  /** What makes a line, or its beginning or end, code in Markdown. */
  private static final Pattern INLINE_CODE = Pattern.compile("^\\s{0,3}`(?!`)|(?<!`)`\\s{0,3}$");

  /** What numbers lines, or names the file they were found in, before a kernel's time or a date. */
  private static final Pattern NUMBERED =
      Pattern.compile(
          "^\\s{0,8}(?:[\\w./-]{1,160}[:-])?(?:\\d{1,9}[:.)|-]?\\s{0,4})?(?=(?:<\\d{1,3}>)?\\[ {0,8}\\d{1,9}\\.\\d{1,9}\\]|[A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d )");

  /** What Markdown would read as a mark, escaped: {@code \\[123.4\\] cleanup\\_net}. */
  private static final Pattern ESCAPED_MARK = Pattern.compile("\\\\([\\[\\]_*#<>+(){}.!|-])");

  /** An offset as programs read it that read pictures: the letter for the digit. */
  private static final Pattern MISREAD =
      Pattern.compile("(?<=[\\w.])\\+[O0o]x[0-9a-fOo]{1,8}(?:/[O0o]x[0-9a-fOo]{1,8})?");

  private static final String ANY_CELL = "(?:\"(?:[^\"]|\"\")*+\"|[^\",]*+)";

  private static final Pattern ROW = Pattern.compile("^" + ANY_CELL + "(?:," + ANY_CELL + ")++$");

  private static final Pattern CELL = Pattern.compile("(?:\"((?:[^\"]|\"\")*+)\"|([^\",]++)),?+|,");

  private static final Pattern ELEMENT = Pattern.compile("^\"(?:[^\"\\\\]|\\\\.)*+\",?$");

  private LineCleaner() {}

  /** The line's own text. */
  static String clean(String line) {
    String text = line;
    boolean quoted = false;
    boolean odd = false;
    boolean entity = false;
    boolean fence = false;
    boolean tag = false;
    boolean marked = false;
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
      } else if (c == '<') {
        tag = true;
      } else if (i < 10 && isMark(c)) {
        marked = true;
      }
    }
    if (text.contains("\\_") || text.contains("\\[")) {
      text = ESCAPED_MARK.matcher(text).replaceAll("$1");
    }
    if (odd) {
      text = ESCAPE.matcher(text).replaceAll("");
      text = CONTROL.matcher(text).replaceAll("");
      text = text.replace('\u00a0', ' ').replace("\ufeff", "");
    }
    if (tag) {
      text = TAG.matcher(text).replaceAll("");
    }
    if (entity) {
      text = withoutEntities(text);
      text = text.indexOf('&') >= 0 ? withoutEntities(text) : text; // some escape what is escaped
      text = text.indexOf('<') >= 0 ? TAG.matcher(text).replaceAll("") : text;
      quoted |= text.startsWith(">");
    }
    if (quoted) {
      text = QUOTE.matcher(text).replaceFirst("");
    }
    if (marked) {
      boolean row = text.startsWith("|");
      text = BULLET.matcher(text).replaceFirst("");
      text = row ? END_OF_ROW.matcher(text).replaceFirst("") : text;
    }
    if (fence && !FENCE.matcher(text).matches()) {
      text = INLINE_CODE.matcher(text).replaceAll("");
    }
    if (text.contains("+Ox") || text.contains("/Ox")) {
      text = MISREAD.matcher(text).replaceAll(it -> it.group().replaceAll("[Oo]", "0"));
    }
    int bracket = text.indexOf('[');
    if (!text.isEmpty() && text.charAt(0) != '[' && (bracket > 0 || text.indexOf(':') > 0)) {
      text = NUMBERED.matcher(text).replaceFirst("");
    }
    return fence && FENCE.matcher(text).matches() ? "" : withoutQuotes(text);
  }

  /** A row of CSV as its cells, and a string of an array of JSON. */
  private static String withoutQuotes(String text) {
    String stripped = text.strip();
    boolean opens = stripped.startsWith("\"");
    if (!opens && !stripped.endsWith("\"")) {
      return text;
    }
    if (ROW.matcher(stripped).matches()) {
      return CELL.matcher(stripped).replaceAll(LineCleaner::cell).strip();
    }
    return opens && ELEMENT.matcher(stripped).matches()
        ? stripped
            .substring(1, stripped.lastIndexOf('"'))
            .replace("\\t", "\t")
            .replace("\\\"", "\"")
        : text;
  }

  private static String cell(MatchResult cell) {
    String quoted = cell.group(1);
    String bare = cell.group(2);
    String own = quoted != null ? quoted.replace("\"\"", "\"") : bare == null ? "" : bare;
    return Matcher.quoteReplacement(own + " ");
  }

  private static boolean isMark(char c) {
    return c == '*' || c == '|' || c == '+' || c == '-' || c == '•' || c == '‣' || c == '◦'
        || c == '·' || c == '│';
  }

  private static String withoutEntities(String text) {
    return text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&#x27;", "'")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#34;", "\"")
        .replace("&nbsp;", " ")
        .replace("&amp;", "&");
  }
}
