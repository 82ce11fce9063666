package io.netnswatch.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.schema.NetnsCommand;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.simulator.TimelineStep.ClockStep;
import io.netnswatch.simulator.TimelineStep.CollectorRestart;
import io.netnswatch.simulator.TimelineStep.ConditionBegins;
import io.netnswatch.simulator.TimelineStep.Reboot;
import io.netnswatch.simulator.TimelineStep.Silence;
import io.netnswatch.simulator.TimelineStep.SourcesLost;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

class SimulationTest {

  private record Run(String host, String bootId, Instant startedAt) {}

  private record Envelope(Run run, long sequence) {}

  @Test
  void theSameSeedGivesTheSameBytes() {
    String first = digest(new Simulation(random(7)).events());

    assertThat(digest(new Simulation(random(7)).events())).isEqualTo(first);
    assertThat(digest(new Simulation(random(8)).events())).isNotEqualTo(first);
  }

  @Test
  void aSimulationCanBeReadAgain() {
    Simulation simulation = new Simulation(random(7));

    String first = digest(simulation.events());

    assertThat(digest(simulation.events())).isEqualTo(first);
  }

  @Test
  void aHostDoesNotDependOnTheRestOfTheFleet() {
    HostSpec a = HostSpec.of("a", new ConditionBegins(60_000, Condition.CLEANUP_LIVELOCK));
    HostSpec b = HostSpec.of("b", new ConditionBegins(30_000, Condition.HEAVY_CHURN));

    Simulated both = Simulated.of(3, 5, b, a);

    assertThat(both.events().stream().filter(event -> event.host().equals("a")))
        .isEqualTo(Simulated.of(3, 5, a).events());
  }

  @Test
  void hostByHostGivesTheSameEvents() {
    Simulation simulation = new Simulation(random(5));

    Map<String, List<TelemetryEvent>> merged =
        simulation.events().collect(Collectors.groupingBy(TelemetryEvent::host));

    Map<String, List<TelemetryEvent>> apart =
        simulation.hostByHost().collect(Collectors.groupingBy(TelemetryEvent::host));
    assertThat(merged).isEqualTo(apart).hasSize(8);
  }

  @Test
  void sequencesOfACollectorRunHaveNoGap() {
    Map<Run, List<Long>> sequences =
        new Simulation(random(7))
            .events()
            .map(event -> envelope(event.value()))
            .distinct()
            .collect(
                Collectors.groupingBy(
                    Envelope::run,
                    LinkedHashMap::new,
                    Collectors.mapping(Envelope::sequence, Collectors.toList())));

    assertThat(sequences).hasSizeGreaterThanOrEqualTo(8);
    sequences.forEach(
        (run, numbers) ->
            assertThat(numbers.stream().sorted())
                .as("%s", run)
                .isEqualTo(LongStream.range(0, numbers.size()).boxed().toList()));
  }

  @Test
  void aHealthyHourHasTheRatesOfTheCadence() {
    Simulated hour = Simulated.of(1, 60, HostSpec.of("a"));

    assertThat(hour.all(ProcSnapshot.class).count()).isBetween(717L, 720L);
    assertThat(hour.samples().count()).isBetween(357L, 360L);
    assertThat(hour.latencies().map(NetnsLatency::getCommand))
        .satisfies(
            commands -> {
              for (NetnsCommand command : NetnsCommand.values()) {
                assertThat(commands).filteredOn(command::equals).hasSizeBetween(357, 360);
              }
            });
  }

  @Test
  void aHealthySampleHasTheSizeOfARealOne() {
    Simulated hour = Simulated.of(1, 60, HostSpec.of("a"));

    double symbols =
        hour.samples().mapToInt(sample -> sample.getSymbols().size()).average().orElseThrow();
    assertThat(symbols).isBetween(20.0, 40.0);
    assertThat(hour.samples())
        .allSatisfy(
            sample -> {
              assertThat(sample.getSymbols())
                  .isSortedAccordingTo(Comparator.comparing(symbol -> -symbol.getSamples()))
                  .anySatisfy(symbol -> assertThat(symbol.getCallPaths()).isNotEmpty());
              assertThat(
                      sample.getIdleCount()
                          + sample.getSymbols().stream().mapToLong(it -> it.getSamples()).sum())
                  .isLessThanOrEqualTo(sample.getSampleCount());
            });
  }

  @Test
  void eventsArriveInOrderOfTimeUnlessDisordered() {
    Simulated orderly = Simulated.of(2, 20, HostSpec.of("a"), HostSpec.of("b"), HostSpec.of("c"));

    assertThat(orderly.events())
        .isSortedAccordingTo(Comparator.comparing(TelemetryEvent::eventTime));
  }

  @Test
  void disorderIsBoundedAndLosesNothing() {
    Fleet orderly = Fleet.of(2, Simulated.START, Duration.ofMinutes(5), HostSpec.of("a"));
    Fleet disordered = new Fleet(2, orderly.start(), orderly.length(), 7_000, 0, orderly.hosts());

    List<TelemetryEvent> arrived = new Simulation(disordered).events().toList();

    List<TelemetryEvent> sent = new Simulation(orderly).events().toList();
    assertThat(arrived).containsExactlyInAnyOrderElementsOf(sent).isNotEqualTo(sent);
    Instant latest = Instant.MIN;
    for (TelemetryEvent event : arrived) {
      assertThat(event.eventTime().plusMillis(7_000)).isAfterOrEqualTo(latest);
      latest = event.eventTime().isAfter(latest) ? event.eventTime() : latest;
    }
  }

