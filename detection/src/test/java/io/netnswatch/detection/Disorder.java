package io.netnswatch.detection;

import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.ProcSnapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.apache.avro.specific.SpecificRecord;

/** Arrival in disorder: each event is delayed by less than a limit, some come twice. */
final class Disorder {

  private Disorder() {}

  private record Arrival(long atMs, SpecificRecord event) {}

  static List<SpecificRecord> within(int limitMs, List<SpecificRecord> events, Random random) {
    List<Arrival> arrivals = new ArrayList<>();
    for (SpecificRecord event : events) {
      int copies = random.nextInt(4) == 0 ? 2 : 1;
      for (int i = 0; i < copies; i++) {
        arrivals.add(new Arrival(eventTimeMs(event) + random.nextInt(limitMs), event));
      }
    }
    arrivals.sort(Comparator.comparingLong(Arrival::atMs));
    return arrivals.stream().map(Arrival::event).toList();
  }

  private static long eventTimeMs(SpecificRecord event) {
    if (event instanceof PerfSample sample) {
      return sample.getStartedAt().toEpochMilli() + sample.getDurationMs();
    }
    if (event instanceof NetnsLatency latency) {
      return latency.getObservedAt().toEpochMilli();
    }
    return ((ProcSnapshot) event).getCollectedAt().toEpochMilli();
  }
}
