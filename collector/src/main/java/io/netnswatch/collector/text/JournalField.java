package io.netnswatch.collector.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A line of {@code journalctl -o export}, {@code -o verbose} or {@code -o json-pretty}, which write
 * a field a line.
 *
 * @param name of the field; empty at the head of an entry
 * @param value null if it is of no text
 */
record JournalField(String name, @Nullable String value) {

  private static final Pattern FIELD =
      Pattern.compile("^\\s{0,8}(_{0,2}[A-Z][A-Z0-9_]{2,63})=(.{0,8192})$");

  private static final Pattern PRETTY =
      Pattern.compile(
          "^\\s{0,8}\"(_{0,2}[A-Z][A-Z0-9_]{2,63})\"\\s?:\\s?(?:\"(.{0,8192})\"|.{0,512}),?$");

  /** The head of an entry of {@code -o verbose}. */
  private static final Pattern HEAD =
      Pattern.compile("^[A-Z][a-z]{2} \\d{4}-\\d\\d-\\d\\d .{8,40} \\[s=[0-9a-f]+;.*\\]$");

  /** Null if it is no such line. */
  static @Nullable JournalField parse(String line) {
    Matcher field = FIELD.matcher(line);
    if (field.matches()) {
      return new JournalField(field.group(1), field.group(2));
    }
    Matcher pretty = PRETTY.matcher(line);
    if (pretty.matches()) {
      String text = pretty.group(2);
      return new JournalField(
          pretty.group(1),
          text == null
              ? null
              : text.replace("\\t", "\t").replace("\\\"", "\"").replace("\\\\", "\\"));
    }
    return HEAD.matcher(line).matches() ? new JournalField("", null) : null;
  }

  /** A cheap look that lets all through that may be one. */
  static boolean mayBe(String line) {
    return line.contains("MESSAGE")
        || line.startsWith("_")
        || line.startsWith("    _")
        || line.startsWith("\t\"")
        || line.contains("[s=")
        || line.contains("SYSLOG_")
        || line.contains("PRIORITY");
  }
}
