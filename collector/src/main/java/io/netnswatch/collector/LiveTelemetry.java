package io.netnswatch.collector;

import io.netnswatch.collector.Collector.Scheduled;
import io.netnswatch.collector.metrics.SourceStatus;
import io.netnswatch.schema.TelemetryEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Runs sources for a while and keeps their events in memory. */
final class LiveTelemetry {

  /** A command in state D does not end: it is left behind. */
  private static final Duration SOURCES_END_WITHIN = Duration.ofSeconds(2);

  private LiveTelemetry() {}

  /**
   * What came of it.
   *
   * @param events by event time
   * @param sources how each source was
   */
  record Collected(List<TelemetryEvent> events, List<SourceStatus> sources) {}

  /**
   * Collects.
   *
   * @param length for how long
   * @param each told of each event as it comes
   * @param progress told once a second how many events there are
   * @throws InterruptedException if it is to stop
   */
  static Collected collect(
      Envelope envelope,
      List<Scheduled> scheduled,
      Duration length,
      Consumer<TelemetryEvent> each,
      Consumer<Integer> progress)
      throws InterruptedException {
    Queue<TelemetryEvent> events = new ConcurrentLinkedQueue<>();
    CountDownLatch stopping = new CountDownLatch(1);
    Emitter emitter = new Emitter(envelope, each.andThen(events::add));
    List<Thread> threads = new ArrayList<>();
    List<SourceRunner> runners = new ArrayList<>();
    for (Scheduled it : scheduled) {
      SourceRunner runner = new SourceRunner(it.source(), it.every(), () -> 1, emitter, stopping);
      runners.add(runner);
      Thread thread = new Thread(runner, "source-" + runner.name());
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }
    try {
      for (long second = 0; second < length.toSeconds(); second++) {
        if (stopping.await(1, TimeUnit.SECONDS)) {
          break;
        }
        progress.accept(events.size());
      }
    } finally {
      stopping.countDown();
      end(threads);
    }
    return new Collected(
        events.stream().sorted(Comparator.comparing(TelemetryEvent::eventTime)).toList(),
        runners.stream().map(SourceRunner::measured).toList());
  }

  private static void end(List<Thread> threads) throws InterruptedException {
    long deadline = System.nanoTime() + SOURCES_END_WITHIN.toNanos();
    threads.forEach(Thread::interrupt);
    for (Thread thread : threads) {
      long leftMs = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      thread.join(Math.max(1, leftMs)); // 0 would be without limit
    }
  }
}
