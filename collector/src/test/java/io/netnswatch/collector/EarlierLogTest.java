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
