package io.netnswatch.collector;

import java.time.Duration;
import java.util.Optional;

/** One source of events; its runner owns timing and isolation. All calls come from one thread. */
public interface Source {

  /** Short name for people, e.g. {@code perf}. */
  String name();

  /** Why this source can't work here and what to do, in words; empty if it can. Asked once. */
  Optional<String> unavailable();

  /**
   * One turn; may take longer than the cadence, and then misses turns.
   *
   * @throws Exception if the turn failed; it is logged, counted and tried again at the next one
   * @throws InterruptedException if the collector stops
   */
  void turn(Emitter emitter) throws Exception;

  /**
   * How soon after the begin of the last turn the next is wanted, if sooner than by its cadence.
   * Asked after each turn; the runner grants it as far as the cost of the turns allows.
   */
  default Optional<Duration> wantedWithin() {
    return Optional.empty();
  }

  /**
   * Told once, before the first turn, how to ask for a turn at once; the runner grants it as far as
   * the cost of the turns allows.
   *
   * @param call from any thread
   */
  default void onCall(Runnable call) {}

  /** Ends what the source has begun: processes, namespaces. Called once, after the last turn. */
  default void stop() {}
}
