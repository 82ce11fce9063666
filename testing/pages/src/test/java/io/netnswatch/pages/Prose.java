package io.netnswatch.pages;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Wraps the prose of a page. Tables, headings, code and paragraphs that are narrow enough stay as
 * they are; code within a sentence and links are never broken.
 */
final class Prose {

  static final int WIDTH = 120;

  /** Indentation, and the mark of a list's item or of a quotation. */
  private static final Pattern BEGIN =
      Pattern.compile("^(?<indent>\\s*(?:> ?)*)(?<mark>(?:[-*+]|\\d+[.)])\\s+)?");

  /** A word, with the links and code that it consists of. */
  private static final Pattern WORD =
      Pattern.compile("(?:!?\\[(?:[^]`\\[]|`[^`]*`)*]\\([^)]*\\)|(`+)(?!`).*?(?<!`)\\1(?!`)|\\S)+");

  /** What would be something else at the begin of a line. */
  private static final Pattern MARKUP =
      Pattern.compile("[-*+>|=]|#+|\\d+[.)]|[-=]{2,}|```.*|~~~.*");

  private Prose() {}

  /** The page with all that is too wide wrapped. */
  static String wrap(String page) {
    List<String> out = new ArrayList<>();
    List<String> paragraph = new ArrayList<>();
    String fence = "";
    for (String line : page.split("\n", -1)) {
      String text = line.strip();
      boolean fenced = !fence.isEmpty();
      if (fenced ? text.equals(fence) : text.matches("(`{3,}|~{3,}).*")) {
        flush(paragraph, out);
        fence = fenced ? "" : text.replaceFirst("^(`+|~+).*", "$1");
        out.add(line);
      } else if (fenced || !isProse(line)) {
        flush(paragraph, out);
        out.add(line);
      } else {
        if (beginsItem(line)
            || (!paragraph.isEmpty() && isQuoted(line) != isQuoted(paragraph.get(0)))) {
          flush(paragraph, out);
        }
        paragraph.add(line);
      }
    }
    flush(paragraph, out);
    return String.join("\n", out);
  }

  private static boolean isProse(String line) {
    String text = line.strip();
    return !text.isEmpty()
        && !text.startsWith("|")
        && !text.startsWith("#")
        && !text.startsWith("<")
        && !line.endsWith("  ")
        && !line.endsWith("\\");
  }

  private static boolean beginsItem(String line) {
    Matcher begin = BEGIN.matcher(line);
    return begin.find() && begin.group("mark") != null;
  }

  private static boolean isQuoted(String line) {
    return line.strip().startsWith(">");
  }

  private static void flush(List<String> paragraph, List<String> out) {
    List<String> wrapped = wrapped(paragraph);
    boolean tooWide = paragraph.stream().anyMatch(line -> line.length() > WIDTH);
    out.addAll(tooWide ? wrapped : paragraph);
    paragraph.clear();
  }

  private static List<String> wrapped(List<String> paragraph) {
    if (paragraph.isEmpty()) {
      return List.of();
    }
    Matcher begin = BEGIN.matcher(paragraph.get(0));
    String first = begin.find() ? begin.group() : "";
    String indent = first.substring(0, begin.end("indent"));
    String next = indent + " ".repeat(first.length() - indent.length());
    String text =
        paragraph.stream()
            .map(
                line ->
                    line.substring(BEGIN.matcher(line).results().findFirst().orElseThrow().end()))
            .collect(Collectors.joining(" "));
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder(first);
    int empty = line.length();
    for (String word : WORD.matcher(text).results().map(it -> it.group()).toList()) {
      boolean fits = line.length() + 1 + word.length() <= WIDTH;
      if (line.length() > empty && !fits && !MARKUP.matcher(word).matches()) {
        lines.add(line.toString());
        line = new StringBuilder(next);
        empty = line.length();
      }
      line.append(line.length() > empty ? " " : "").append(word);
    }
    lines.add(line.toString());
    return lines;
  }
}
