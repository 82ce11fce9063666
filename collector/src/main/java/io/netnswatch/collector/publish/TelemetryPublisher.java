package io.netnswatch.collector.publish;

import io.netnswatch.collector.LogLimit;
import io.netnswatch.collector.publish.Delivery.Outcome;
import io.netnswatch.collector.publish.Delivery.Outcome.Published;
import io.netnswatch.collector.publish.Delivery.Outcome.Refused;
import io.netnswatch.collector.publish.Delivery.Receipt;
import io.netnswatch.collector.spool.Batch;
import io.netnswatch.collector.spool.Partition;
import io.netnswatch.collector.spool.Spool;
import io.netnswatch.collector.spool.SpoolStatus;
import io.netnswatch.command.SettingAtFault;
import io.netnswatch.schema.TelemetryEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes events and brings them to Kafka in their order; who publishes never waits.
 *
 * <p>An event goes straight to Kafka, one at a time, while that takes less than a second. Otherwise
 * it and all that follow go to the spool, until the spool has been delivered. What the disk does
 * not take either waits in a short queue; when that is full, events are dropped and counted.
 */
public final class TelemetryPublisher implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(TelemetryPublisher.class);

  private static final int QUEUE_EVENTS = 64;
  private static final int QUEUE_SPOOLED_FROM = QUEUE_EVENTS / 4;
  private static final int BATCH_EVENTS = 64;
  private static final long SPOOLED_AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long FIRST_BACK_OFF_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long LAST_BACK_OFF_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long SPOOL_RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int LOGGED_CHARACTERS = 200;
  private static final Duration BUSY_WAIT = Duration.ofMillis(250);
  private static final Duration IDLE_WAIT = Duration.ofSeconds(10);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(1);
  private static final Duration CLOSE_LIMIT = Duration.ofMillis(500);

  private final Delivery delivery;
  private final Spool spool;
  private final DropCount dropped;
  private final BlockingQueue<TelemetryEvent> queue = new ArrayBlockingQueue<>(QUEUE_EVENTS);
  private final Map<String, LongAdder> published = new ConcurrentHashMap<>();
  private final LogLimit logLimit = new LogLimit();
  private final Semaphore wake = new Semaphore(0);
  private final ExecutorService sender = Executors.newSingleThreadExecutor(daemon("sender"));
  private final Thread publisher = daemon("publisher").newThread(this::run);
  private volatile boolean stopping;
  private volatile boolean ended;
  private volatile SpoolStatus spoolStatus = SpoolStatus.EMPTY;
  private volatile @Nullable String spoolFailure;

  // Of the thread "publisher" alone.
  private @Nullable Flight flight;
  private boolean spooling;
  private boolean located;
  private long backOffNanos = FIRST_BACK_OFF_NANOS;
  private long deliverFrom = System.nanoTime();
  private long spoolFrom = System.nanoTime();

  /** What the sender is doing: locating, or delivering a batch, or the head of the queue. */
  private record Flight(
      long sinceNanos,
      @Nullable CompletableFuture<Map<Partition, Long>> located,
      @Nullable CompletableFuture<Receipt> receipt,
      @Nullable Batch batch) {

    boolean ofQueue() {
      return receipt != null && batch == null;
    }

    boolean isDone() {
      return located != null ? located.isDone() : receipt != null && receipt.isDone();
    }
  }

  /**
   * Begins at once; closes delivery and spool in the end.
   *
   * @param dropped counts what is lost here; the spool's losses belong in the same
   */
  public TelemetryPublisher(Delivery delivery, Spool spool, DropCount dropped) {
    this.delivery = delivery;
    this.spool = spool;
    this.dropped = dropped;
    publisher.start();
  }

  private static ThreadFactory daemon(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Takes one event; if neither Kafka nor the disk take any, it may be dropped and counted. */
  public void publish(TelemetryEvent event) {
    if (!queue.offer(event)) {
      String failure = spoolFailure;
      dropped.lost(
          failure == null ? "queue full" : "spool unusable",
          1,
          failure == null ? "events come faster than the disk takes them" : failure);
    } else if (ended && queue.remove(event)) {
      dropped.lost("stopped", 1, "it came after the end");
    }
    wake.release();
  }

  private void run() {
    try {
      openSpool();
      while (!stopping) {
        step();
        awaitWork();
      }
      finish();
    } catch (InterruptedException e) {
      log.warn("interrupted", e);
    } catch (RuntimeException e) {
      log.error("events are no longer published", e);
    } finally {
      end();
    }
  }

  /** Once: what earlier runs have left goes before everything of this one, or waits for another. */
  private void openSpool() {
    try {
      spool.open();
      spooling = true;
    } catch (IOException e) {
      spoolFailure = words(e) + "; not tried again before the next start";
      log.warn("without a spool: {}", spoolFailure);
    }
  }

  private void awaitWork() throws InterruptedException {
    boolean idle = flight == null && queue.isEmpty() && spool.isEmpty();
    Duration wait = idle ? IDLE_WAIT : BUSY_WAIT;
    if (wake.tryAcquire(wait.toMillis(), TimeUnit.MILLISECONDS)) {
      wake.drainPermits();
    }
  }

  private void step() {
    Flight landed = flight;
    if (landed != null && landed.isDone()) {
      flight = null;
      land(landed);
    }
    try {
      if (mustSpool()) {
        spoolQueue();
      }
      spool.expire();
      spool.syncIfDue();
      if (flight == null && System.nanoTime() - deliverFrom >= 0) {
        launch();
      }
    } catch (IOException e) {
      failed(e);
    }
    spoolStatus = spool.status();
  }

  // ---- towards Kafka

  private void launch() throws IOException {
    if (!located && !(queue.isEmpty() && spool.isEmpty())) {
      Map<Partition, Long> known = spool.offsets();
      flight = new Flight(System.nanoTime(), submit(() -> delivery.locate(known)), null, null);
    } else if (!spool.isEmpty()) {
      if (stopping) {
        return; // it is safe where it is
      }
      Batch batch = spool.take(BATCH_EVENTS);
      if (!batch.events().isEmpty()) {
        flight = delivering(batch.events(), batch);
      }
    } else {
      TelemetryEvent next = queue.peek();
      if (next != null) {
        flight = delivering(List.of(next), null);
      }
    }
  }

  private Flight delivering(List<TelemetryEvent> events, @Nullable Batch batch) {
    return new Flight(System.nanoTime(), null, submit(() -> delivery.deliver(events)), batch);
  }

  private <T> CompletableFuture<T> submit(Supplier<T> task) {
    CompletableFuture<T> result = CompletableFuture.supplyAsync(task, sender);
    var unused = result.whenComplete((value, failure) -> wake.release());
    return result;
  }

  private void land(Flight landed) {
    try {
      if (landed.located() != null) {
        Map<Partition, Long> offsets = landed.located().join();
        located = true; // also where the disk does not take it: after a crash more is read back
        spool.offsets(offsets);
      } else if (landed.receipt() != null) {
        settle(landed.receipt().join(), landed.batch());
      }
    } catch (IOException e) {
      failed(e);
    } catch (CompletionException e) {
      backOff(e.getCause() == null ? e : e.getCause());
    }
  }

  private void settle(Receipt receipt, @Nullable Batch batch) throws IOException {
    int settled = receipt.outcomes().size();
    Map<Partition, Long> offsets = new HashMap<>(spool.offsets());
    receipt.outcomes().forEach(outcome -> count(outcome, offsets));
    if (receipt.failure() != null) {
      located = located && !receipt.inDoubt();
      backOff(receipt.failure());
    } else {
      backOffNanos = FIRST_BACK_OFF_NANOS;
    }
    if (batch == null && settled == 1) {
      queue.remove();
    }
    if (batch == null) {
      spool.offsets(offsets);
    } else {
      spool.settle(batch, settled, offsets);
      spoolFailure = null;
    }
  }

  private void count(Outcome outcome, Map<Partition, Long> offsets) {
    if (outcome instanceof Published known) {
      published.computeIfAbsent(known.topic(), it -> new LongAdder()).increment();
      Partition at = known.at();
      if (at != null) { // all of a host's records of a topic are in one partition
        offsets.keySet().removeIf(it -> it.topic().equals(at.topic()) && !it.equals(at));
        offsets.put(at, known.offset() + 1);
      }
    } else if (outcome instanceof Refused refused) {
      dropped.lost(refused.reason(), 1, refused.words());
    }
  }

  private void backOff(Throwable failure) {
    deliverFrom = System.nanoTime() + backOffNanos;
    backOffNanos = Math.min(2 * backOffNanos, LAST_BACK_OFF_NANOS);
    if (!stopping) {
      logLimit.log(
          "delivery",
          () ->
              log.warn(
                  "Kafka or the registry takes no events: {}: {}{}",
                  failure.getClass().getSimpleName(),
                  beginning(String.valueOf(failure.getMessage())),
                  SettingAtFault.hint(failure)));
    }
  }

  /** The registry's client puts whole schemas into its messages. */
  private static String beginning(String words) {
    return words.length() <= LOGGED_CHARACTERS
        ? words
        : words.substring(0, LOGGED_CHARACTERS) + "…";
  }

  // ---- towards the disk

  private boolean mustSpool() {
    Flight current = flight;
    long now = System.nanoTime();
    return !spool.isEmpty()
        || (current != null && now - current.sinceNanos() > SPOOLED_AFTER_NANOS)
        || now - deliverFrom < 0
        || queue.size() >= QUEUE_SPOOLED_FROM;
  }

  /** Its head may be in flight, and then is so from the spool. */
  private void spoolQueue() {
    if (!spooling || queue.isEmpty() || System.nanoTime() - spoolFrom < 0) {
      return;
    }
    try {
      for (TelemetryEvent next = queue.peek(); next != null; next = queue.peek()) {
        spool.append(next);
        logLimit.log(
            "spooling", () -> log.info("events go to the spool until Kafka has taken all before"));
        Flight current = flight;
        if (current != null && current.ofQueue()) {
          flight = new Flight(current.sinceNanos(), null, current.receipt(), spool.take(1));
        }
        queue.remove();
      }
      spoolFailure = null;
    } catch (IOException e) {
      spoolFrom = System.nanoTime() + SPOOL_RETRY_NANOS;
      failed(e);
    }
  }

  private void failed(IOException e) {
    spoolFailure = words(e);
    logLimit.log("spool", () -> log.warn("the spool can't be used: {}", spoolFailure));
  }

  private static String words(IOException e) {
    return e.getClass().getSimpleName() + ": " + e.getMessage();
  }

  // ---- the end

  /** What is under way gets a moment; the rest goes to the spool. */
  private void finish() throws InterruptedException {
    long deadline = System.nanoTime() + STOP_LIMIT.toNanos();
    step();
    while (System.nanoTime() - deadline < 0
        && (flight != null || (spool.isEmpty() && !queue.isEmpty()))) {
      if (wake.tryAcquire(20, TimeUnit.MILLISECONDS)) {
        wake.drainPermits();
      }
      step();
    }
    spoolFrom = System.nanoTime();
    spoolQueue();
  }

  private void end() {
    ended = true;
    delivery.close(CLOSE_LIMIT);
    sender.shutdownNow();
    Flight last = flight;
    flight = null;
    if (last != null && last.isDone()) {
      land(last);
    }
    try {
      spool.close();
    } catch (IOException e) {
      failed(e);
    }
    String failure = spoolFailure;
    while (queue.poll() != null) {
      dropped.lost("stopped", 1, failure == null ? "not sent before the end" : failure);
    }
  }

  /**
   * Delivers what is under way for at most 1 s, writes the rest to the spool, and ends within 2.5
   * s.
   */
  @Override
  public void close() {
    stopping = true;
    wake.release();
    try {
      publisher.join(STOP_LIMIT.plus(CLOSE_LIMIT).plusSeconds(1).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- what it tells

  /** Events that the broker has acknowledged, by topic. */
  public Map<String, Long> published() {
    Map<String, Long> sums = new TreeMap<>();
    published.forEach((topic, count) -> sums.put(topic, count.sum()));
    return sums;
  }

  /** Events that are lost, by reason. */
  public Map<String, Long> dropped() {
    return dropped.byReason();
  }

  /** Events that are neither acknowledged nor written to disk yet; a crash would lose them. */
  public int waiting() {
    return queue.size();
  }

  /** What the spool holds. */
  public SpoolStatus spool() {
    return spoolStatus;
  }

  /** Why the disk did not take events when last tried; null if it did. */
  public @Nullable String spoolFailure() {
    return spoolFailure;
  }

  /** Whether it still works. */
  public boolean isAlive() {
    return publisher.isAlive();
  }
}
