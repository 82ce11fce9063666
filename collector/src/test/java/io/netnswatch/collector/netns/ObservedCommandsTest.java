package io.netnswatch.collector.netns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.netnswatch.collector.proc.NamespaceTask;
import io.netnswatch.schema.BlockedAt;
import io.netnswatch.schema.CommandOutcome;
import io.netnswatch.schema.NetnsCommand;
import io.netnswatch.schema.NetnsLatency;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ObservedCommandsTest {

  private static final Instant START = Instant.parse("2026-11-22T15:00:00Z");

  private final ObservedCommands observed = new ObservedCommands();

  @Test
  void reportsACommandEveryFiveSecondsWhileItRuns() {
    NamespaceTask add = task(42, "blue", START);

    assertThat(observed.observe(List.of(add), START.plusSeconds(2), Set.of())).isEmpty();
    assertThat(observed.observe(List.of(add), START.plusSeconds(6), Set.of()))
        .extracting(NetnsLatency.Builder::getOutcome, NetnsLatency.Builder::getLatencyMs)
        .containsExactly(tuple(CommandOutcome.STILL_RUNNING, 6000.0));
    assertThat(observed.observe(List.of(add), START.plusSeconds(8), Set.of())).isEmpty();
    assertThat(observed.observe(List.of(add), START.plusSeconds(12), Set.of())).hasSize(1);
  }

  @Test
  void startThatWobblesByATickIsTheSameCommand() {
    observed.observe(List.of(task(42, "blue", START)), START.plusSeconds(6), Set.of());

    var records =
        observed.observe(
            List.of(task(42, "blue", START.plusMillis(30))), START.plusSeconds(11), Set.of());

    assertThat(records).extracting(NetnsLatency.Builder::getStartedAt).containsExactly(START);
  }

  @Test
  void outcomeOfANamedCreationIsReadFromItsName() {
    assertThat(outcome("blue", Set.of("blue"))).isEqualTo(CommandOutcome.SUCCEEDED);
    assertThat(outcome("blue", Set.of())).isEqualTo(CommandOutcome.FAILED);
  }

  @Test
  void unnamedOneThatWasNeverReportedIsNoEvidenceEitherWay() {
    assertThat(outcome(null, Set.of())).isNull();
    assertThat(observed.watching()).isFalse();
  }

  private @Nullable CommandOutcome outcome(@Nullable String name, Set<String> named) {
    observed.observe(List.of(task(42, name, START)), START.plusSeconds(1), named);
    return observed.observe(List.of(), START.plusSeconds(2), named).stream()
        .map(NetnsLatency.Builder::getOutcome)
        .findFirst()
        .orElse(null);
  }

  private static NamespaceTask task(int pid, @Nullable String name, Instant startedAt) {
    return new NamespaceTask(
        pid, "ip", startedAt, NetnsCommand.ADD, name, new BlockedAt("D", "copy_net_ns", List.of()));
  }
}
