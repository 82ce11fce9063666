package io.netnswatch.simulator;

import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.SymbolSamples;
import io.netnswatch.schema.TaskOfInterest;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.simulator.TimelineStep.ConditionBegins;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;

/** What a simulation gave, and questions to it. */
record Simulated(List<TelemetryEvent> events) {

  static final Instant START = Instant.parse("2026-03-29T00:30:00Z");

  static Simulated of(long seed, int minutes, HostSpec... hosts) {
    return new Simulated(
        new Simulation(Fleet.of(seed, START, Duration.ofMinutes(minutes), hosts))
            .events()
            .toList());
  }

  /** Ten minutes in a condition, begun at the begin. */
  static Simulated in(Condition condition, SimulatedKernel kernel) {
    return of(1, 10, HostSpec.of("a", new ConditionBegins(0, condition)).withKernel(kernel));
  }

  <T extends SpecificRecord> Stream<T> all(Class<T> kind) {
    return events.stream().map(TelemetryEvent::value).filter(kind::isInstance).map(kind::cast);
  }

  Stream<NetnsLatency> latencies() {
    return all(NetnsLatency.class);
  }

  Stream<PerfSample> samples() {
    return all(PerfSample.class);
  }

  Stream<TaskOfInterest> tasks() {
    return all(ProcSnapshot.class).flatMap(snapshot -> snapshot.getTasksOfInterest().stream());
  }

  /** CPUs spent in each slice on call paths that hold all these frames. */
  List<Double> cpusIn(String... frames) {
    return samples().map(sample -> cpusIn(sample, List.of(frames))).toList();
  }

  private static double cpusIn(PerfSample sample, List<String> frames) {
    long samples =
        sample.getSymbols().stream()
            .map(SymbolSamples::getCallPaths)
            .flatMap(List::stream)
            .filter(path -> path.getFrames().containsAll(frames))
            .mapToLong(path -> path.getSamples())
            .sum();
    return samples / (sample.getFrequencyHz() * (sample.getDurationMs() / 1000.0));
  }
}
