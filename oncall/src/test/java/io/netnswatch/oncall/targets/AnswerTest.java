package io.netnswatch.oncall.targets;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @ParameterizedTest
  @ValueSource(ints = {200, 202, 204})
  void accepted(int status) {
    assertThat(answer(status, null)).isInstanceOf(Outcome.Accepted.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 410, 413, 415, 422})
  void refusedForGood(int status) {
    assertThat(answer(status, null)).isEqualTo(new Outcome.Refused("HTTP " + status + ": text"));
  }

  @ParameterizedTest
  @CsvSource({"301, false", "401, false", "404, false", "429, false", "500, true", "503, true"})
  void laterAndWhetherItMayHaveArrived(int status, boolean mayHaveArrived) {
    assertThat(answer(status, null))
        .isEqualTo(new Outcome.Later(mayHaveArrived, Duration.ZERO, "HTTP " + status + ": text"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "30|PT30S",
        "Thu, 01 Jan 2026 00:01:00 GMT|PT1M",
        "Wed, 31 Dec 2025 00:01:00 GMT|PT0S",
        "99999|PT15M",
        "soon|PT0S",
        "-5|PT0S",
      })
  void retryAfterIsObeyedWithinReason(String header, Duration wait) {
    assertThat(answer(429, header)).isEqualTo(new Outcome.Later(false, wait, "HTTP 429: text"));
  }

  @Test
  void signatureIsThatOfTheStandardsOwnExample() {
    assertThat(
            new WebhookSignature(new Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
                .headers(
                    "msg_p5jXN8AQM9LWM0D4loKWxJek",
                    Instant.ofEpochSecond(1614265330),
                    "{\"test\": 2432232314}"))
        .containsEntry("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        .containsEntry("webhook-timestamp", "1614265330");
  }

  private static Outcome answer(int status, @org.jspecify.annotations.Nullable String retryAfter) {
    return Answer.of(status, Optional.ofNullable(retryAfter), "text", NOW);
  }
}
