package io.netnswatch.qualitygate;

import io.netnswatch.schema.TelemetryEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/** The same events in another order of arrival: each host's are delayed, and some come twice. */
final class Shuffled {

  private Shuffled() {}

  private record Arrival(long atMs, TelemetryEvent event) {}

  /**
   * Shuffles.
   *
   * @param limitMs below which each event is delayed, in its host's time
   */
  static List<TelemetryEvent> within(int limitMs, List<TelemetryEvent> events, Random random) {
    Map<String, List<Arrival>> byHost = new LinkedHashMap<>();
    List<String> turns = new ArrayList<>();
    for (TelemetryEvent event : events) {
      int copies = random.nextInt(10) == 0 ? 2 : 1;
      for (int i = 0; i < copies; i++) {
        long atMs = event.eventTime().toEpochMilli() + random.nextInt(limitMs);
        byHost
            .computeIfAbsent(event.host(), host -> new ArrayList<>())
            .add(new Arrival(atMs, event));
        turns.add(event.host());
      }
    }
    Map<String, Deque<TelemetryEvent>> queues = new LinkedHashMap<>();
    byHost.forEach(
        (host, arrivals) -> {
          arrivals.sort(Comparator.comparingLong(Arrival::atMs));
          queues.put(host, new ArrayDeque<>(arrivals.stream().map(Arrival::event).toList()));
        });
    return turns.stream()
        .map(host -> Objects.requireNonNull(queues.get(host)).removeFirst())
        .toList();
  }
}
