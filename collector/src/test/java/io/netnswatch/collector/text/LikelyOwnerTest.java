package io.netnswatch.collector.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.detection.cause.Reading;
import io.netnswatch.detection.cause.Role;
import io.netnswatch.detection.cause.StackReader;
import io.netnswatch.detection.cause.Task;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LikelyOwnerTest {

  private static final String REPORT =
      "INFO: task crun:9500 is blocked on a mutex likely owned by task kworker/5:2:812.";

  @Test
  void theReportNamesBoth() {
    assertThat(LikelyOwner.of(REPORT))
        .isEqualTo(new LikelyOwner(9500, "crun", "mutex", 812, "kworker/5:2"));
    assertThat(LikelyOwner.of("INFO: task crun:9500 blocked for more than 122 seconds.")).isNull();
  }

  @Test
  void whereverItsStackStandsItHoldsRtnl() {
    List<String> marked =
        LikelyOwner.holdingRtnl(List.of("foo_fw_wait_reply", "foo_get_module_info"), null);

    Reading reading = reading(marked);
    assertThat(reading).isNotNull();
    assertThat(reading.role()).isEqualTo(Role.RTNL_OWNER);
    assertThat(reading.waitsIn()).isEqualTo("foo_fw_wait_reply");
    assertThat(reading.isLikelyOwner()).isTrue();
  }

  @Test
  void aNameAloneIsAHolderWhoseStackIsNotShown() {
    Reading reading = reading(LikelyOwner.holdingRtnl(List.of(), null));

    assertThat(reading).isNotNull();
    assertThat(reading.ownsRtnl()).isTrue();
    assertThat(reading.waitsIn()).isNull();
    assertThat(reading.function()).isNull();
  }

  /** One that waits for rtnl itself does not hold it, whatever the kernel guesses. */
  @Test
  void aStackThatSaysOtherwiseIsLeftAsItIs() {
    List<String> waits = List.of("rtnl_lock", "foo_work");

    assertThat(LikelyOwner.holdingRtnl(waits, reading(waits))).isEqualTo(waits);
  }

  @Test
  void whoWaitsForAChildByNowHoldsItNoMore() {
    List<String> waits = List.of("do_wait", "kernel_wait4", "do_syscall_64");

    assertThat(LikelyOwner.holdingRtnl(waits, reading(waits))).isEqualTo(waits);
  }

  private static @Nullable Reading reading(List<String> stack) {
    return StackReader.read(
        Task.of(Task.Origin.LOG, 1, "x", false, "D", null, List.of(stack), null, null, 0));
  }
}
