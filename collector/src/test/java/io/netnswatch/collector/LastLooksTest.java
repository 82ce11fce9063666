package io.netnswatch.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.schema.CommandOrigin;
import io.netnswatch.schema.CommandOutcome;
import io.netnswatch.schema.InterestReason;
import io.netnswatch.schema.NetnsCommand;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.TaskOfInterest;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LastLooksTest {

  private static final Instant BEGIN = Instant.parse("2026-06-01T12:00:00Z");
  private static final List<String> IN_CLEANUP = List.of("ovs_exit_net", "cleanup_net");

  @Test
  void quietFromTheFirstSnapshotWithoutTrouble() {
    List<ProcSnapshot> snapshots =
        List.of(
            look(0, IN_CLEANUP, List.of()),
            look(5, IN_CLEANUP, List.of()),
            look(10, null, List.of()),
            look(15, null, List.of()));

    assertThat(LastLooks.quietSince(snapshots, List.of())).isEqualTo(BEGIN.plusSeconds(10));
  }

  @Test
  void notWhereTheLastOneShowsTroubleOrNoneDoes() {
    assertThat(
            LastLooks.quietSince(
                List.of(look(0, null, List.of()), look(5, IN_CLEANUP, List.of())), List.of()))
        .isNull();
    assertThat(LastLooks.quietSince(List.of(look(0, null, List.of())), List.of())).isNull();
    assertThat(LastLooks.quietSince(List.of(), List.of())).isNull();
  }

  @Test
  void notWhereTheLastOneCouldNotReadTheStacks() {
    List<ProcSnapshot> snapshots =
        List.of(look(0, IN_CLEANUP, List.of()), look(5, null, List.of("stacks")));

    assertThat(LastLooks.quietSince(snapshots, List.of())).isNull();
  }

  @Test
  void notWhileACommandHangs() {
    List<ProcSnapshot> snapshots =
        List.of(look(0, IN_CLEANUP, List.of()), look(5, null, List.of()));

    assertThat(LastLooks.quietSince(snapshots, List.of(command(5)))).isNull();
    assertThat(LastLooks.quietSince(snapshots, List.of(command(0)))).isNotNull();
  }

  private static ProcSnapshot look(
      int second, @Nullable List<String> stack, List<String> unreadable) {
    TaskOfInterest worker =
        Look.task(77, "kworker/u8:1", "D")
            .setStack(stack)
            .setReasons(List.of(InterestReason.UNINTERRUPTIBLE))
            .build();
    return Look.at(
        BEGIN.plusSeconds(second),
        stack == null ? List.of() : List.of(worker),
        List.of(),
        0,
        unreadable);
  }

  private static NetnsLatency command(int second) {
    NetnsLatency.Builder record =
        NetnsLatency.newBuilder()
            .setCommand(NetnsCommand.ADD)
            .setOrigin(CommandOrigin.OBSERVED)
            .setCommandId("1")
            .setStartedAt(BEGIN)
            .setObservedAt(BEGIN.plusSeconds(second))
            .setLatencyMs(1000.0 * second)
            .setOutcome(CommandOutcome.STILL_RUNNING);
    return (NetnsLatency) new Envelope("h", "b", "6.1.0", BEGIN).seal(record).value();
  }
}
