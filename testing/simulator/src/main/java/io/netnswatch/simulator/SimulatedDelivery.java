package io.netnswatch.simulator;

import io.netnswatch.schema.TelemetryEvent;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** Events in the order in which they arrive: each late by chance, some twice. */
final class SimulatedDelivery implements EventCursor {

  private record Arrival(long atMs, long number, TelemetryEvent event) {
    static final Comparator<Arrival> ORDER =
        Comparator.comparingLong(Arrival::atMs).thenComparingLong(Arrival::number);
  }

  private final EventCursor sent;
  private final int disorderMs;
  private final double duplicates;
  private final Dice dice;
  private final Queue<Arrival> underway = new PriorityQueue<>(Arrival.ORDER);
  private boolean more;
  private long number;
  private @Nullable Arrival current;

  /** The events as they are sent, if there is neither disorder nor duplication. */
  static EventCursor of(Fleet fleet, HostSpec host, EventCursor sent) {
    return fleet.disorderMs() == 0 && fleet.duplicates() == 0
        ? sent
        : new SimulatedDelivery(fleet, Dice.of(fleet.seed(), "delivery of " + host.name()), sent);
  }

  private SimulatedDelivery(Fleet fleet, Dice dice, EventCursor sent) {
    this.sent = sent;
    this.dice = dice;
    disorderMs = fleet.disorderMs();
    duplicates = fleet.duplicates();
    more = sent.advance();
  }

  @Override
  public boolean advance() {
    Arrival first = underway.peek();
    while (more && (first == null || sent.atMs() <= first.atMs())) {
      send();
      if (dice.chance(duplicates)) {
        send();
      }
      more = sent.advance();
      first = underway.peek();
    }
    current = underway.poll();
    return current != null;
  }

  private void send() {
    underway.add(new Arrival(sent.atMs() + dice.between(0, disorderMs), number++, sent.event()));
  }

  @Override
  public long atMs() {
    return arrived().atMs();
  }

  @Override
  public TelemetryEvent event() {
    return arrived().event();
  }

  private Arrival arrived() {
    Arrival arrival = current;
    if (arrival == null) {
      throw new IllegalStateException("no event");
    }
    return arrival;
  }
}
