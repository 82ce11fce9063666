package io.netnswatch.oncall;

import java.time.Duration;
import java.time.Instant;

/** Wakes who waits for a change. */
final class Signal {

  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  private long count;

  /** How often it has been sent: to be asked for before looking for what there is to do. */
  synchronized long count() {
    return count;
  }

  /** Something has changed. */
  synchronized void send() {
    count++;
    notifyAll();
  }

  /**
   * Waits until it is sent again, or until then; returns after a minute in any case.
   *
   * @param seen how often it had been sent
   */
  synchronized void await(long seen, Instant now, Instant until) throws InterruptedException {
    Duration wait =
        until.isBefore(now.plus(LONGEST_WAIT)) ? Duration.between(now, until) : LONGEST_WAIT;
    long deadline = System.nanoTime() + wait.toNanos();
    long leftMs = wait.toMillis() + 1;
    while (count == seen && leftMs > 0) {
      wait(leftMs);
      leftMs = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
    }
  }
}
