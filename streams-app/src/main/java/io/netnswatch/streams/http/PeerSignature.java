package io.netnswatch.streams.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * How an instance shows another one that it knows the token, and does not show the token: whoever
 * is in the group can say where it is reached, over a line that anybody may read. What is signed is
 * good for one question to one address, for a minute.
 *
 * @param token that both know
 * @param clock tells when it was signed
 */
public record PeerSignature(String token, InstantSource clock) {

  /** Begins the header Authorization. */
  private static final String SCHEME = "Netnswatch-Peer ";

  private static final Duration VALID = Duration.ofMinutes(1);
  private static final String ALGORITHM = "HmacSHA256";

  /**
   * The value of the header Authorization for a question.
   *
   * @param authority HOST:PORT that is asked
   * @param pathAndQuery what it is asked
   */
  public String of(String authority, String pathAndQuery) {
    long seconds = clock.instant().getEpochSecond();
    return SCHEME + seconds + ":" + signed(authority, pathAndQuery, seconds);
  }

  /** Whether a header is what another instance would have sent with that question. */
  public boolean fits(@Nullable String header, String authority, String pathAndQuery) {
    if (header == null || !header.startsWith(SCHEME)) {
      return false;
    }
    String[] parts = header.substring(SCHEME.length()).split(":", 2);
    if (parts.length != 2 || !parts[0].matches("\\d{1,12}")) {
      return false;
    }
    long seconds = Long.parseLong(parts[0]);
    return Math.abs(clock.instant().getEpochSecond() - seconds) <= VALID.toSeconds()
        && MessageDigest.isEqual(
            signed(authority, pathAndQuery, seconds).getBytes(UTF_8), parts[1].getBytes(UTF_8));
  }

  private String signed(String authority, String pathAndQuery, long seconds) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(token.getBytes(UTF_8), ALGORITHM));
      String question = authority + "\n" + pathAndQuery + "\n" + seconds;
      return HexFormat.of().formatHex(mac.doFinal(question.getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }

  /** Without the token. */
  @Override
  public String toString() {
    return SCHEME;
  }
}
