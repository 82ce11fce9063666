package io.netnswatch.collector;

import io.netnswatch.collector.metrics.SourceStatus;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives one source its turns, without drift; what it throws stays here. */
final class SourceRunner implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(SourceRunner.class);

  private final Source source;
  private final long everyNanos;
  private final DoubleSupplier stretch;
  private final Emitter emitter;
  private final CountDownLatch stopping;
  private final Semaphore calls = new Semaphore(0);
  private Allowance allowance = Allowance.full(System.nanoTime());
  private long lastCostNanos;
  private volatile @Nullable String offBecause;
  private final AtomicLong turns = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong turnNanos = new AtomicLong();
  private final LogLimit logLimit = new LogLimit();

  /** Turns of a source; each interval is longer by the factor that is asked for before it. */
  SourceRunner(
      Source source,
      Duration every,
      DoubleSupplier stretch,
      Emitter emitter,
      CountDownLatch stopping) {
    this.stretch = stretch;
    this.source = source;
    this.everyNanos = every.toNanos();
    this.emitter = emitter;
    this.stopping = stopping;
  }

  String name() {
    return source.name();
  }

  @Override
  public void run() {
    try {
      Optional<String> reason = source.unavailable();
      if (reason.isPresent()) {
        offBecause = reason.get();
        log.warn("{}", status());
        return;
      }
      source.onCall(calls::release);
      takeTurns();
    } catch (InterruptedException e) {
      log.debug("{} interrupted to stop", name());
    } catch (RuntimeException | Error e) {
      offBecause = "it failed: " + e;
      log.error("{}", status(), e);
    } finally {
      source.stop();
    }
  }

  private void takeTurns() throws InterruptedException {
    long due = System.nanoTime(); // by the cadence
    long next = due;
    while (awaitTurn(next)) {
      long began = System.nanoTime();
      boolean extra = began < due;
      turn();
      long now = System.nanoTime();
      long interval = (long) (everyNanos * stretch.getAsDouble());
      if (extra) {
        allowance = allowance.spent(lastCostNanos, now);
        due = began + interval;
      } else {
        due += interval;
      }
      long late = now - due;
      if (late > 0) {
        due += (late / interval + 1) * interval; // missed turns are not made up for
      }
      next = due;
      Optional<Duration> wanted = source.wantedWithin();
      if (wanted.isPresent()) {
        next = Math.min(due, extraTurnFrom(began + stretched(wanted.get())));
      }
    }
  }

  /**
   * Waits for a turn that is due then, or for a call.
   *
   * @return whether to take it: not when the collector stops
   */
  private boolean awaitTurn(long due) throws InterruptedException {
    long at = due;
    while (stopping.getCount() > 0) {
      long left = at - System.nanoTime();
      if (left <= 0) {
        calls.drainPermits();
        return true;
      }
      if (calls.tryAcquire(left, TimeUnit.NANOSECONDS)) {
        at = Math.min(at, extraTurnFrom(System.nanoTime()));
      }
    }
    return false;
  }

  /** When a turn beyond the cadence may be taken, not before that time. */
  private long extraTurnFrom(long earliest) {
    long now = System.nanoTime();
    return Math.max(earliest, now + allowance.waitNanos(lastCostNanos, now));
  }

  private long stretched(Duration length) {
    return (long) (length.toNanos() * stretch.getAsDouble());
  }

  private void turn() throws InterruptedException {
    long begin = System.nanoTime();
    long cpu = ThreadCpu.nanos();
    try {
      source.turn(emitter);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      failed.incrementAndGet();
      logLimit.log(
          e.getClass().getName(),
          () ->
              log.warn("{} failed, and is tried again at its next turn: {}", name(), e.toString()));
    }
    turnNanos.addAndGet(System.nanoTime() - begin);
    turns.incrementAndGet();
    lastCostNanos = Math.max(0, ThreadCpu.nanos() - cpu);
  }

  SourceStatus measured() {
    return new SourceStatus(
        name(), offBecause, turns.get(), failed.get(), Duration.ofNanos(turnNanos.get()));
  }

  String status() {
    String reason = offBecause;
    return reason != null
        ? name() + " off because " + reason
        : name() + " on" + (failed.get() == 0 ? "" : ", failed turns " + failed);
  }
}