  @Test
  void duplicatesAreAsManyAsAskedFor() {
    Fleet once = Fleet.of(2, Simulated.START, Duration.ofHours(2), HostSpec.of("a"));
    Fleet twice = new Fleet(2, once.start(), once.length(), 0, 0.1, once.hosts());

    double ratio =
        (double) new Simulation(twice).events().count() / new Simulation(once).events().count();

    assertThat(ratio).isBetween(1.07, 1.13);
  }

  @Test
  void aRebootBringsANewBootAndAnotherKernel() {
    HostSpec host =
        HostSpec.of(
            "a",
            new ConditionBegins(60_000, Condition.CLEANUP_LIVELOCK),
            new Reboot(300_000, 90_000, SimulatedKernel.of("4.19.10-1.el7.elrepo.x86_64")));

    Simulated simulated = Simulated.of(1, 15, host);

    List<ProcSnapshot> snapshots = simulated.all(ProcSnapshot.class).toList();
    assertThat(snapshots.stream().map(ProcSnapshot::getBootId).distinct()).hasSize(2);
    assertThat(snapshots.stream().map(ProcSnapshot::getKernelRelease).distinct())
        .containsExactly("4.15.1-netns", "4.19.10-1.el7.elrepo.x86_64");
    assertThat(simulated.events())
        .noneMatch(event -> isBetween(event.eventTime(), 300_000, 390_000));
    ProcSnapshot first =
        snapshots.stream()
            .filter(it -> it.getKernelRelease().startsWith("4.19"))
            .findFirst()
            .orElseThrow();
    assertThat(first.getIntervalMs()).isNull();
    assertThat(first.getUptimeMs()).isLessThan(10_000);
    assertThat(first.getTasksOfInterest()).noneMatch(task -> task.getKernelThread());
  }

  @Test
  void aSilentCollectorComesBackAsANewRun() {
    Simulated simulated = Simulated.of(1, 10, HostSpec.of("a", new Silence(120_000, 180_000)));

    assertThat(simulated.events())
        .noneMatch(event -> isBetween(event.eventTime(), 120_000, 300_000))
        .anyMatch(event -> isBetween(event.eventTime(), 300_000, 310_000));
    assertThat(runs(simulated)).hasSize(2);
  }

  @Test
  void aRestartedCollectorRemembersNothing() {
    HostSpec host =
        HostSpec.of(
                "a",
                new ConditionBegins(0, Condition.CLEANUP_LIVELOCK),
                new CollectorRestart(120_000))
            .withOthersCreating();

    Simulated simulated = Simulated.of(1, 5, host);

    List<ProcSnapshot> first =
        simulated.all(ProcSnapshot.class).filter(it -> it.getIntervalMs() == null).toList();
    assertThat(first).hasSize(2);
    assertThat(first.get(1).getTasksOfInterest())
        .filteredOn(task -> task.getState().equals("D"))
        .isNotEmpty()
        .allSatisfy(task -> assertThat(task.getBlockedForMs()).isZero());
    assertThat(runs(simulated)).hasSize(2);
    assertThat(first.get(0).getBootId()).isEqualTo(first.get(1).getBootId());
  }

  @Test
  void aClockStepShiftsWhatIsStampedFromThenOn() {
    HostSpec host = HostSpec.of("a", new ClockStep(120_000, -60_000));

    List<TelemetryEvent> stepped = Simulated.of(1, 10, host).events();

    List<TelemetryEvent> steady = Simulated.of(1, 10, HostSpec.of("a")).events();
    assertThat(stepped).hasSameSizeAs(steady);
    TelemetryEvent last = stepped.get(stepped.size() - 1);
    assertThat(Duration.between(last.eventTime(), steady.get(steady.size() - 1).eventTime()))
        .isEqualTo(Duration.ofMinutes(1));
    assertThat(stepped.get(0)).isEqualTo(steady.get(0));
  }

  @Test
  void lostSourcesSayNothingMore() {
    HostSpec host =
        HostSpec.of(
            "a", new SourcesLost(120_000, Set.of(TelemetrySource.PERF, TelemetrySource.PROBE)));

    Simulated simulated = Simulated.of(1, 10, host);

    assertThat(
            simulated.events().stream().filter(it -> isBetween(it.eventTime(), 120_001, 600_000)))
        .hasSizeGreaterThan(90)
        .allMatch(event -> event.value() instanceof ProcSnapshot);
  }

  private static Fleet random(long seed) {
    return Fleet.random(seed, Simulated.START, 8, 1, Mix.QUALITY_GATE);
  }

  private static boolean isBetween(Instant at, long fromMs, long toMs) {
    return !at.isBefore(Simulated.START.plusMillis(fromMs))
        && at.isBefore(Simulated.START.plusMillis(toMs));
  }

  private static Set<Run> runs(Simulated simulated) {
    return simulated.events().stream()
        .map(event -> envelope(event.value()).run())
        .collect(Collectors.toSet());
  }

  private static Envelope envelope(SpecificRecord value) {
    if (value instanceof ProcSnapshot it) {
      return new Envelope(
          new Run(it.getHost(), it.getBootId(), it.getCollectorStartedAt()), it.getSequence());
    }
    if (value instanceof PerfSample it) {
      return new Envelope(
          new Run(it.getHost(), it.getBootId(), it.getCollectorStartedAt()), it.getSequence());
    }
    NetnsLatency it = (NetnsLatency) value;
    return new Envelope(
        new Run(it.getHost(), it.getBootId(), it.getCollectorStartedAt()), it.getSequence());
  }

  private static String digest(Stream<TelemetryEvent> events) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      events.forEach(event -> digest.update(bytes(event.value())));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] bytes(SpecificRecord value) {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
      new SpecificDatumWriter<SpecificRecord>(value.getSchema()).write(value, encoder);
      encoder.flush();
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
