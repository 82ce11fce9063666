package io.netnswatch.collector.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.netnswatch.collector.text.LogFinding.Category;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.StackLook;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Lines of the kernel's log that are no traces: device references, workqueues, journals as JSON.
 */
class LogLinesTest {

  @Test
  void deviceThatIsWaitedForWrappedOrNot() {
    Found found =
        Found.in(
            """
            [81200.1] unregister_netdevice: waiting for veth7a31 to become free. Usage count = 3
            Message from syslogd@node at Jun  2 10:11:12 ...
             kernel:[81210.3] unregister_netdevice: waiting for lo to become free. Usage
            count = 1
            """);

    assertThat(found.logs).extracting(LogFinding::device).containsExactly("veth7a31", "lo");
    assertThat(found.logs).extracting(LogFinding::usageCount).containsExactly(3, 1);
  }

  @Test
  void whoHoldsADeviceByTheTrackerWithoutItsAddress() {
    Found found =
        Found.in(
            """
            [1.0] unregister_netdevice: waiting for vcan0 to become free. Usage count = 2
            [1.1] ref_tracker: vcan0@ffff88810a6f85c8 has 1/1 users at
            [1.2]      j1939_netdev_start+0xa4/0x550
            [1.3]      j1939_sk_bind+0x65a/0x8e0
            """);

    assertThat(found.logs.get(1).message()).isEqualTo("ref_tracker: vcan0 has 1/1 users");
    assertThat(found.logs.get(1).device()).isEqualTo("vcan0");
    assertThat(found.logs.get(1).stack()).containsExactly("j1939_netdev_start", "j1939_sk_bind");
  }

  /** Linux 5.17 to 6.3, of 6.4 with a device that was named later, of 6.17. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "leaked reference.",
        "ref_tracker: leaked reference.",
        "ref_tracker: sit%d@ffff88810a6f85c8 has 3/4 users at",
        "ref_tracker: netdev@ffff88810a6f85c8 has 3/4 users at"
      })
  void trackerThatNamesNoDeviceSpeaksOfTheOneThatIsWaitedFor(String begin) {
    Found found =
        Found.in(
            "[9.0] unregister_netdevice: waiting for sit0 to become free. Usage count = 4\n"
                + "[9.1] "
                + begin
                + "\n[9.2]  dst_init+0x48/0x100\n[9.3]  dst_alloc+0x66/0xd0\n");

    assertThat(found.logs).extracting(LogFinding::device).containsExactly("sit0", "sit0");
    assertThat(found.logs.get(1).stack()).containsExactly("dst_init", "dst_alloc");
  }

  @Test
  void workqueueDumpSaysThatTheCleanupWaitsForABacklog() {
    Found found =
        Found.in(
            """
            BUG: workqueue lockup - pool cpus=14 node=0 flags=0x0 nice=-20 stuck for 1207s!
            Showing busy workqueues and worker pools:
            workqueue events_highpri: flags=0x10
              pwq 29: cpus=14 node=0 flags=0x0 nice=-20 active=1/256
                pending: flush_backlog BAR(1917)
            workqueue netns: flags=0xe000a
              pwq 64: cpus=0-31 flags=0x4 nice=0 active=1/1
                in-flight: 1917:cleanup_net
                delayed: cleanup_net
            """);

    assertThat(found.logs).extracting(LogFinding::category).containsOnly(Category.WORKQUEUE);
    assertThat(found.logs.get(1).message())
        .contains("in-flight: 1917:cleanup_net", "another round", "flush_backlog", "CPU 14");
    assertThat(found.tasks)
        .singleElement()
        .satisfies(
            task -> {
              assertThat(task.stack()).contains("flush_all_backlogs", "cleanup_net");
              assertThat(task.blockedForMs()).isEqualTo(1_207_000);
              assertThat(task.inference()).contains("BAR(1917)");
            });
    assertThat(found.besides).singleElement().asString().contains("CPU 14", "pid 1917");
  }

  /** What was seen of a worker goes before what a dump lets one conclude. */
  @Test
  void whatFollowsFromADumpDoesNotStandInForAStackThatWasPrinted() {
    String dump =
        """
        BUG: workqueue lockup - pool cpus=14 node=0 flags=0x0 nice=-20 stuck for 1207s!
        Showing busy workqueues and worker pools:
        workqueue events_highpri: flags=0x10
          pwq 29: cpus=14 node=0 flags=0x0 nice=-20 active=1/256
            pending: flush_backlog BAR(1917)
        workqueue netns: flags=0xe000a
          pwq 64: cpus=0-31 flags=0x4 nice=0 active=1/1
            in-flight: 1917:cleanup_net
        """;
    String stack =
        """

        # cat /proc/1917/stack
        [<0>] flush_work+0x1/0x2
        [<0>] rollback_registered_many+0x1/0x2
        [<0>] unregister_netdevice_many+0x1/0x2
        [<0>] default_device_exit_batch+0x1/0x2
        [<0>] cleanup_net+0x1/0x2
        """;

    assertThat(stacks(dump)).isNotEmpty().allMatch(it -> it.contains("flush_all_backlogs"));
    assertThat(stacks(dump + stack))
        .isNotEmpty()
        .allMatch(it -> it.contains("rollback_registered_many"));
  }

  private static List<List<String>> stacks(String text) {
    return TextTelemetry.of(Found.evidence(text), "h").stream()
        .filter(event -> event.value() instanceof ProcSnapshot)
        .flatMap(event -> ((ProcSnapshot) event.value()).getTasksOfInterest().stream())
        .flatMap(
            task ->
                Stream.concat(
                    Stream.ofNullable(task.getStack()),
                    task.getMoreStacks().stream().map(StackLook::getFrames)))
        .toList();
  }

  @Test
  void journalAsJsonWithItsBoots() {
    String line =
        "{\"__REALTIME_TIMESTAMP\":\"%d\",\"_BOOT_ID\":\"%s\",\"_TRANSPORT\":\"kernel\",\"MESSAGE\":%s}%n";
    String message = "\"unregister_netdevice: waiting for lo to become free. Usage count = 1\"";
    Found found =
        Found.in(
            line.formatted(1780395072000000L, "a".repeat(32), message)
                + line.formatted(1780395082000000L, "b".repeat(32), message)
                + line.formatted(1780395092000000L, "b".repeat(32), "[117,110,114,101,103]")
                + "{\"MESSAGE\":\"cut off");

    assertThat(found.logs).hasSize(2);
    assertThat(found.reboots).isEqualTo(1);
  }

  @Test
  void anAddressInAMessageIsNotKept() {
    assertThat(LogFinding.of(Category.OTHER, "at ffff88810a6f85c8, flags 0x6000a").message())
        .isEqualTo("at …, flags 0x6000a");
    assertThat(
            new LogFinding(Category.OTHER, "x", null, null, null, null, null, null, List.of())
                .stack())
        .isEmpty();
  }

  @Test
  void linesOfTheKernelThatStandInOneAreReadOneByOne() {
    String joined =
        "[  100.000001] INFO: task runc:7040 blocked for more than 122 seconds."
            + " [  100.000002] task:runc state:D stack:0 pid:7040 ppid:1 flags:0x0"
            + " [  100.000003] Call Trace: [  100.000004]  __schedule+0x1/0x2"
            + " [  100.000005]  copy_net_ns+0x1/0x2 [  100.000006]  create_new_namespaces+0x1/0x2";

    assertThat(Found.in(joined + "\n").tasks)
        .extracting(TaskSighting::pid, TaskSighting::stack)
        .containsExactly(tuple(7040, List.of("copy_net_ns", "create_new_namespaces")));
  }
}
