package io.netnswatch.detection;

/**
 * How time is cut.
 *
 * @param windowMs length of the tumbling windows, milliseconds
 * @param graceMs how far behind its host's latest event a record may come, milliseconds
 * @param silenceMs after how long without an event a host counts as silent, milliseconds
 */
public record DetectionSettings(long windowMs, long graceMs, long silenceMs) {

  /** Windows and grace of 2 s each, silence of 2 minutes. */
  public static final DetectionSettings DEFAULT = new DetectionSettings(2_000, 2_000, 120_000);

  public DetectionSettings {
    if (windowMs <= 0 || graceMs < 0 || silenceMs <= windowMs + graceMs) {
      throw new IllegalArgumentException(
          "window must be above 0 ms, grace not negative, silence longer than both together: "
              + windowMs
              + ", "
              + graceMs
              + ", "
              + silenceMs);
    }
  }

  /** The defaults with other windows and grace. */
  public static DetectionSettings of(long windowMs, long graceMs) {
    return new DetectionSettings(windowMs, graceMs, DEFAULT.silenceMs);
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
