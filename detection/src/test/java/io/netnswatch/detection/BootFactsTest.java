package io.netnswatch.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.detection.evidence.BootEvidence;
import io.netnswatch.detection.evidence.CleanupWorker;
import io.netnswatch.detection.evidence.InvalidEventException;
import io.netnswatch.detection.evidence.Projection;
import io.netnswatch.detection.signature.Signatures;
import io.netnswatch.schema.KernelLogEntry;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.TaskOfInterest;
import java.time.Instant;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

class BootFactsTest {

  private static final Projection PROJECTION = new Projection(Signatures.shipped());

  private final TestEvents events = TestEvents.ofHost("node-1");
  private final BootState fresh = BootState.fresh("boot-1");

  @Test
  void latestOfEachSightCounts() throws InvalidEventException {
    BootState after = after(fresh, 15, events.succeeded(11, 11.1), events.succeeded(12, 12.2));
    after = after(after, 20, events.coldPerf(17), events.snapshot(18));

    assertThat(after.creationSucceededMs()).isEqualTo(TestEvents.ms(12.2));
    assertThat(after.profiledMs()).isEqualTo(TestEvents.ms(20));
    assertThat(after.lookedMs()).isEqualTo(TestEvents.ms(20));
    assertThat(after.kernel()).satisfies(it -> assertThat(it.version()).isNotNull());
  }

  @Test
  void aRunningWorkersStackIsRememberedWhenItReadsEmpty() throws InvalidEventException {
    BootState shown = after(fresh, 15, events.snapshot(11, TestEvents.spinningWorker()));

    BootState after = after(shown, 20, events.snapshot(16, withoutStack()));

    assertThat(after.workers())
        .singleElement()
        .satisfies(
            worker -> {
              assertThat(worker.inCleanup()).isTrue();
              assertThat(worker.observedAtMs()).isEqualTo(TestEvents.ms(16));
            });
  }

  @Test
  void aWorkerNotSeenForAMinuteIsForgotten() throws InvalidEventException {
    BootState shown = after(fresh, 15, events.snapshot(11, TestEvents.spinningWorker()));

    assertThat(after(shown, 71, events.snapshot(70)).workers())
        .extracting(CleanupWorker::pid)
        .containsExactly(5);
    assertThat(after(shown, 72, events.snapshot(70)).workers()).isEmpty();
  }

  @Test
  void whoDiedHoldsItsLocksForTheRestOfTheBoot() throws InvalidEventException {
    BootState died = after(fresh, 15, events.succeeded(9, 9.5), oops(10));

    BootState hoursLater = after(died, 9_000, events.snapshot(8_999));

    assertThat(hoursLater.tasks())
        .singleElement()
        .satisfies(seen -> assertThat(seen.task().isDead()).isTrue());
  }

  @Test
  void whoDiedHeldNoLockOfCreationsWhereOneFinishesAfterwards() throws InvalidEventException {
    BootState died = after(fresh, 15, oops(10));

    assertThat(after(died, 20, events.snapshot(18), events.succeeded(16, 17)).tasks()).isEmpty();
  }

  private ProcSnapshot oops(int second) {
    return ProcSnapshot.newBuilder(events.snapshot(second))
        .setKernelLog(
            List.of(
                KernelLogEntry.newBuilder()
                    .setLoggedAt(Instant.ofEpochMilli(TestEvents.ms(second)))
                    .setCategory("WARNING")
                    .setMessage("BUG: kernel NULL pointer dereference, address: 0")
                    .setPid(5)
                    .setComm("kworker/u4:0")
                    .setState("X")
                    .setStack(List.of("wg_netns_pre_exit", "ops_pre_exit_list", "cleanup_net"))
                    .build()))
        .build();
  }

  private static TaskOfInterest withoutStack() {
    return TaskOfInterest.newBuilder(TestEvents.spinningWorker()).setStack(List.of()).build();
  }

  private static BootState after(BootState before, double windowEnd, SpecificRecord... events)
      throws InvalidEventException {
    BootEvidence window = TestEvents.window(PROJECTION, events);
    return BootFacts.after(before, window, TestEvents.ms(windowEnd));
  }
}
