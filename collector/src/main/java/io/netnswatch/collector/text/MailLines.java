package io.netnswatch.collector.text;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Lines of a mail as it was sent (RFC 2045, quoted-printable): what is too long goes on in the next
 * line behind {@code =}, and some characters are spelled {@code =3D}. Decodes in place.
 */
final class MailLines {

  /** Of a line that goes on in the next one. */
  static final int GOES_ON = -1;

  private static final String HEADER = "content-transfer-encoding:";

  private boolean quoted;
  private int decoded;

  /**
   * Decodes a line, or what is there of it.
   *
   * @return its length; {@link #GOES_ON} if the next line belongs to it: then its bytes so far are
   *     {@link #decoded}
   */
  int decode(byte[] line, int length) {
    if (isHeader(line, length)) {
      quoted =
          new String(line, 0, length, StandardCharsets.UTF_8)
              .toLowerCase(Locale.ROOT)
              .contains("quoted-printable");
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
