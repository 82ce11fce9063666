package io.netnswatch.collector.kmsg;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A record of {@code /dev/kmsg} (Documentation/ABI/testing/dev-kmsg): {@code
 * 6,339,5140900,-,caller=T1;message}, then lines of properties. Its message may have lines; what is
 * no printable character stands as {@code \xNN}.
 *
 * @param sequence counts the records of a boot
 * @param uptimeUs when it was logged, by the kernel's local clock, microseconds since boot
 * @param caller task or CPU that printed it; null if the kernel does not say
 * @param message the text
 */
record KmsgRecord(long sequence, long uptimeUs, @Nullable String caller, String message) {

  private static final Pattern RECORD =
      Pattern.compile("^(\\d{1,10}),(\\d{1,19}),(\\d{1,18}),[^;]{0,200};", Pattern.DOTALL);

  private static final Pattern CALLER = Pattern.compile(",caller=([TC]\\d{1,9})\\b");
  private static final Pattern ESCAPE = Pattern.compile("\\\\x([0-9a-f]{2})");

  /** Null if it is malformed. */
  static @Nullable KmsgRecord parse(String text) {
    Matcher record = RECORD.matcher(text);
    if (!record.find()) {
      return null;
    }
    Matcher caller = CALLER.matcher(record.group());
    String rest = text.substring(record.end());
    int properties = rest.indexOf("\n ");
    String message = (properties < 0 ? rest : rest.substring(0, properties)).stripTrailing();
    try {
      return new KmsgRecord(
          Long.parseLong(record.group(2)),
          Long.parseLong(record.group(3)),
          caller.find() ? caller.group(1) : null,
          message.indexOf('\\') < 0
              ? message
              : ESCAPE
                  .matcher(message)
                  .replaceAll(
                      it ->
                          Matcher.quoteReplacement(
                              String.valueOf((char) Integer.parseInt(it.group(1), 16)))));
    } catch (NumberFormatException e) {
      return null; // more than 64 bits
    }
  }
}
