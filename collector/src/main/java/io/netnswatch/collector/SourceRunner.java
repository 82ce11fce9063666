package io.netnswatch.collector;

import io.netnswatch.collector.metrics.SourceStatus;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives one source its turns, without drift; what it throws stays here. */
final class SourceRunner implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(SourceRunner.class);

  /** Turns beyond the cadence use at most one part of the time in so many: 2.5 %. */
  private static final long EXTRA_TURN_COST = 40;

  private final Source source;
  private final long everyNanos;
  private final DoubleSupplier stretch;
  private final Emitter emitter;
  private final CountDownLatch stopping;
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
      long due = System.nanoTime();
      while (!stopping.await(due - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        long tookNanos = turn();
        long interval = (long) (everyNanos * stretch.getAsDouble());
        long soon = soonNanos(tookNanos);
        if (soon < interval) {
          due = System.nanoTime() + soon;
        } else {
          due += interval;
          long late = System.nanoTime() - due;
          if (late > 0) {
            due += (late / interval + 1) * interval; // missed turns are not made up for
          }
        }
      }
    } catch (InterruptedException e) {
      log.debug("{} interrupted to stop", name());
    } catch (RuntimeException | Error e) {
      offBecause = "it failed: " + e;
      log.error("{}", status(), e);
    } finally {
      source.stop();
    }
  }

  /** After how long the source wants its next turn, as far as it may have it. */
  private long soonNanos(long tookNanos) {
    return source
        .wantedWithin()
        .map(wanted -> Math.max(wanted.toNanos(), tookNanos * EXTRA_TURN_COST))
        .map(soon -> (long) (soon * stretch.getAsDouble()))
        .orElse(Long.MAX_VALUE);
  }

  /** One turn; returns how long it took, in nanoseconds. */
  private long turn() throws InterruptedException {
    long begin = System.nanoTime();
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
    long took = System.nanoTime() - begin;
    turnNanos.addAndGet(took);
    turns.incrementAndGet();
    return took;
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
