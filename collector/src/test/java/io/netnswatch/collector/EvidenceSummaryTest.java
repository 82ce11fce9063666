package io.netnswatch.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.schema.CommandOrigin;
import io.netnswatch.schema.CommandOutcome;
import io.netnswatch.schema.InterestReason;
import io.netnswatch.schema.NetnsCommand;
import io.netnswatch.schema.NetnsCounts;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.TaskCounts;
import io.netnswatch.schema.TaskOfInterest;
import io.netnswatch.schema.TelemetryEvent;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvidenceSummaryTest {

  private static final Instant BEGIN = Instant.parse("2026-06-01T12:00:00Z");
  private static final Envelope ENVELOPE = new Envelope("h", "b", "6.1.0", BEGIN);

  /** The host's own device leaks: no namespace is held up, and nothing shows that none is. */
  @Test
  void whoWaitsLongForADeviceThatItRemovesIsSuspectWhereNoCreationFinishes() {
    EvidenceSummary leak = EvidenceSummary.of(List.of(removal(120_000)));
    assertThat(leak.suspects()).singleElement().asString().startsWith("rmmod (pid 900) waits");
    assertThat(leak.besides()).isEmpty();

    EvidenceSummary well = EvidenceSummary.of(List.of(removal(120_000), created()));
    assertThat(well.suspects()).isEmpty();
    assertThat(well.besides()).hasSize(1);
  }

  @Test
  void whoHasJustBegunIsNot() {
    EvidenceSummary summary = EvidenceSummary.of(List.of(removal(5_000)));

    assertThat(summary.suspects()).isEmpty();
    assertThat(summary.besides()).hasSize(1);
  }

  private static TelemetryEvent removal(long blockedForMs) {
    TaskOfInterest task =
        TaskOfInterest.newBuilder()
            .setPid(900)
            .setComm("rmmod")
            .setKernelThread(false)
            .setState("D")
            .setStack(
                List.of("msleep", "netdev_run_todo", "rtnl_unlock", "unregister_netdev", "foo"))
            .setBlockedForMs(blockedForMs)
            .setReasons(List.of(InterestReason.UNINTERRUPTIBLE))
            .build();
    return ENVELOPE.seal(
        ProcSnapshot.newBuilder()
            .setCollectedAt(BEGIN.plusMillis(blockedForMs))
            .setKernelVersion("")
            .setCpuCount(1)
            .setNetnsCounts(new NetnsCounts(null, null, null))
            .setFragmentCounters(List.of())
            .setTaskCounts(new TaskCounts(1, 0, 0, 1, 0, 0))
            .setTasksOfInterest(List.of(task))
            .setTasksOmitted(0)
            .setBlockedCreationCount(0)
            .setUnreadable(List.of()));
  }

  private static TelemetryEvent created() {
    return ENVELOPE.seal(
        NetnsLatency.newBuilder()
            .setCommand(NetnsCommand.ADD)
            .setOrigin(CommandOrigin.PROBE)
            .setCommandId("1")
            .setStartedAt(BEGIN)
            .setObservedAt(BEGIN.plusMillis(60))
            .setLatencyMs(60.0)
            .setOutcome(CommandOutcome.SUCCEEDED));
  }
}
