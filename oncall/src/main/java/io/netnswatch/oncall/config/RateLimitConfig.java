package io.netnswatch.oncall.config;

import static io.netnswatch.oncall.config.InvalidSettingException.check;

import io.netnswatch.oncall.alert.RateLimit;
import org.jspecify.annotations.Nullable;

/**
 * {@code rate-limit}, as it is written.
 *
 * @param perMinute requests that may be made in a minute
 * @param burst so many at once; null for as many as in a minute
 */
record RateLimitConfig(int perMinute, @Nullable Integer burst) {

  RateLimitConfig {
    check(perMinute >= 1, "per-minute", "at least 1 is wanted here");
    check(burst == null || burst >= 1, "burst", "at least 1 is wanted here");
  }

  RateLimit rateLimit() {
    return new RateLimit(perMinute, burst == null ? perMinute : burst);
  }
}
