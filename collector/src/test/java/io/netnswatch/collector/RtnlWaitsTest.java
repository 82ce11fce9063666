package io.netnswatch.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.TaskOfInterest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RtnlWaitsTest {

  private static final Instant BEGIN = Instant.parse("2026-06-01T12:00:00Z");

  private static List<String> words(TaskOfInterest... tasks) {
    return RtnlWaits.words(List.of(look(240, tasks)), List.of());
  }

  private static ProcSnapshot look(int second, TaskOfInterest... tasks) {
    return Look.at(BEGIN.plusSeconds(second), List.of(tasks), List.of(), 0, List.of());
  }

  private static TaskOfInterest waiter(String stack, double cpus, int second) {
    return Look.task(7, "dockerd", "D")
        .setStack(List.of("rtnl_lock", stack))
        .setCpuUse(cpus)
        .setBlockedForMs(second * 1_000L)
        .build();
  }

  /** Of every tenth second of 240. */
  private static List<ProcSnapshot> looks(IntFunction<TaskOfInterest> task) {
    return IntStream.rangeClosed(0, 24)
        .map(it -> 10 * it)
        .mapToObj(second -> look(second, task.apply(second)))
        .toList();
  }

  @Test
  void whoRanBetweenTheLooksOrWasElsewhereHasNotWaitedAllTheWhile() {
    assertThat(RtnlWaits.words(looks(second -> waiter("rtnl_dumpit", 0, second)), List.of()))
        .singleElement()
        .asString()
        .contains("has waited for up to 240 s");
    assertThat(RtnlWaits.words(looks(second -> waiter("rtnl_dumpit", 0.04, second)), List.of()))
        .isEmpty();
    assertThat(
            RtnlWaits.words(
                looks(it -> waiter(it % 20 == 0 ? "rtnl_dumpit" : "dev_ioctl", 0, it)), List.of()))
        .isEmpty();
  }

  @Test
  void creationThatFinishedHadTheLockMeanwhile() {
    List<ProcSnapshot> looks = new ArrayList<>(looks(it -> waiter("rtnl_dumpit", 0, it)));
    ProcSnapshot created = ProcSnapshot.newBuilder(looks.get(20)).setCreatedNetnsCount(1).build();
    looks.set(20, created);

    assertThat(RtnlWaits.words(looks, List.of())).isEmpty();
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
