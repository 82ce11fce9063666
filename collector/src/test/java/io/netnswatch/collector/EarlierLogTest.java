package io.netnswatch.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.schema.KernelLogEntry;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class EarlierLogTest {

  @Test
  void ofOtherTimesIsToldWhatHungOverNamespaces() {
    assertThat(
            EarlierLog.ofOtherTimes(
                List.of(
                    entry(71_063, "docker", List.of("copy_net_ns", "create_new_namespaces")),
                    entry(71_064, "dd", List.of("io_schedule", "blk_mq_get_tag")))))
        .singleElement()
        .asString()
        .contains("docker (pid 71063) hung in copy_net_ns", "another time");
  }

  @Test
  void ofTheTimeOfTheSnapshotsIsToldWhatNoneOfThemShows() {
    assertThat(unshown(Instant.parse("2026-06-01T12:00:05Z")))
        .singleElement()
        .asString()
        .contains("kworker/u8:1 (pid 77) has hung in rxrpc_exit_net; no snapshot shows it there");
    assertThat(unshown(Instant.parse("2026-06-01T10:00:05Z"))).isEmpty();
    assertThat(unshown(Instant.parse("2026-06-01T14:00:05Z"))).isEmpty();
  }

  private static List<String> unshown(Instant at) {
    return EarlierLog.unshown(
        List.of(
            Look.at(
                at,
                List.of(Look.waiting(78, "modprobe", "register_pernet_operations", 9)),
                List.of(
                    entry(77, "kworker/u8:1", List.of("rxrpc_exit_net", "cleanup_net")),
                    entry(78, "modprobe", List.of("register_pernet_operations")),
                    entry(79, "dd", List.of("io_schedule"))),
                0,
                List.of())));
  }

  private static KernelLogEntry entry(int pid, String comm, List<String> stack) {
    return KernelLogEntry.newBuilder()
        .setLoggedAt(Instant.parse("2026-06-01T12:00:00Z"))
        .setCategory("HUNG_TASK")
        .setMessage("INFO: task " + comm + ":" + pid + " blocked for more than 120 seconds.")
        .setPid(pid)
        .setComm(comm)
        .setState("D")
        .setStack(stack)
        .build();
  }
}
