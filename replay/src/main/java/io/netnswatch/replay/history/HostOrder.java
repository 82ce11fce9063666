package io.netnswatch.replay.history;

import io.netnswatch.collector.spool.EventId;
import io.netnswatch.detection.PartitionPresent;
import io.netnswatch.schema.DeadLetterReason;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Puts each host's events back into the order in which its collector numbered them. Topics tell no
 * order between each other: where timestamps in a partition jump (a collector that delivers hours
 * of its spool among the present of others), merging by timestamp lets one topic of that host run
 * far ahead of another, and what the live application saw together would come late.
 *
 * <p>An event waits for those numbered before it, but not for ever: they may have been dropped, or
 * stand before the range.
 */
final class HostOrder implements EventStream {

  /** In the time that passes in the partition; shorter than what makes a host count as silent. */
  private static final long LONGEST_WAIT_MS = Duration.ofSeconds(100).toMillis();

  /** Of fewer records nobody can tell which host's clock is wrong: it may be the first. */
  private static final int KNOWN_AFTER = 100;

  private static final long LEAD_MS = 3_000;

  private final EventStream source;
  private final Map<String, Host> hosts = new HashMap<>();
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private final Deque<RecordedEvent> ready = new ArrayDeque<>();

  /** What time it is, whatever a host of the future says. */
  private final PartitionPresent present = new PartitionPresent(-1, LEAD_MS, KNOWN_AFTER, 0);

  private long latestMs = Long.MIN_VALUE;
  private long read;

  /** An event that waits since the partition's time was that. */
  private record Waiting(RecordedEvent event, EventId id, long sinceMs) {}

  /** Where a host is in the numbering of a collector's run. */
  private static final class Host {
    private final PriorityQueue<Waiting> waiting = new PriorityQueue<>(BY_NUMBER);
    private long runMs = Long.MIN_VALUE;
    private long next;

    /** The begin of another run is not: more of the one before may be on its way. */
    boolean isNext(EventId id) {
      return runOf(id) == runMs
          ? id.sequence() <= next
          : runMs == Long.MIN_VALUE && id.sequence() == 0;
    }

    boolean isOver(EventId id) {
      return runOf(id) < runMs;
    }

    void passed(EventId id) {
      if (runOf(id) > runMs) {
        runMs = runOf(id);
        next = id.sequence() + 1;
      } else if (runOf(id) == runMs) {
        next = Math.max(next, id.sequence() + 1);
      }
    }
  }

  private static final Comparator<Waiting> BY_NUMBER =
      Comparator.comparingLong((Waiting it) -> runOf(it.id()))
          .thenComparingLong(it -> it.id().sequence());

  private static long runOf(EventId id) {
    return id.collectorStartedAt().toEpochMilli();
  }

  /** Orders the events of that stream; closed with it. */
  HostOrder(EventStream source) {
    this.source = source;
  }

  @Override
  public @Nullable RecordedEvent peek() throws IOException {
    while (ready.isEmpty()) {
      RecordedEvent event = source.peek();
      if (event == null) {
        hosts.values().forEach(host -> release(host, null));
        return ready.peek();
      }
      source.advance();
      long timeMs = present.limit(event.host().hashCode(), event.timeMs());
      latestMs = ++read > KNOWN_AFTER ? Math.max(latestMs, timeMs) : timeMs;
      take(event);
      releaseThoseTooLong();
    }
    return ready.peek();
  }

  @Override
  public void advance() {
    ready.poll();
  }

  private void take(RecordedEvent event) {
    EventId id = EventId.of(event.event().value());
    Host host = hosts.computeIfAbsent(event.event().host(), name -> new Host());
    Waiting it = new Waiting(event, id, latestMs);
    if (host.isNext(id) || host.isOver(id)) {
      pass(host, it);
      releaseNext(host);
    } else {
      host.waiting.add(it);
      waiting.add(it);
    }
  }

  private void pass(Host host, Waiting it) {
    host.passed(it.id());
    ready.add(it.event());
  }

  private void releaseNext(Host host) {
    for (Waiting next = host.waiting.peek();
        next != null && (host.isNext(next.id()) || host.isOver(next.id()));
        next = host.waiting.peek()) {
      pass(host, host.waiting.remove());
    }
  }

  private void releaseThoseTooLong() {
    for (Waiting first = waiting.peek();
        first != null && latestMs - first.sinceMs() > LONGEST_WAIT_MS;
        first = waiting.peek()) {
      waiting.remove();
      Host host = hosts.get(first.event().event().host());
      if (host != null && host.waiting.contains(first)) {
        release(host, first);
      }
    }
  }

  /** Releases what waits, in order, up to that one, or all. */
  private void release(Host host, @Nullable Waiting upTo) {
    while (!host.waiting.isEmpty()
        && (upTo == null || BY_NUMBER.compare(host.waiting.element(), upTo) <= 0)) {
      pass(host, host.waiting.remove());
    }
    releaseNext(host);
  }

  @Override
  public Map<DeadLetterReason, Long> unusable() {
    return source.unusable();
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
