package io.netnswatch.replay;

import io.netnswatch.replay.history.TimeRange;
import io.netnswatch.schema.Incident;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Puts lifecycle steps in the order of event time, those of one moment in the order of their ids,
 * and passes over those outside a range.
 */
final class InOrder {

  /** Step numbers count up within an incident; ids alone would put 10 before 9. */
  static final Comparator<Incident> ORDER =
      Comparator.comparing(Incident::getUpdatedAt)
          .thenComparing(Incident::getIncidentKey)
          .thenComparing(step -> step.getEventId().length())
          .thenComparing(Incident::getEventId);

  private final TimeRange range;
  private final Replay.Listener listener;
  private List<Incident> waiting = new ArrayList<>();

  InOrder(TimeRange range, Replay.Listener listener) {
    this.range = range;
    this.listener = listener;
  }

  void add(List<Incident> incidents) {
    for (Incident incident : incidents) {
      if (range.contains(incident.getUpdatedAt())) {
        waiting.add(incident);
      }
    }
  }

  /** Hands on the steps before that time, epoch milliseconds. */
  void emitBefore(long untilMs) throws IOException {
    waiting.sort(ORDER);
    List<Incident> later = new ArrayList<>();
    for (Incident incident : waiting) {
      if (incident.getUpdatedAt().toEpochMilli() < untilMs) {
        listener.incident(incident);
      } else {
        later.add(incident);
      }
    }
    waiting = later;
  }
}
