package io.netnswatch.collector.proc;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.schema.InterestReason;
import io.netnswatch.schema.NetnsCounts;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.TaskCounts;
import io.netnswatch.schema.TaskOfInterest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SuspicionTest {

  private static final List<InterestReason> HOT = List.of(InterestReason.HOT_KERNEL_THREAD);
  private static final List<InterestReason> IN_NAMESPACE_CODE = List.of(InterestReason.NETNS_STACK);

  @Test
  void creationIsLookedAtEachSecondAndWhenItCountsAsBlocked() {
    assertThat(Suspicion.lookAgainWithin(creation(0))).hasValue(Duration.ofSeconds(1));
    assertThat(Suspicion.lookAgainWithin(creation(4_300))).hasValue(Duration.ofMillis(700));
    assertThat(Suspicion.lookAgainWithin(creation(4_990))).hasValue(Duration.ofMillis(100));
    assertThat(Suspicion.lookAgainWithin(creation(60_000))).hasValue(Duration.ofSeconds(1));
  }

  @Test
  void aProbeThatHasJustBegunIsNotSuspicious() {
    TaskOfInterest.Builder probe =
        TaskOfInterest.newBuilder(task("ip", "D", IN_NAMESPACE_CODE, List.of("copy_net_ns")))
            .setNetnsArguments("netns add netnswatch-probe-7-1");

    assertThat(Suspicion.isRaisedBy(snapshot(probe.setBlockedForMs(0L).build()))).isFalse();
    assertThat(Suspicion.isRaisedBy(snapshot(probe.setBlockedForMs(1_000L).build()))).isTrue();
  }

  @Test
  void hotWorkerThatDoesNotShowInWhatIsSuspicious() {
    assertThat(Suspicion.isRaisedBy(snapshot(task("kworker/u4:0", "R", HOT, List.of())))).isTrue();
    assertThat(Suspicion.isRaisedBy(snapshot(task("kworker/u4:0", "R", HOT, null)))).isTrue();
  }

  @Test
  void otherHotThreadsAndBlockedTasksAreNot() {
    List<String> writeback = List.of("wb_workfn", "process_one_work");
    List<InterestReason> blocked = List.of(InterestReason.UNINTERRUPTIBLE);

    assertThat(Suspicion.isRaisedBy(snapshot(task("kworker/u4:0", "R", HOT, writeback)))).isFalse();
    assertThat(Suspicion.isRaisedBy(snapshot(task("ksoftirqd/0", "R", HOT, List.of())))).isFalse();
    assertThat(Suspicion.isRaisedBy(snapshot(task("dd", "D", blocked, List.of("io_schedule")))))
        .isFalse();
    assertThat(Suspicion.lookAgainWithin(snapshot())).isEmpty();
  }

  private static ProcSnapshot creation(long blockedForMs) {
    TaskOfInterest task = task("runc", "D", IN_NAMESPACE_CODE, List.of("copy_net_ns"));
    return snapshot(TaskOfInterest.newBuilder(task).setBlockedForMs(blockedForMs).build());
  }

  private static TaskOfInterest task(
      String comm, String state, List<InterestReason> reasons, @Nullable List<String> stack) {
    return TaskOfInterest.newBuilder()
        .setPid(5)
        .setComm(comm)
        .setKernelThread(comm.startsWith("k"))
        .setState(state)
        .setStack(stack)
        .setReasons(reasons)
        .build();
  }

  private static ProcSnapshot snapshot(TaskOfInterest... tasks) {
    return ProcSnapshot.newBuilder()
        .setHost("node-1")
        .setBootId("boot")
        .setCollectorStartedAt(Instant.EPOCH)
        .setSequence(0)
        .setCollectedAt(Instant.EPOCH)
        .setKernelRelease("4.15.1")
        .setKernelVersion("Linux version 4.15.1")
        .setCpuCount(2)
        .setNetnsCounts(new NetnsCounts(null, null, null))
        .setTaskCounts(new TaskCounts(1, 1, 0, 0, 0, 0))
        .setTasksOfInterest(List.of(tasks))
        .build();
  }
}
