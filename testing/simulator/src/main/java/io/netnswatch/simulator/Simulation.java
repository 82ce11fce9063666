package io.netnswatch.simulator;

import io.netnswatch.schema.TelemetryEvent;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Makes a fleet's events while they are read; it keeps none. Each stream begins anew, with the same
 * events. Streams are sequential, and of one simulation only one is to be read at a time.
 */
public final class Simulation {
  private final Fleet fleet;
  private final Repertoire repertoire = new Repertoire();

  public Simulation(Fleet fleet) {
    this.fleet = fleet;
  }

  /** All events in the order in which they arrive; memory grows with the hosts, not with time. */
  public Stream<TelemetryEvent> events() {
    List<EventCursor> cursors = fleet.hosts().stream().map(this::cursor).toList();
    return stream(new MergedStreams(cursors));
  }

  /** One host after the other, each in the order of arrival; in constant memory. */
  public Stream<TelemetryEvent> hostByHost() {
    return stream(new HostByHost(fleet.hosts(), this::cursor));
  }

  /** The events of one host, in the order of arrival. */
  public Stream<TelemetryEvent> events(HostSpec host) {
    return stream(cursor(host));
  }

  private EventCursor cursor(HostSpec host) {
    return SimulatedDelivery.of(fleet, host, new HostSimulation(fleet, host, repertoire));
  }

  private static Stream<TelemetryEvent> stream(EventCursor cursor) {
    int ordered = Spliterator.ORDERED | Spliterator.NONNULL;
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(new Events(cursor), ordered), false);
  }

  private static final class Events implements Iterator<TelemetryEvent> {
    private final EventCursor cursor;
    private boolean ahead;
    private boolean ended;

    Events(EventCursor cursor) {
      this.cursor = cursor;
    }

    @Override
    public boolean hasNext() {
      if (!ahead && !ended) {
        ahead = cursor.advance();
        ended = !ahead;
      }
      return ahead;
    }

    @Override
    public TelemetryEvent next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      ahead = false;
      return cursor.event();
    }
  }
}
