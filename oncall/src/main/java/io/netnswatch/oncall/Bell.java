package io.netnswatch.oncall;

import java.time.Duration;
import java.time.Instant;

/** Wakes who waits for a change. */
final class Bell {

  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  private long rings;

  /** How often it has rung: to be asked for before looking for what there is to do. */
  synchronized long rings() {
    return rings;
  }

  /** Something has changed. */
  synchronized void ring() {
    rings++;
    notifyAll();
  }

  /**
   * Waits until it has rung again, or until then; returns after a minute in any case.
   *
   * @param heard how often it had rung
   */
  synchronized void await(long heard, Instant now, Instant until) throws InterruptedException {
    Duration wait =
        until.isBefore(now.plus(LONGEST_WAIT)) ? Duration.between(now, until) : LONGEST_WAIT;
    long deadline = System.nanoTime() + wait.toNanos();
    long leftMs = wait.toMillis() + 1;
    while (rings == heard && leftMs > 0) {
      wait(leftMs);
      leftMs = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
    }
  }
}
