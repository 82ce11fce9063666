package io.netnswatch.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.console.HostTimeline;
import io.netnswatch.detection.evidence.Projection;
import io.netnswatch.detection.signature.Signatures;
import io.netnswatch.replay.history.RecordedEvent;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.simulator.Fleet;
import io.netnswatch.simulator.Mix;
import io.netnswatch.simulator.Simulation;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TimelineRecorderTest {

  private static final Mix LIVELOCKS = new Mix(1, 0, 0, 0, 0, 0, 0, 0);

  /** Whatever became of the buckets, none of the peaks is lost. */
  @Test
  void bucketsGrowWithHistoryAndKeepThePeaks() throws Exception {
    Fleet fleet = Fleet.random(5, Instant.parse("2026-11-22T00:00:00Z"), 1, 6, LIVELOCKS);
    List<TelemetryEvent> events = new Simulation(fleet).events().toList();
    Projection projection = new Projection(Signatures.shipped());
    TimelineRecorder recorder = new TimelineRecorder("h");

    for (TelemetryEvent event : events) {
      recorder.add(new RecordedEvent(event, null), projection.of(event.value(), null));
    }

    HostTimeline timeline = recorder.timeline();
    assertThat(timeline.hotCpus().length()).isBetween(361, 720);
    assertThat(timeline.bucket().toMillis() * timeline.hotCpus().length())
        .isGreaterThanOrEqualTo(
            events.get(events.size() - 1).eventTime().toEpochMilli()
                - timeline.start().toEpochMilli());
    double slowest =
        events.stream()
            .filter(event -> event.value() instanceof NetnsLatency)
            .mapToDouble(event -> ((NetnsLatency) event.value()).getLatencyMs())
            .max()
            .orElseThrow();
    assertThat(most(timeline))
        .isCloseTo(slowest, org.assertj.core.data.Percentage.withPercentage(0.1));
  }

  private static double most(HostTimeline timeline) {
    return IntStream.range(0, timeline.creationMs().length())
        .mapToDouble(timeline.creationMs()::at)
        .filter(value -> !Double.isNaN(value))
        .max()
        .orElseThrow();
  }
}
