package io.netnswatch.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.simulator.TimelineStep.ClockStep;
import io.netnswatch.simulator.TimelineStep.ConditionBegins;
import io.netnswatch.simulator.TimelineStep.Reboot;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class FleetTest {

  @Test
  void labelsAreWhatTheTimelinesSay() {
    HostSpec a =
        HostSpec.of(
            "a",
            new ConditionBegins(60_000, Condition.FRAGMENT_IMBALANCE),
            new ConditionBegins(120_000, Condition.CLEANUP_LIVELOCK),
            new Reboot(300_000, 60_000, SimulatedKernel.of("4.19.10")),
            new ClockStep(400_000, 5_000),
            new ConditionBegins(500_000, Condition.LOADED_HOST));

    Fleet fleet = Fleet.of(1, Simulated.START, Duration.ofMinutes(10), a, HostSpec.of("healthy"));

    assertThat(fleet.labels())
        .containsExactly(
            label("4.15.1-netns", Condition.FRAGMENT_IMBALANCE, 60, 120),
            label("4.15.1-netns", Condition.CLEANUP_LIVELOCK, 120, 300),
            label("4.19.10", Condition.LOADED_HOST, 505, 605));
  }

  @Test
  void aRandomFleetHasLivelocksOnlyWhereTheyCanBe() {
    Fleet fleet = Fleet.random(1, Simulated.START, 400, 5, Mix.QUALITY_GATE);

    List<Label> livelocks =
        fleet.labels().stream().filter(label -> label.condition().isCleanupLivelock()).toList();
    assertThat(livelocks).hasSizeGreaterThan(100);
    assertThat(livelocks.stream().map(Label::kernelRelease).distinct())
        .containsExactlyInAnyOrder(
            "4.15.1-netns", "4.14.70", "4.16.13-1.el7.elrepo.x86_64", "4.15.0-20-generic");
  }

  @Test
  void aRandomFleetMeetsEverything() {
    Fleet fleet = Fleet.random(1, Simulated.START, 400, 5, Mix.QUALITY_GATE);

    assertThat(fleet.labels().stream().map(Label::condition).collect(Collectors.toSet()))
        .hasSize(Condition.values().length - 2)
        .doesNotContain(Condition.HEALTHY, Condition.TROUBLE);
    assertThat(fleet.hosts())
        .anyMatch(host -> host.sources().size() < TelemetrySource.values().length)
        .anyMatch(host -> !host.visibility().callPaths())
        .anyMatch(HostSpec::othersCreate)
        .anyMatch(host -> host.clockOffsetMs() < 0)
        .anyMatch(host -> host.clockOffsetMs() > 0);
    assertThat(fleet.disorderMs()).isEqualTo(Mix.QUALITY_GATE.disorderMs());
  }

  @Test
  void aRandomFleetIsDecidedByItsSeed() {
    Fleet first = Fleet.random(1, Simulated.START, 50, 2, Mix.QUALITY_GATE);

    assertThat(Fleet.random(1, Simulated.START, 50, 2, Mix.QUALITY_GATE)).isEqualTo(first);
    assertThat(Fleet.random(2, Simulated.START, 50, 2, Mix.QUALITY_GATE)).isNotEqualTo(first);
  }

  @Test
  void aLargeFleetIsReadWithoutKeepingIt() {
    Fleet fleet = Fleet.random(1, Simulated.START, 2_000, 24, Mix.QUALITY_GATE);

    List<Instant> begun =
        new Simulation(fleet).events().limit(50_000).map(event -> event.eventTime()).toList();

    assertThat(begun).hasSize(50_000);
  }

  private static Label label(String kernel, Condition condition, long fromS, long toS) {
    return new Label(
        "a",
        kernel,
        condition,
        Simulated.START.plusSeconds(fromS),
        Simulated.START.plusSeconds(toS));
  }
}
