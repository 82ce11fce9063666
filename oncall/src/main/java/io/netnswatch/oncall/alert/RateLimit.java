package io.netnswatch.oncall.alert;

import java.time.Duration;
import java.time.Instant;

/**
 * A token bucket.
 *
 * @param perMinute tokens that come in a minute; above 0
 * @param burst how many it holds; at least 1
 */
public record RateLimit(double perMinute, int burst) {

  private static final double MS_PER_MINUTE = 60_000;

  public RateLimit {
    if (!(perMinute > 0) || burst < 1) {
      throw new IllegalArgumentException(
          "a rate above 0 and a burst of at least 1 are needed: " + perMinute + ", " + burst);
    }
  }

  /** A full bucket. */
  Bucket full(Instant now) {
    return new Bucket(this, burst, now);
  }

  /** How full the bucket was at a moment. */
  record Bucket(RateLimit limit, double tokens, Instant at) {

    Bucket at(Instant now) {
      double elapsedMs = Math.max(0, Duration.between(at, now).toMillis());
      double filled = tokens + elapsedMs * limit.perMinute() / MS_PER_MINUTE;
      return new Bucket(limit, Math.min(limit.burst(), filled), now);
    }

    boolean hasToken() {
      return tokens >= 1;
    }

    /** When there will be one. */
    Instant nextToken() {
      double missing = Math.max(0, 1 - tokens);
      return at.plusMillis((long) Math.ceil(missing * MS_PER_MINUTE / limit.perMinute()));
    }

    Bucket take() {
      return new Bucket(limit, tokens - 1, at);
    }
  }
}
