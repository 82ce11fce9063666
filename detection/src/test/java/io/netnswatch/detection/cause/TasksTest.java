package io.netnswatch.detection.cause;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TasksTest {

  private static final List<String> OWN =
      List.of("inet_evict_bucket", "inet_frags_exit_net", "cleanup_net");

  /** A livelock's worker is interrupted as well, and the last look may be at that. */
  @Test
  void oneLookAtAnInterruptDoesNotOutweighAnEarlierOneAtItsOwnWork() {
    List<String> interrupted = new ArrayList<>(List.of("net_rx_action", "__do_softirq"));
    interrupted.addAll(OWN);

    assertThat(Tasks.readings(List.of(task(OWN, 1_000), task(interrupted, 2_000))))
        .singleElement()
        .returns(WaitKind.NOTHING, Reading::waitsFor);
    assertThat(Tasks.readings(List.of(task(interrupted, 1_000), task(interrupted, 2_000))))
        .singleElement()
        .returns(WaitKind.INTERRUPTED, Reading::waitsFor);
  }

  private static Task task(List<String> stack, long atMs) {
    return Task.of(
        Task.Origin.PROC, 7, "kworker/u8:1", true, "R", 1.0, List.of(stack), null, null, atMs);
  }
}
