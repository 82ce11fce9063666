package io.netnswatch.collector.text;

import java.time.LocalDateTime;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Times that lines have by what stands before them: of {@code dmesg -H}, which gives the time since
 * the line before, and of what syslogd writes to terminals, a line below its date. Not thread-safe.
 */
final class EarlierStamp {

  private static final Pattern SINCE = Pattern.compile("^\\[ {1,8}\\+(\\d{1,8})\\.(\\d{6})\\]");

  private static final Pattern ANNOUNCED =
      Pattern.compile(
          "^Message from syslogd@\\S{1,128} at ([A-Z][a-z]{2} +\\d{1,2} \\d\\d:\\d\\d:\\d\\d ).*");

  private final LocalDateTime reference;
  private @Nullable Long atMs;
  private @Nullable LogStamp announced;

  EarlierStamp(LocalDateTime reference) {
    this.reference = reference;
  }

  /** The stamp of a line, which its own prefix may not say. */
  LogStamp of(String text, LogStamp own) {
    Matcher since = text.startsWith("[ ") ? SINCE.matcher(text) : null;
    Long before = atMs;
    if (since != null && since.find() && before != null) {
      long now = before + Long.parseLong(since.group(1)) * 1000 + millis(since.group(2));
      atMs = now;
      return own.and(new LogStamp(null, now, null));
    }
    atMs = own.wallMs() != null ? own.wallMs() : atMs;
    LogStamp above = announced;
    announced = text.isBlank() ? announced : null;
    return above == null ? own : own.and(above);
  }

  private static long millis(String micros) {
    return Long.parseLong(micros) / 1000;
  }

  /** Whether a line does nothing but date the next one. */
  boolean isDate(String text) {
    Matcher date = text.startsWith("Message from ") ? ANNOUNCED.matcher(text) : null;
    if (date == null || !date.matches()) {
      return false;
    }
    announced = LogPrefix.parse(date.group(1), reference).stamp();
    return true;
  }
}
