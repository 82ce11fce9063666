package io.netnswatch.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.schema.TaskOfInterest;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RtnlWaitsTest {

  private static List<String> words(TaskOfInterest... tasks) {
    Instant at = Instant.parse("2026-06-01T12:00:00Z");
    return RtnlWaits.words(List.of(Look.at(at, List.of(tasks), List.of(), 0, List.of())));
  }

  @Test
  void namesWhoWaitsForAMinuteByWchanAloneAndWhoHasIt() {
    TaskOfInterest owner =
        Look.task(9, "ethtool", "D")
            .setStack(List.of("i40e_get_module_info", "dev_ethtool", "dev_ioctl"))
            .setBlockedForMs(70_000L)
            .build();

    assertThat(words(Look.waiting(7, "runc:[2:INIT]", "register_nexthop_notifier", 195_000), owner))
        .singleElement()
        .asString()
        .contains("runc:[2:INIT] (pid 7) (in register_nexthop_notifier) has waited for up to 195 s")
        .contains("ethtool (pid 9) holds the rtnl lock");
  }

  /** It is queued for the lock of the namespaces first. */
  @Test
  void notWhoRegistersANotifier() {
    assertThat(words(Look.waiting(7, "candump", "unregister_netdevice_notifier", 195_000)))
        .isEmpty();
  }

  @Test
  void notWhoWaitsForLessOrForSomethingElse() {
    assertThat(words(Look.waiting(7, "ip", "rtnl_lock", 20_000))).isEmpty();
    assertThat(words(Look.waiting(7, "dd", "io_schedule", 195_000))).isEmpty();
  }
}
