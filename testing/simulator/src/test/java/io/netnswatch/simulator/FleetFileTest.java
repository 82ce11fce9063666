package io.netnswatch.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netnswatch.simulator.TimelineStep.ClockStep;
import io.netnswatch.simulator.TimelineStep.CollectorRestart;
import io.netnswatch.simulator.TimelineStep.ConditionBegins;
import io.netnswatch.simulator.TimelineStep.Reboot;
import io.netnswatch.simulator.TimelineStep.Silence;
import io.netnswatch.simulator.TimelineStep.SourcesLost;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FleetFileTest {

  @Test
  void readsEveryKey() {
    Fleet fleet =
        FleetFile.parse(
            "all",
            """
            seed: 7
            start: 2026-03-29T00:30:00Z
            length_s: 900
            disorder_ms: 1500
            duplicates: 0.25
            hosts:
              - name: node-1
                cpus: 128
                kernel: 4.15.0-20-generic
                kernel_version: "Linux version 4.15.0-20-generic (buildd) #21-Ubuntu SMP"
                sources: [PROC, PERF]
                call_paths: false
                kernel_symbols: false
                stacks: false
                wchan: false
                compiler_suffixes: true
                others_create: true
                clock_offset_ms: -30000
                snapshot_every_ms: 2000
                perf_every_ms: 20000
                perf_slice_ms: 3000
                perf_frequency_hz: 49
                probe_every_ms: 15000
                probe_limit_ms: 60000
                timeline:
                  - {at_s: 0.5, condition: CLEANUP_LIVELOCK}
                  - {at_s: 60, silent_s: 30}
                  - {at_s: 100, collector_restart: true}
                  - {at_s: 110, clock_step_ms: -5000}
                  - {at_s: 120, sources_lost: [PERF]}
                  - {at_s: 600, reboot_s: 90, kernel: 4.19.10-1.el7.elrepo.x86_64}
            """);

    assertThat(fleet)
        .isEqualTo(
            new Fleet(
                7,
                Instant.parse("2026-03-29T00:30:00Z"),
                Duration.ofMinutes(15),
                1_500,
                0.25,
                List.of(
                    new HostSpec(
                        "node-1",
                        128,
                        new SimulatedKernel(
                            "4.15.0-20-generic",
                            "Linux version 4.15.0-20-generic (buildd) #21-Ubuntu SMP"),
                        Set.of(TelemetrySource.PROC, TelemetrySource.PERF),
                        new Visibility(false, false, false, false, true),
                        new Cadence(2_000, 20_000, 3_000, 49, 15_000, 60_000),
                        true,
                        -30_000,
                        List.of(
                            new ConditionBegins(500, Condition.CLEANUP_LIVELOCK),
                            new Silence(60_000, 30_000),
                            new CollectorRestart(100_000),
                            new ClockStep(110_000, -5_000),
                            new SourcesLost(120_000, Set.of(TelemetrySource.PERF)),
                            new Reboot(
                                600_000,
                                90_000,
                                SimulatedKernel.of("4.19.10-1.el7.elrepo.x86_64")))))));
  }

  @Test
  void everythingButTheEssentialsHasADefault() {
    Fleet fleet =
        FleetFile.parse(
            "short",
            """
            seed: 7
            start: 2026-03-29T00:30:00Z
            length_s: 900
            hosts:
              - name: node-1
            """);

    assertThat(fleet)
        .isEqualTo(Fleet.of(7, Simulated.START, Duration.ofMinutes(15), HostSpec.of("node-1")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "length_s: 900 | disordr_ms: 5 | bad.yaml: disordr_ms: unknown key; known are",
        "length_s: 900 | length_s: 800 | Duplicate field 'length_s'",
        "length_s: 900 | duplicates: 2 | bad.yaml: duplicates must be a share",
        "length_s: -1 | disorder_ms: 0 | bad.yaml: length must be above 0",
        "length_s: ~ | disorder_ms: 0 | null",
        "disorder_ms: 0 | duplicates: 0 | length_s"
      })
  void aWrongFleetIsRefusedByName(String third, String fourth, String message) {
    String yaml =
        "seed: 7\nstart: 2026-03-29T00:30:00Z\n%s\n%s\nhosts: [{name: a}]\n"
            .formatted(third, fourth);

    assertThatThrownBy(() -> FleetFile.parse("bad.yaml", yaml))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("bad.yaml: ")
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{at_s: 1} | host a, at_s 1.0: a step has one of",
        "{at_s: 1, condition: HEALTHY, reboot_s: 5} | a step has one of",
        "{at_s: 1, condition: HEALTHY, kernel: 4.19.1} | a step has one of",
        "{at_s: 1, condition: SICK} | CLEANUP_LIVELOCK",
        "{at_s: 1, condition: TROUBLE} | TROUBLE is not for fleet files",
        "{at_s: 1, condtion: HEALTHY} | hosts[0].timeline[0].condtion: unknown key",
        "{condition: HEALTHY} | at_s",
        "{at_s: -1, condition: HEALTHY} | in order of time",
        "{at_s: 1, reboot_s: 0} | a reboot takes time",
        "{at_s: 1, reboot_s: 5, kernel: linux} | kernel release must begin with numbers"
      })
  void aWrongStepIsRefused(String step, String message) {
    String yaml =
        "seed: 7\nstart: 2026-03-29T00:30:00Z\nlength_s: 9\nhosts:\n  - name: a\n    timeline: [%s]\n"
            .formatted(step);

    assertThatThrownBy(() -> FleetFile.parse("bad.yaml", yaml))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void twoHostsOfOneNameAreRefused() {
    assertThatThrownBy(
            () ->
                FleetFile.parse(
                    "twins",
                    "seed: 7\nstart: 2026-03-29T00:30:00Z\nlength_s: 9\nhosts: [{name: a}, {name: a}]\n"))
        .hasMessage("twins: two hosts are named a");
  }
}
