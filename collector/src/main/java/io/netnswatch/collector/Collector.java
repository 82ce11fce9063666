package io.netnswatch.collector;

import io.netnswatch.collector.metrics.BlockedCreations;
import io.netnswatch.collector.metrics.CollectorStatus;
import io.netnswatch.collector.metrics.OwnUsage;
import io.netnswatch.collector.metrics.SourceStatus;
import io.netnswatch.collector.proc.Suspicion;
import io.netnswatch.collector.publish.TelemetryPublisher;
import io.netnswatch.schema.ProcSnapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the sources, each on a thread of its own and in its own cadence, until it is stopped. */
public final class Collector {
  private static final Logger log = LoggerFactory.getLogger(Collector.class);
  private static final Duration CPU_LOOKED_AT_EVERY = Duration.ofSeconds(30);
  private static final int LOOKS_PER_STATUS = 2;

  /** A first turn that hangs, or a broker and a disk that take nothing, hold up no longer. */
  private static final Duration FIRST_EVENT_WITHIN = Duration.ofSeconds(15);

  private static final Duration FIRST_EVENT_LOOKED_FOR_EVERY = Duration.ofMillis(50);

  /** With the publisher's 2.5 s this stays below the 5 s of {@link #stop}. */
  private static final Duration SOURCES_END_WITHIN = Duration.ofSeconds(2);

  private final Duration firstEventWithin;
  private final TelemetryPublisher publisher;
  private volatile @Nullable BlockedCreations blocked;
  private final List<SourceRunner> sources;
  private final LogLimit logLimit = new LogLimit();
  private final CpuWatch cpu;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);

  /** A source and how often it has its turn. */
  public record Scheduled(Source source, Duration every) {}

  /** A collector with the default limit of its CPU use. */
  public Collector(Envelope envelope, TelemetryPublisher publisher, List<Scheduled> scheduled) {
    this(envelope, publisher, scheduled, CpuLimit.DEFAULT_PERCENT);
  }

  /**
   * A collector that has not begun; it closes the publisher in the end.
   *
   * @param cpuLimitPercent of one core, children included; beyond it all intervals are stretched
   */
  public Collector(
      Envelope envelope,
      TelemetryPublisher publisher,
      List<Scheduled> scheduled,
      double cpuLimitPercent) {
    this(envelope, publisher, scheduled, cpuLimitPercent, FIRST_EVENT_WITHIN);
  }

  /** One whose other sources wait so long for the first event of the first. */
  Collector(
      Envelope envelope,
      TelemetryPublisher publisher,
      List<Scheduled> scheduled,
      double cpuLimitPercent,
      Duration firstEventWithin) {
    this.firstEventWithin = firstEventWithin;
    this.publisher = publisher;
    cpu = new CpuWatch(Path.of("/proc"), ProcessHandle.current().pid(), cpuLimitPercent);
    Emitter emitter =
        new Emitter(
            envelope,
            event -> {
              if (event.value() instanceof ProcSnapshot snapshot) {
                blocked = Suspicion.blockedCreations(snapshot).orElse(null);
              }
              publisher.publish(event);
            });
    sources =
        scheduled.stream()
            .map(it -> new SourceRunner(it.source(), it.every(), cpu::stretch, emitter, stopping))
            .toList();
  }

  /**
   * Runs until {@link #stop}. The first source begins at once; the others when its first event has
   * been published or is on disk: what is light and says most goes first, however slow the host.
   */
  public void run() throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    try {
      for (SourceRunner source : sources) {
        if (threads.size() == 1) {
          awaitFirstEvent();
        }
        Thread thread = new Thread(source, "source-" + source.name());
        thread.setDaemon(true);
        thread.start();
        threads.add(thread);
      }
      int looks = 0;
      while (!stopping.await(CPU_LOOKED_AT_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
        cpu.look();
        if (++looks % LOOKS_PER_STATUS == 0) {
          log.info(status());
        }
      }
    } finally {
      end(threads);
      publisher.close();
      log.info("stopped; {}", status());
      stopped.countDown();
    }
  }

  private void awaitFirstEvent() throws InterruptedException {
    long deadline = System.nanoTime() + firstEventWithin.toNanos();
    while (!firstEventIsSettled() && System.nanoTime() < deadline) {
      if (stopping.await(FIRST_EVENT_LOOKED_FOR_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    }
  }

  /** Whether it has been published, is on disk, or will not come. */
  private boolean firstEventIsSettled() {
    SourceStatus first = sources.get(0).measured();
    return first.offBecause() != null
        || first.failedTurns() > 0
        || publisher.spool().events() > 0
        || publisher.published().values().stream().anyMatch(count -> count > 0);
  }

  /**
   * A child in state D keeps its thread: after the limit, for all together, they are left behind.
   */
  private static void end(List<Thread> threads) throws InterruptedException {
    long deadline = System.nanoTime() + SOURCES_END_WITHIN.toNanos();
    threads.forEach(Thread::interrupt);
    for (Thread thread : threads) {
      long leftMs = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      thread.join(Math.max(1, leftMs)); // 0 would be without limit
      if (thread.isAlive()) {
        log.warn("{} does not end, and is left behind", thread.getName());
      }
    }
  }

  /** Asks {@link #run} to end and waits for it, at most 5 s. */
  public void stop() throws InterruptedException {
    stopping.countDown();
    if (!stopped.await(5, TimeUnit.SECONDS)) {
      log.warn("not everything ended within 5 s");
    }
  }

  /** How it is now; from any thread. */
  public CollectorStatus measured() {
    return new CollectorStatus(
        Instant.now(),
        publisher.isAlive(),
        publisher.published(),
        publisher.dropped(),
        publisher.waiting(),
        publisher.spool(),
        publisher.spoolFailure(),
        sources.stream().map(SourceRunner::measured).toList(),
        blocked,
        usage());
  }

  private @Nullable OwnUsage usage() {
    try {
      return OwnUsage.ofThisProcess();
    } catch (IOException e) {
      logLimit.log("usage", () -> log.warn("own CPU and memory can't be read: {}", e.toString()));
      return null;
    }
  }

  /** What has been published, dropped, and how each source is, in words. */
  String status() {
    long spooled = publisher.spool().events();
    return (spooled == 0 ? "" : "in the spool " + spooled + ", ")
        + "published "
        + publisher.published()
        + ", dropped "
        + publisher.dropped()
        + "; "
        + cpu.status()
        + "; "
        + String.join("; ", sources.stream().map(SourceRunner::status).toList());
  }
}
