package io.netnswatch.detection;

import java.time.Duration;

/**
 * How time is cut.
 *
 * @param windowMs length of the tumbling windows, milliseconds
 * @param graceMs how far behind its host's latest event a record may come, milliseconds
 */
public record DetectionSettings(long windowMs, long graceMs) {

  /** Windows and grace of 5 s each. */
  public static final DetectionSettings DEFAULT =
      new DetectionSettings(Duration.ofSeconds(5).toMillis(), Duration.ofSeconds(5).toMillis());

  public DetectionSettings {
    if (windowMs <= 0 || graceMs < 0) {
      throw new IllegalArgumentException(
          "window must be above 0 ms and grace not negative: " + windowMs + ", " + graceMs);
    }
  }

  /** Start of the window an event time falls into, epoch milliseconds. */
  public long windowStart(long eventTimeMs) {
    return Math.floorDiv(eventTimeMs, windowMs) * windowMs;
  }

  /** End of the last window that a watermark closes, epoch milliseconds. */
  long closedUntil(long latestEventMs) {
    return windowStart(latestEventMs - graceMs);
  }
}
