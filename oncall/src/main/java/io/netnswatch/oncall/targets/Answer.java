package io.netnswatch.oncall.targets;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.Set;

/** What the status of an HTTP answer says of the request. */
final class Answer {

  /**
   * These speak of the moment, or of a configuration that somebody will put right at either end:
   * not of the request. 401 and 403 credentials, 404 a wrong path or a proxy without its server,
   * 408 and 425 timing, 429 too many requests.
   */
  private static final Set<Integer> PASSING = Set.of(401, 403, 404, 407, 408, 421, 425, 429);

  /** Longer than this nobody is left alone, whatever he asks for. */
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(15);

  private Answer() {}

  /**
   * Judges an answer.
   *
   * @param retryAfter the header of this name: seconds, or a date (RFC 9110, 10.2.3)
   * @param text the beginning of the body
   */
  static Outcome of(int status, Optional<String> retryAfter, String text, Instant now) {
    if (status >= 200 && status < 300) {
      return new Outcome.Accepted();
    }
    String why = "HTTP " + status + (text.isBlank() ? "" : ": " + text.strip());
    Duration wait = retryAfter.map(value -> wait(value, now)).orElse(Duration.ZERO);
    if (status >= 500) {
      return new Outcome.Later(true, wait, why);
    }
    if (status < 400 || PASSING.contains(status)) { // redirections are not followed
      return new Outcome.Later(false, wait, why);
    }
    return new Outcome.Refused(why);
  }

  private static Duration wait(String retryAfter, Instant now) {
    Duration wait = parse(retryAfter.strip(), now);
    if (wait.isNegative()) {
      return Duration.ZERO;
    }
    return wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
  }

  /** Zero if it is neither: the back-off has to do. */
  private static Duration parse(String text, Instant now) {
    if (text.matches("\\d{1,9}")) {
      return Duration.ofSeconds(Long.parseLong(text));
    }
    try {
      return Duration.between(
          now, ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException e) {
      return Duration.ZERO;
    }
  }
}
