package io.netnswatch.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.awaitility.Durations.ONE_MINUTE;

import io.netnswatch.schema.InterestReason;
import io.netnswatch.schema.NetnsCounts;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.TaskCounts;
import io.netnswatch.schema.TaskOfInterest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AlertnessTest {

  private final Alertness alertness = new Alertness();

  @Test
  void listenersAreToldOnceWhenSomethingBecomesSuspicious() {
    // Given
    AtomicInteger raised = new AtomicInteger();
    alertness.onRaise(raised::incrementAndGet);
    alertness.tookSnapshot(snapshot(false));
    assertThat(alertness.isQuiet()).isTrue();

    // When
    alertness.ownCreationIsSlow(true);
    alertness.tookSnapshot(snapshot(true));
    alertness.ownCreationIsSlow(false);

    // Then
    assertThat(raised).hasValue(1);
    assertThat(alertness.isRaised()).isTrue();
    alertness.tookSnapshot(snapshot(false));
    assertThat(alertness.isRaised()).isFalse();
    alertness.ownCreationIsSlow(true);
    assertThat(raised).hasValue(2);
  }

  @Test
  void beforeTheFirstSnapshotItIsNotKnownToBeQuiet() {
    assertThat(alertness.isQuiet()).isFalse();
    assertThat(alertness.isRaised()).isFalse();
  }

  @Test
  void whoWaitsGoesOnAsSoonAsSomethingIsSuspicious() throws Exception {
    // Given
    alertness.tookSnapshot(snapshot(false));
    AtomicReference<Thread> waiter = new AtomicReference<>();
    CompletableFuture<Void> waiting =
        CompletableFuture.runAsync(
            () -> {
              waiter.set(Thread.currentThread());
              try {
                alertness.awaitUnquiet(Duration.ofHours(1));
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    await()
        .atMost(ONE_MINUTE)
        .until(() -> waiter.get() != null && waiter.get().getState() == Thread.State.TIMED_WAITING);

    // When
    alertness.ownCreationIsSlow(true);

    // Then
    waiting.get(5, TimeUnit.SECONDS);
  }

  @Test
  void whoWaitsWaitsNoLongerThanAsked() throws Exception {
    alertness.tookSnapshot(snapshot(false));

    alertness.awaitUnquiet(Duration.ofMillis(50));

    assertThat(alertness.isQuiet()).isTrue();
  }

  private static ProcSnapshot snapshot(boolean suspicious) {
    TaskOfInterest task =
        TaskOfInterest.newBuilder()
            .setPid(5)
            .setComm("kworker/u4:0")
            .setKernelThread(true)
            .setState("R")
            .setReasons(suspicious ? List.of(InterestReason.HOT_KERNEL_THREAD) : List.of())
            .build();
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
        .setTasksOfInterest(List.of(task))
        .build();
  }
}
