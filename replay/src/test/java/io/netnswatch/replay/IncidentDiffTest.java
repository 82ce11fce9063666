package io.netnswatch.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.detection.DetectionSettings;
import io.netnswatch.detection.IncidentComposer;
import io.netnswatch.detection.signature.Signatures;
import io.netnswatch.replay.IncidentDiff.Difference;
import io.netnswatch.replay.IncidentDiff.Result;
import io.netnswatch.replay.IncidentDiff.What;
import io.netnswatch.replay.history.BundleHistory;
import io.netnswatch.replay.history.TimeRange;
import io.netnswatch.schema.Incident;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class IncidentDiffTest {

  private static List<Incident> steps;

  @BeforeAll
  static void stepsOfARecording() throws Exception {
    steps = new ArrayList<>();
    new Replay(
            Signatures.shipped(),
            DetectionSettings.DEFAULT,
            new IncidentComposer("test", "runbooks/", null),
            host -> true,
            1)
        .run(
            new BundleHistory(
                List.of(Path.of("..", "testing", "recordings", "livelock-ip6reasm.tar.gz")),
                words -> {}),
            TimeRange.ALL,
            steps::add);
    assertThat(steps).hasSizeGreaterThan(3);
  }

  private static Result compare(List<Incident> live, List<Incident> replayed) {
    IncidentDiff diff = new IncidentDiff(live);
    replayed.forEach(diff::accept);
    return diff.result();
  }

  @Test
  void equalStepsAreTheSame() {
    assertThat(compare(steps, steps)).isEqualTo(new Result(steps.size(), 0, List.of()));
  }

  @Test
  void eachFieldThatDiffersIsNamed() {
    Incident live =
        Incident.newBuilder(steps.get(0)).setTitle("another").setKernelCure(null).build();

    List<Difference> differences = compare(List.of(live), steps.subList(0, 1)).differences();

    assertThat(differences)
        .containsExactly(
            new Difference(What.CHANGED, live, steps.get(0), List.of("title", "kernel_cure")));
    assertThat(Lines.words(differences.get(0)))
        .contains("changed", "title: live \"another\", replay ");
    assertThat(Lines.difference(differences.get(0)).at("/fields/title/live").asText())
        .isEqualTo("another");
  }

  @Test
  void whatOneSideLacksIsMissingOrExtra() {
    List<Incident> withoutLast = steps.subList(0, steps.size() - 1);
    Incident last = steps.get(steps.size() - 1);

    assertThat(compare(steps, withoutLast).differences())
        .containsExactly(new Difference(What.MISSING, last, null, List.of()));
    assertThat(compare(withoutLast, steps).differences())
        .containsExactly(new Difference(What.EXTRA, null, last, List.of()));
  }

  @Test
  void stepThatTheTopicHasCompactedAwayIsNoDifference() {
    Incident last = steps.get(steps.size() - 1);
    List<Incident> ofOneKey =
        steps.stream().filter(step -> step.getIncidentKey().equals(last.getIncidentKey())).toList();

    assertThat(compare(List.of(last), ofOneKey))
        .isEqualTo(new Result(1, ofOneKey.size() - 1, List.of()));
  }
}
