package io.netnswatch.schema;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.InstantSource;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The header of a telemetry record that tells when its collector handed it to Kafka, epoch
 * milliseconds in decimal. Ever increasing within a run, also over the topics: so the topics of a
 * host can be put back into one order, when hours of its spool arrive at once too. The record
 * timestamp can't do that: it is the event time.
 *
 * <p>A record without it is as good as others; it is merged by its timestamp.
 */
public final class SendTime {

  /** Name of the header. */
  public static final String HEADER = "sent_at";

  private static final int MAX_DIGITS = 15;

  private final InstantSource clock;
  private long latestMs;

  /** The send times of one run. */
  public SendTime(InstantSource clock) {
    this.clock = clock;
  }

  /** The value for the next record: the present, or what comes after the value before. */
  public synchronized byte[] next() {
    latestMs = Math.max(clock.millis(), latestMs + 1);
    return Long.toString(latestMs).getBytes(US_ASCII);
  }

  /** Reads a value; empty if there is none, or it is none. */
  public static OptionalLong read(byte @Nullable [] value) {
    if (value == null || value.length == 0 || value.length > MAX_DIGITS) {
      return OptionalLong.empty();
    }
    long ms = 0;
    for (byte digit : value) {
      if (digit < '0' || digit > '9') {
        return OptionalLong.empty();
      }
      ms = 10 * ms + digit - '0';
    }
    return OptionalLong.of(ms);
  }
}
