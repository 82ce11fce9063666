package io.netnswatch.collector.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.collector.text.SemaphoreWaits.Sleeper;
import java.util.List;
import org.junit.jupiter.api.Test;

class SemaphoreWaitsTest {

  private static final Sleeper CLEANUP =
      new Sleeper(77, "kworker/u32:1+netns", "D", "msleep", null);
  private static final Sleeper CREATION =
      new Sleeper(9, "runc:[1:CHILD]", "D", "call_rwsem_down_read_failed_killable", 115_000L);
  private static final Sleeper MODULE =
      new Sleeper(8, "modprobe", "D", "call_rwsem_down_write_failed", 120_000L);

  /** A process whose memory is in use waits for its semaphore in the same function. */
  private static final Sleeper OF_MEMORY =
      new Sleeper(7, "runc:[1:CHILD]", "D", "call_rwsem_down_read_failed", 115_000L);

  @Test
  void oneKindAloneSaysNothing() {
    assertThat(SemaphoreWaits.agreeing(List.of(CREATION, CREATION))).isEmpty();
    assertThat(SemaphoreWaits.agreeing(List.of(MODULE))).isEmpty();
    assertThat(SemaphoreWaits.agreeing(List.of(CLEANUP))).isEmpty();
  }

  @Test
  void twoKindsAreSuspicious() {
    assertThat(SemaphoreWaits.agreeing(List.of(CLEANUP, OF_MEMORY))).hasSize(2);
    assertThat(SemaphoreWaits.isEnough(List.of(CLEANUP, OF_MEMORY))).isFalse();
    assertThat(SemaphoreWaits.isEnough(List.of(CREATION, MODULE))).isFalse();
  }

  /** Then it may be the memory's of a process that all of them read. */
  @Test
  void whereTasksOfOtherKindsWaitAlikeNothingIsSaid() {
    Sleeper java = new Sleeper(6, "java", "D", OF_MEMORY.wchan(), 115_000L);

    assertThat(SemaphoreWaits.agreeing(List.of(CLEANUP, OF_MEMORY, java))).isEmpty();
  }

  @Test
  void aCleanupAndACreationThatHasWaitedForLongAreEnough() {
    Sleeper young = new Sleeper(9, CREATION.comm(), "D", CREATION.wchan(), 20_000L);

    assertThat(SemaphoreWaits.isEnough(List.of(CLEANUP, CREATION))).isTrue();
    assertThat(SemaphoreWaits.isEnough(List.of(CLEANUP, young))).isFalse();
    assertThat(SemaphoreWaits.function(CREATION)).isEqualTo("copy_net_ns");
    assertThat(SemaphoreWaits.function(MODULE)).isEqualTo("register_pernet_operations");
    assertThat(SemaphoreWaits.function(OF_MEMORY)).isNull();
  }

  @Test
  void whoRunsOrWaitsElsewhereIsNoSign() {
    assertThat(new Sleeper(1, "kworker/u8:1+netns", "R", "0", null).sign()).isNull();
    assertThat(new Sleeper(1, "kworker/u8:1-events", "D", "msleep", null).sign()).isNull();
    assertThat(new Sleeper(1, "modprobe", "D", "do_wait", 1L).sign()).isNull();
    assertThat(new Sleeper(1, "java", "D", CREATION.wchan(), 1L).sign()).isNull();
  }
}
