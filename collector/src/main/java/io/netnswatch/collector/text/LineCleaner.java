package io.netnswatch.collector.text;

import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Takes off what terminals, mails and Markdown put around a line. */
final class LineCleaner {

  private static final Pattern ESCAPE =
      Pattern.compile(
          "\\x1b\\[[0-9;?]{0,32}["
              + " -/]?[@-~]|\\x1b\\][^\\x07\\x1b]{0,256}(?:\\x07|\\x1b\\\\)|\\x1b.");

  /** The same spelled out, or where what shows it took the escape itself: {@code ^[[31m, [0m}. */
  private static final Pattern SPELLED_ESCAPE =
      Pattern.compile(
          "(?:\\^\\[|\\\\(?:0?33|e|x1[bB]|u001[bB]))\\[[0-9;]{0,16}[mK]"
              + "|\\[[0-9]{1,2}(?:;[0-9]{1,3}){0,4}m");

  /** Marks that take no room. */
  private static final Pattern UNSEEN = Pattern.compile("[\\u00ad\\u200b-\\u200f\\u2060]");

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
      Pattern.compile(
          "^(?:\\s{0,8}[•‣◦·*]\\s(?=\\s{0,8}\\S)|[|│+]\\s(?=\\s{0,8}\\S)|-\\s(?=\\[)|\\s{0,8}-\\s(?=\"))");

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

  /** Cells of a row, as exports have them: when, where if it says so, and the message. */
  private static final Pattern TIME_AND_MESSAGE =
      Pattern.compile(
          "^(?<time>\\d{1,9}\\.\\d{3,9}|\\d{4}-\\d\\d-\\d\\d[T ][\\d:.,]{8,18}(?:Z|[+-]\\d\\d:?\\d\\d)?"
              + "|[A-Z][a-z]{2} \\d{1,2}, \\d{4} @ [\\d:.]{8,16})\\s?(?<mark>[;|\\x00])\\s?"
              + "(?:(?<host>[a-zA-Z][\\w.-]{0,62}\\d[\\w.-]{0,62})\\s?\\k<mark>\\s?)?(?<message>[^;|\\x00][^\\x00]*)$");

  private static final Pattern ELEMENT = Pattern.compile("^\"(?:[^\"\\\\]|\\\\.)*+\",?$");

  private static final char CELL_END = 0;

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
      if ((c < ' ' && c != '\t') || c == 0x7f || isOdd(c)) {
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
      text = text.replace('\u00a0', ' ').replace('\u202f', ' ').replace("\ufeff", "");
      text = UNSEEN.matcher(text).replaceAll("");
    }
    if (text.contains("[0m") || text.contains("^[[")) {
      text = SPELLED_ESCAPE.matcher(text).replaceAll("");
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
    String message = text.indexOf(';') > 0 || text.indexOf('|') > 0 ? ofKernel(text) : null;
    return fence && FENCE.matcher(text).matches()
        ? ""
        : message != null ? message : withoutQuotes(text);
  }

  /** The message in the row of a table as loggers write it; null if it is no such row. */
  private static @Nullable String ofKernel(String row) {
    Matcher cells = TIME_AND_MESSAGE.matcher(row);
    if (!cells.matches()) {
      return null;
    }
    String time = cells.group("time");
    String host = cells.group("host");
    String message = cells.group("message").stripTrailing();
    boolean sinceBoot = time.indexOf(' ') < 0 && time.indexOf('T') < 0;
    return (sinceBoot ? "[" + time + "]" : time)
        + (host == null || sinceBoot ? " " : " " + host + " kernel: ")
        + message;
  }

  /** A row of CSV as its cells, and a string of an array of JSON. */
  private static String withoutQuotes(String text) {
    String stripped = text.strip();
    boolean opens = stripped.startsWith("\"");
    if (!opens && !stripped.endsWith("\"")) {
      return text;
    }
    if (ROW.matcher(stripped).matches()) {
      String ended = CELL.matcher(stripped).replaceAll(LineCleaner::cell);
      String cells = ended.substring(0, ended.lastIndexOf(CELL_END));
      String message = ofKernel(cells);
      return message != null ? message : cells.replace(CELL_END, ' ').strip();
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
    return Matcher.quoteReplacement(own + CELL_END);
  }

  private static boolean isOdd(char c) {
    return c == '\u00a0'
        || c == '\u00ad'
        || (c >= '\u200b' && c <= '\u200f')
        || c == '\u202f'
        || c == '\u2060'
        || c == '\ufeff';
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
