package io.netnswatch.oncall.targets;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Shows that a request comes from who knows the secret, and when: HMAC-SHA256 over id, time and
 * body, as in the specification of <a href="https://www.standardwebhooks.com">Standard
 * Webhooks</a>.
 */
public final class WebhookSignature {

  private static final String ALGORITHM = "HmacSHA256";
  private static final String ENCODED = "whsec_";

  private final SecretKeySpec key;

  /**
   * With this secret.
   *
   * @param hidden {@code whsec_} and base64, or any text, whose UTF-8 bytes are the key
   * @throws IllegalArgumentException if it is empty or no base64
   */
  public WebhookSignature(Secret hidden) {
    String secret = hidden.reveal();
    key =
        new SecretKeySpec(
            secret.startsWith(ENCODED)
                ? Base64.getDecoder().decode(secret.substring(ENCODED.length()))
                : secret.getBytes(UTF_8),
            ALGORITHM);
  }

  /** Headers to send with a request. */
  Map<String, String> headers(String id, Instant now, String body) {
    String timestamp = Long.toString(now.getEpochSecond());
    return Map.of(
        "webhook-id", id,
        "webhook-timestamp", timestamp,
        "webhook-signature", "v1," + sign(id + "." + timestamp + "." + body));
  }

  private String sign(String content) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return Base64.getEncoder().encodeToString(mac.doFinal(content.getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }
}
