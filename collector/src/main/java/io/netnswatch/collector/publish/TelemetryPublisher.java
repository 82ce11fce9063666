package io.netnswatch.collector.publish;

import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.schema.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands events to a producer from a thread of its own; who publishes never waits. */
public final class TelemetryPublisher implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TelemetryPublisher.class);
  private static final int QUEUE_EVENTS = 1_000;
  private static final long LOG_EVERY_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);
  private static final Duration INTERRUPT_LIMIT = Duration.ofMillis(500);

  private final Producer<String, SpecificRecord> producer;
  private final Topics topics;
  private final BlockingQueue<ProducerRecord<String, SpecificRecord>> queue =
      new ArrayBlockingQueue<>(QUEUE_EVENTS);
  private final Map<String, LongAdder> published = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> dropped = new ConcurrentHashMap<>();
  private final Map<String, Long> loggedAt = new ConcurrentHashMap<>();
  private final Thread sender;
  private volatile boolean closing;
  private volatile boolean closed;

  /** Begins at once; closes the producer in the end. */
  public TelemetryPublisher(Producer<String, SpecificRecord> producer, Topics topics) {
    this.producer = producer;
    this.topics = topics;
    sender = new Thread(this::send, "publisher");
    sender.setDaemon(true);
    sender.start();
  }

  /**
   * Takes one event; if the queue is full it is dropped and counted.
   *
   * @throws IllegalArgumentException if its value is no telemetry
   */
  public void publish(TelemetryEvent event) {
    ProducerRecord<String, SpecificRecord> record =
        new ProducerRecord<>(
            topics.topicOf(event.value()),
            null,
            event.eventTime().toEpochMilli(),
            event.host(),
            event.value());
    if (!queue.offer(record)) {
      drop("queue full", "Kafka takes no events, or too slowly");
    } else if (closed && queue.remove(record)) {
      dropUnsent(); // it came after close had emptied the queue
    }
  }

  private void send() {
    try {
      while (!closed && !(closing && queue.isEmpty())) {
        ProducerRecord<String, SpecificRecord> next = queue.poll(200, TimeUnit.MILLISECONDS);
        if (next != null) {
          send(next);
        }
      }
    } catch (InterruptedException e) {
      log.debug("closed while events were queued");
    }
  }

  private void send(ProducerRecord<String, SpecificRecord> event) {
    try {
      var unused =
          producer.send( // its outcome comes through the callback
              event,
              (metadata, refusal) -> {
                if (refusal == null) {
                  published.computeIfAbsent(event.topic(), topic -> new LongAdder()).increment();
                } else {
                  drop(refusal);
                }
              });
    } catch (RuntimeException e) {
      drop(e); // no schema, no metadata, a buffer that stays full: the next event is tried again
    }
  }

  private void drop(Exception refusal) {
    String words =
        refusal instanceof InvalidTimestampException
            ? "the broker refuses the event's time: the clock of this host is wrong, or the broker's"
            : String.valueOf(refusal.getMessage());
    drop(refusal.getClass().getSimpleName(), words);
  }

  private void drop(String reason, String words) {
    LongAdder count = dropped.computeIfAbsent(reason, it -> new LongAdder());
    count.increment();
    loggedAt.compute(
        reason,
        (it, last) -> {
          long now = System.nanoTime();
          if (last != null && now - last < LOG_EVERY_NANOS) {
            return last;
          }
          log.warn("events dropped, {} so far ({}): {}", count.sum(), reason, words);
          return now;
        });
  }

  /** Events that the broker has acknowledged, by topic. */
  public Map<String, Long> published() {
    return sums(published);
  }

  /** Events that are lost, by reason. */
  public Map<String, Long> dropped() {
    return sums(dropped);
  }

  private static Map<String, Long> sums(Map<String, LongAdder> counts) {
    Map<String, Long> sums = new TreeMap<>();
    counts.forEach((name, count) -> sums.put(name, count.sum()));
    return sums;
  }

  /**
   * Sends what is queued, for at most 2.5 s in all. What is not acknowledged then is counted as
   * dropped: what is still queued here, and by its callback what the producer gives up.
   */
  @Override
  public void close() {
    closing = true;
    try {
      sender.join(CLOSE_LIMIT.toMillis());
      closed = true;
      sender.interrupt(); // it may wait for metadata or for the registry
      sender.join(INTERRUPT_LIMIT.toMillis());
    } catch (InterruptedException e) {
      closed = true;
      Thread.currentThread().interrupt();
    }
    producer.close(CLOSE_LIMIT);
    while (queue.poll() != null) {
      dropUnsent();
    }
  }

  private void dropUnsent() {
    drop("stopped", "not sent before the collector stopped");
  }
}
