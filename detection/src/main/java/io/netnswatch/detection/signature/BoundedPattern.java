package io.netnswatch.detection.signature;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression of a signature's, which may take so many steps and no more: some that look
 * harmless, like {@code (a+)+$}, take longer than anybody waits.
 */
public final class BoundedPattern {

  private static final int MAX_LENGTH = 200;

  /** {@code /proc/version} names compilers at length: some distributions' has 300 characters. */
  private static final int MAX_TEXT = 1_024;

  /** Enough for one pass over the longest text with what ordinary expressions go back. */
  private static final int MAX_STEPS = 80_000;

  /** Real ones, and such as a careless expression goes astray on. */
  private static final List<String> TRIALS =
      List.of(
          "4.15.0-213-generic",
          "5.10.0-28-cloud-amd64",
          "3.10.0-1160.102.1.el7.x86_64",
          "#1 SMP Debian 5.10.209-2 (2024-01-31)",
          "#224-Ubuntu SMP Mon Jun 19 13:30:12 UTC 2023",
          "1".repeat(MAX_TEXT),
          "1".repeat(MAX_TEXT - 1) + "!",
          "a".repeat(MAX_TEXT - 1) + "!",
          " ".repeat(MAX_TEXT),
          "1.".repeat(MAX_TEXT / 2),
          "a1-".repeat(MAX_TEXT / 3) + "!");

  private final Pattern pattern;

  private BoundedPattern(Pattern pattern) {
    this.pattern = pattern;
  }

  /**
   * Reads an expression and tries it.
   *
   * @param key what it is, for messages
   * @throws IllegalArgumentException if it is none, or too long, or takes too many steps
   */
  static BoundedPattern parse(String key, String text) {
    Check.that(text.length() <= MAX_LENGTH, key + " is longer than " + MAX_LENGTH + " characters");
    try {
      BoundedPattern parsed = new BoundedPattern(Pattern.compile(text));
      for (String trial : TRIALS) {
        boolean unused = parsed.pattern.matcher(new Counted(trial)).find();
      }
      return parsed;
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          key + " is no regular expression: " + e.getDescription() + ": " + text, e);
    } catch (TooManySteps e) {
      throw new IllegalArgumentException(
          key + " takes too many steps; avoid repetitions within repetitions: " + text, e);
    }
  }

  /** Whether it is found in the text's first part, within the steps it may take. */
  boolean isIn(String text) {
    String first = text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT);
    try {
      return pattern.matcher(new Counted(first)).find();
    } catch (TooManySteps e) {
      return false;
    }
  }

  @Override
  @JsonValue
  public String toString() {
    return pattern.pattern();
  }

  private static final class TooManySteps extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooManySteps() {
      super("too many steps", null, false, false);
    }
  }

  /** Counts how often the expression looks at it. */
  private static final class Counted implements CharSequence {

    private final String text;
    private int steps;

    Counted(String text) {
      this.text = text;
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int index) {
      if (++steps > MAX_STEPS) {
        throw new TooManySteps();
      }
      return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.substring(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
