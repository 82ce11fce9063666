package io.netnswatch.collector.probe;

import io.netnswatch.collector.CappedText;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs one child process under a time limit and times it to the nanosecond of the clock. */
final class TimedCommand {
  private static final int MAX_STDERR_CHARS = 1024;

  /** Most creations are done by then; one that is not may be blocked. */
  static final Duration SLOW = Duration.ofMillis(1_500);

  private static final Duration OUTPUT_GRACE = Duration.ofMillis(500);

  private final Duration timeLimit;
  private final Duration progressEvery;

  TimedCommand(Duration timeLimit, Duration progressEvery) {
    this.timeLimit = timeLimit;
    this.progressEvery = progressEvery;
  }

  /** Who is told while a command runs. */
  interface Listener {

    /** Once, when it has run for {@link #SLOW}. */
    default void slow() {}

    /** Every {@code progressEvery}, with the milliseconds it has been running. */
    void progress(Started started, double elapsedMs);
  }

  /** A child under way. */
  record Started(long pid, Instant at) {}

  /**
   * A child that has ended.
   *
   * @param exitStatus as Java reports it: 128 + N if signal N ended it
   * @param killed whether it ended by the kill at its time limit
   */
  record Ended(Started started, double latencyMs, int exitStatus, boolean killed, String stderr) {}

  /**
   * Runs the command until it is gone. At the time limit it gets SIGKILL; one that can't be killed
   * (state D) is waited for, however long that takes.
   *
   * @param listener told while it runs
   * @throws IOException if it can't be started
   * @throws InterruptedException if the collector stops; the child has been sent SIGKILL
   */
  Ended run(List<String> command, Listener listener) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("LC_ALL", "C");
    builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    Instant startedAt = Instant.now();
    long begin = System.nanoTime();
    Process child = builder.start();
    try {
      child.getOutputStream().close();
      CappedText stderr = CappedText.of(child.getErrorStream(), MAX_STDERR_CHARS);
      Started started = new Started(child.pid(), startedAt);
      boolean killed = false;
      boolean slow = false;
      long nextProgress = progressEvery.toNanos();
      while (true) {
        long elapsed = System.nanoTime() - begin;
        long wakeAt = killed ? nextProgress : Math.min(nextProgress, timeLimit.toNanos());
        wakeAt = slow ? wakeAt : Math.min(wakeAt, SLOW.toNanos());
        if (child.waitFor(wakeAt - elapsed, TimeUnit.NANOSECONDS)) {
          double latencyMs = (System.nanoTime() - begin) / 1e6;
          return new Ended(
              started, latencyMs, child.exitValue(), killed, stderr.await(OUTPUT_GRACE));
        }
        elapsed = System.nanoTime() - begin;
        if (!slow && elapsed >= SLOW.toNanos()) {
          slow = true;
          listener.slow();
        }
        if (elapsed >= nextProgress) {
          listener.progress(started, elapsed / 1e6);
          nextProgress += progressEvery.toNanos();
        }
        if (!killed && elapsed >= timeLimit.toNanos()) {
          child
              .toHandle()
              .destroyForcibly(); // unlike Process.destroyForcibly, leaves its stderr open
          killed = true;
        }
      }
    } finally {
      child.destroyForcibly();
    }
  }
}
