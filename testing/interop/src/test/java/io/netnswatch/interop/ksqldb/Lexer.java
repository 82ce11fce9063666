package io.netnswatch.interop.ksqldb;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts a script into its tokens. */
final class Lexer {

  /** What a token is. */
  enum Kind {
    WORD,
    QUOTED,
    STRING,
    VARIABLE,
    INTEGER,
    DECIMAL,
    SYMBOL,
    END
  }

  /**
   * A token.
   *
   * @param text words in capitals; quoted names and strings without their quotes
   * @param line counted from 1
   */
  record Token(Kind kind, String text, int line) {
    boolean is(String wanted) {
      return (kind == Kind.WORD || kind == Kind.SYMBOL) && text.equals(wanted);
    }
  }

  private static final Pattern TOKEN =
      Pattern.compile(
          "(?<blank>\\s+|--[^\\n]*|/\\*(?s:.*?)\\*/)"
              + "|(?<string>'(?:[^']|'')*')"
              + "|(?<quoted>`(?:[^`]|``)*`|\"(?:[^\"]|\"\")*\")"
              + "|(?<variable>\\$\\{[A-Za-z_][A-Za-z0-9_]*\\})"
              + "|(?<decimal>\\d+\\.\\d*|\\.\\d+|\\d+(?:\\.\\d*)?[Ee][+-]?\\d+)"
              + "|(?<integer>\\d+)"
              + "|(?<word>[A-Za-z_][A-Za-z0-9_@]*)"
              + "|(?<symbol>->|=>|:=|<=|>=|<>|!=|\\|\\||[-+*/%<>=(),.;\\[\\]])");

  private Lexer() {}

  /** All tokens, and one that says that there are no more. */
  static List<Token> tokens(String script) {
    List<Token> tokens = new ArrayList<>();
    Matcher matcher = TOKEN.matcher(script);
    int at = 0;
    int line = 1;
    while (at < script.length()) {
      if (!matcher.find(at) || matcher.start() != at) {
        throw new RefusedException(
            "line %d: no token: %s"
                .formatted(line, script.substring(at).lines().findFirst().orElse("")));
      }
      String text = matcher.group();
      if (matcher.group("string") != null) {
        tokens.add(new Token(Kind.STRING, unquoted(text), line));
      } else if (matcher.group("quoted") != null) {
        tokens.add(new Token(Kind.QUOTED, unquoted(text), line));
      } else if (matcher.group("variable") != null) {
        tokens.add(new Token(Kind.VARIABLE, text.substring(2, text.length() - 1), line));
      } else if (matcher.group("decimal") != null) {
        tokens.add(new Token(Kind.DECIMAL, text, line));
      } else if (matcher.group("integer") != null) {
        tokens.add(new Token(Kind.INTEGER, text, line));
      } else if (matcher.group("word") != null) {
        tokens.add(new Token(Kind.WORD, text.toUpperCase(Locale.ROOT), line));
      } else if (matcher.group("symbol") != null) {
        tokens.add(new Token(Kind.SYMBOL, text, line));
      }
      line += (int) text.chars().filter(it -> it == '\n').count();
      at = matcher.end();
    }
    tokens.add(new Token(Kind.END, "the end", line));
    return tokens;
  }

  private static String unquoted(String text) {
    String quote = text.substring(0, 1);
    return text.substring(1, text.length() - 1).replace(quote + quote, quote);
  }
}
