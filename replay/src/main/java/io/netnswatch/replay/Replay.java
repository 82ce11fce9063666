package io.netnswatch.replay;

import io.netnswatch.detection.DetectionSettings;
import io.netnswatch.detection.HostDetector;
import io.netnswatch.detection.IncidentComposer;
import io.netnswatch.detection.evidence.Evidence;
import io.netnswatch.detection.evidence.Projection;
import io.netnswatch.detection.evidence.QuickLook;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.replay.history.EventStream;
import io.netnswatch.replay.history.History;
import io.netnswatch.replay.history.RecordedEvent;
import io.netnswatch.replay.history.TimeRange;
import io.netnswatch.schema.DeadLetterReason;
import io.netnswatch.schema.Incident;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;

/**
 * The detection over history. All partitions go through event time together, a slice at a time, so
 * that incidents come out in one order whatever the number of threads, and nothing of the past is
 * kept but the states of the hosts.
 */
final class Replay {

  /** What a replay tells while it runs. */
  interface Listener {

    /** An event was judged; called by several threads, for one host by one at a time. */
    default void event(RecordedEvent event, Evidence evidence) {}

    /** A lifecycle step, in order of event time. */
    void incident(Incident incident) throws IOException;

    /** All events before a moment have been judged. */
    default void reached(Instant moment, Totals totals) {}
  }

  /**
   * What a replay came to.
   *
   * @param events events judged
   * @param hosts hosts they were of
   * @param unusable records that could not be used, by reason
   */
  record Totals(long events, int hosts, Map<DeadLetterReason, Long> unusable) {}

  private static final long SLICE_MS = Duration.ofMinutes(10).toMillis();

  /** Before a range, so that what was going on at its begin is known. */
  private static final Duration WARM_UP = Duration.ofMinutes(10);

  private final List<Signature> signatures;
  private final DetectionSettings settings;
  private final IncidentComposer composer;
  private final Predicate<String> hosts;
  private final int threads;

  /**
   * A replay.
   *
   * @param signatures worst first
   * @param hosts which to look at
   * @param threads that judge at once
   */
  Replay(
      List<Signature> signatures,
      DetectionSettings settings,
      IncidentComposer composer,
      Predicate<String> hosts,
      int threads) {
    this.signatures = List.copyOf(signatures);
    this.settings = settings;
    this.composer = composer;
    this.hosts = hosts;
    this.threads = threads;
  }

  /**
   * Judges a range of history: the lifecycle steps whose event time is in it.
   *
   * @throws IOException if history can't be read or the listener fails
   * @throws InterruptedException if it is to stop
   */
  Totals run(History history, TimeRange range, Listener listener)
      throws IOException, InterruptedException {
    ExecutorService workers = Executors.newFixedThreadPool(threads, Replay::worker);
    List<PartitionReplay> partitions = new ArrayList<>();
    try {
      Projection projection = new Projection(signatures);
      HostDetector detector = new HostDetector(signatures, settings, composer);
      TimeRange read = range.widened(WARM_UP, runOut());
      for (EventStream stream : history.streams(read, new QuickLook(signatures))) {
        partitions.add(
            new PartitionReplay(stream, projection, detector, settings, hosts, listener));
      }
      return run(partitions, range, history.isComplete(), workers, listener);
    } finally {
      workers.shutdownNow();
      for (PartitionReplay partition : partitions) {
        partition.close();
      }
    }
  }

  private static Thread worker(Runnable work) {
    Thread thread = new Thread(work, "replay");
    thread.setDaemon(true);
    return thread;
  }

  /** A step is known when its window has been closed, or the host been silent for long. */
  private Duration runOut() {
    return Duration.ofMillis(settings.silenceMs() + 2 * settings.graceMs() + settings.windowMs());
  }

  private static Totals run(
      List<PartitionReplay> partitions,
      TimeRange range,
      boolean complete,
      ExecutorService workers,
      Listener listener)
      throws IOException, InterruptedException {
    InOrder inOrder = new InOrder(range, listener);
    for (long next = firstOf(partitions); next != Long.MAX_VALUE; next = firstOf(partitions)) {
      long untilMs = (Math.floorDiv(next, SLICE_MS) + 1) * SLICE_MS;
      inOrder.add(all(workers, partitions, partition -> partition.advance(untilMs)));
      inOrder.emitBefore(untilMs - SLICE_MS);
      listener.reached(Instant.ofEpochMilli(untilMs), totals(partitions));
    }
    if (complete) {
      inOrder.add(all(workers, partitions, PartitionReplay::finish));
    }
    inOrder.emitBefore(Long.MAX_VALUE);
    return totals(partitions);
  }

  private static long firstOf(List<PartitionReplay> partitions) throws IOException {
    long first = Long.MAX_VALUE;
    for (PartitionReplay partition : partitions) {
      first = Math.min(first, partition.nextMs());
    }
    return first;
  }

  /** Work on one partition. */
  private interface Work {
    List<Incident> on(PartitionReplay partition) throws IOException;
  }

  private static List<Incident> all(
      ExecutorService workers, List<PartitionReplay> partitions, Work work)
      throws IOException, InterruptedException {
    List<Callable<List<Incident>>> tasks = new ArrayList<>();
    partitions.forEach(partition -> tasks.add(() -> work.on(partition)));
    List<Incident> incidents = new ArrayList<>();
    for (Future<List<Incident>> done : workers.invokeAll(tasks)) {
      try {
        incidents.addAll(done.get());
      } catch (ExecutionException e) {
        throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
      }
    }
    return incidents;
  }

  private static Totals totals(List<PartitionReplay> partitions) {
    long events = 0;
    int hosts = 0;
    Map<DeadLetterReason, Long> unusable = new EnumMap<>(DeadLetterReason.class);
    for (PartitionReplay partition : partitions) {
      events += partition.events();
      hosts += partition.hosts();
      partition.unusable().forEach((reason, count) -> unusable.merge(reason, count, Long::sum));
    }
    return new Totals(events, hosts, unusable);
  }
}
