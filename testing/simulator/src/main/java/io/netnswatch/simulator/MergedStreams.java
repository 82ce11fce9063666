package io.netnswatch.simulator;

import io.netnswatch.schema.TelemetryEvent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** Many hosts' events in one order of time; at the same moment, in the order of the hosts. */
final class MergedStreams implements EventCursor {

  private record Lane(int number, EventCursor cursor) {
    static final Comparator<Lane> ORDER =
        Comparator.comparingLong((Lane lane) -> lane.cursor().atMs())
            .thenComparingInt(Lane::number);
  }

  private final Queue<Lane> waiting;
  private @Nullable Lane current;

  MergedStreams(List<EventCursor> cursors) {
    List<Lane> lanes = new ArrayList<>(cursors.size());
    for (int i = 0; i < cursors.size(); i++) {
      if (cursors.get(i).advance()) {
        lanes.add(new Lane(i, cursors.get(i)));
      }
    }
    waiting = new PriorityQueue<>(Math.max(1, lanes.size()), Lane.ORDER);
    waiting.addAll(lanes);
  }

  @Override
  public boolean advance() {
    if (current != null && current.cursor().advance()) {
      waiting.add(current);
    }
    current = waiting.poll();
    return current != null;
  }

  @Override
  public long atMs() {
    return lane().cursor().atMs();
  }

  @Override
  public TelemetryEvent event() {
    return lane().cursor().event();
  }

  private Lane lane() {
    Lane lane = current;
    if (lane == null) {
      throw new IllegalStateException("no event");
    }
    return lane;
  }
}
