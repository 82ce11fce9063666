package io.netnswatch.collector.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Lines of a mail as it was sent (RFC 2045). Quoted-printable: what is too long goes on in the next
 * line behind {@code =}, and some characters are spelled {@code =3D}; it is decoded in place.
 * Base64: lines of both have nothing to do with each other.
 */
final class MailLines {

  /** Of a line that goes on in the next one. */
  static final int GOES_ON = -1;

  private static final String HEADER = "content-transfer-encoding:";

  /** A shorter one that is not the last of its part is none: it may be a word. */
  private static final int SHORTEST_OF_BASE_64 = 16;

  private boolean quoted;
  private boolean base64;
  private int decoded;

  /**
   * Decodes a line, or what is there of it.
   *
   * @return its length; {@link #GOES_ON} if the next line belongs to it: then its bytes so far are
   *     {@link #decoded}
   */
  int decode(byte[] line, int length) {
    if (isHeader(line, length)) {
      String header = new String(line, 0, length, StandardCharsets.UTF_8).toLowerCase(Locale.ROOT);
      quoted = header.contains("quoted-printable");
      base64 = header.contains("base64");
      return length;
    }
    if (!quoted) {
      return length;
    }
    int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
    boolean goesOn = end > 0 && line[end - 1] == '=';
    int to = decoded;
    for (int from = decoded; from < (goesOn ? end - 1 : end); from++) {
      int value =
          line[from] == '=' && from + 2 < end
              ? 16 * Character.digit(line[from + 1], 16) + Character.digit(line[from + 2], 16)
              : -1;
      line[to++] = value >= 0 ? (byte) value : line[from];
      from += value >= 0 ? 2 : 0;
    }
    decoded = goesOn ? to : 0;
    return goesOn ? GOES_ON : to;
  }

  /** What a line of Base64 says; null if it is none. */
  byte @Nullable [] decodeBase64(byte[] line, int length) {
    int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
    boolean last = end > 0 && line[end - 1] == '=';
    if (!base64 || end % 4 != 0 || (end < SHORTEST_OF_BASE_64 && !last)) {
      return null;
    }
    try {
      return Base64.getDecoder().decode(Arrays.copyOf(line, end));
    } catch (IllegalArgumentException e) {
      return null; // a header, or between two parts
    }
  }

  /** Bytes of a line that goes on, as far as it goes. */
  int decoded() {
    return decoded;
  }

  private static boolean isHeader(byte[] line, int length) {
    if (length < HEADER.length()) {
      return false;
    }
    for (int i = 0; i < HEADER.length(); i++) {
      if ((line[i] | 0x20) != (HEADER.charAt(i) | 0x20)) {
        return false;
      }
    }
    return true;
  }
}
