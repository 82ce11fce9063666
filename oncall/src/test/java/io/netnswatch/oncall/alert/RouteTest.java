package io.netnswatch.oncall.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.command.HostPattern;
import io.netnswatch.oncall.TestIncidents;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.Severity;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteTest {

  private static final Incident CRITICAL =
      TestIncidents.opened("compute-17.example.org", Instant.EPOCH);

  @ParameterizedTest
  @CsvSource({
    "compute-17.example.org, true",
    "COMPUTE-*, true",
    "compute-1?.*, true",
    "*, true",
    "compute-17, false",
    "compute-1?, false",
    "compute-17?example?org, true",
  })
  void hostsMatchByGlob(String glob, boolean matches) {
    Route route =
        new Route(Set.of(), Severity.INFO, List.of(new HostPattern(glob)), List.of("target"));
    assertThat(route.matches(CRITICAL)).isEqualTo(matches);
  }

  @Test
  void lessSevereIncidentsAreLeftOut() {
    Incident warning = Incident.newBuilder(CRITICAL).setSeverity(Severity.WARNING).build();
    Route errors = new Route(Set.of(), Severity.ERROR, List.of(), List.of("target"));
    assertThat(errors.matches(CRITICAL)).isTrue();
    assertThat(errors.matches(warning)).isFalse();
  }

  @Test
  void kindsAreExact() {
    Route route =
        new Route(Set.of("netns-cleanup-backlog"), Severity.INFO, List.of(), List.of("target"));
    assertThat(route.matches(CRITICAL)).isFalse();
    assertThat(
            route.matches(Incident.newBuilder(CRITICAL).setKind("netns-cleanup-backlog").build()))
        .isTrue();
  }

  @Test
  void aReplayIsRefused() {
    Incident replayed = Incident.newBuilder(CRITICAL).setReplayRunId("run-1").build();
    OpenIncidents openIncidents = new OpenIncidents();
    assertThat(openIncidents.apply(CRITICAL.getIncidentKey(), replayed))
        .isEqualTo(OpenIncidents.Reading.REPLAYED);
    assertThat(openIncidents.apply("other", CRITICAL)).isEqualTo(OpenIncidents.Reading.UNUSABLE);
    assertThat(openIncidents.openCount()).isZero();
  }
}
