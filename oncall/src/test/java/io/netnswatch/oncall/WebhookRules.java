package io.netnswatch.oncall;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.Headers;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** What CloudEvents 1.0 and Standard Webhooks demand of a request. */
final class WebhookRules {

  private static final long TOLERANCE_S = 300;

  private WebhookRules() {}

  static RecordingServer.Judge judge(String secret) {
    return (path, headers, body, json) -> complaint(secret, headers, body, json);
  }

  private static @Nullable String complaint(
      String secret, Headers headers, byte[] body, JsonNode event) {
    if (!String.valueOf(headers.getFirst("Content-Type"))
        .startsWith("application/cloudevents+json")) {
      return "content type";
    }
    for (String required : new String[] {"specversion", "id", "source", "type"}) {
      if (event.path(required).asText().isEmpty()) {
        return required;
      }
    }
    String id = String.valueOf(headers.getFirst("webhook-id"));
    String timestamp = String.valueOf(headers.getFirst("webhook-timestamp"));
    if (Math.abs(Instant.now().getEpochSecond() - Long.parseLong(timestamp)) > TOLERANCE_S) {
      return "old";
    }
    String expected = "v1," + hmac(secret, id + "." + timestamp + "." + new String(body, UTF_8));
    return expected.equals(headers.getFirst("webhook-signature")) ? null : "signature";
  }

  private static String hmac(String secret, String content) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
      return Base64.getEncoder().encodeToString(mac.doFinal(content.getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
