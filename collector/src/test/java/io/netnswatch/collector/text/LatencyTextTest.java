package io.netnswatch.collector.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LatencyTextTest {

  private static final String OF_BCC =
      """
      Tracing 1 functions for "%s"... Hit Ctrl-C to end.
      ^C
           %s               : count     distribution
               4 -> 7          : 45       |****************************************|
           16384 -> 32767      : 7        |******                                  |
           32768 -> 65535      : 2        |*                                       |
      """;

  private static final String OF_BPFTRACE =
      """
      %s
      [8, 16)                4 |@@@@@@@@@@                                          |
      [16K, 32K)             3 |@@@@@@@                                             |
      """;

  @Test
  void slowCallsOfBccAreTold() {
    assertThat(Found.in(OF_BCC.formatted("copy_net_ns", "msecs")).suspicions)
        .containsExactly(
            "9 calls of copy_net_ns took 16 s or longer, by a histogram, and ended: others take"
                + " milliseconds; what they waited for is not shown");
  }

  @ParameterizedTest
  @CsvSource({"copy_net_ns, usecs", "vfs_read, msecs"})
  void fastOnesAndOthersAreNot(String function, String unit) {
    assertThat(Found.in(OF_BCC.formatted(function, unit)).suspicions).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "@cleanup_net_ms:",
        "@ms[cleanup_net]: ",
        "# bpftrace -e 'kprobe:cleanup_net { @start[tid] = nsecs; }'\\n@ms:"
      })
  void slowRoundsOfBpftraceAreTold(String heads) {
    assertThat(Found.in(OF_BPFTRACE.formatted(heads.replace("\\n", "\n"))).suspicions)
        .containsExactly(
            "3 calls of cleanup_net took 16 s or longer, by a histogram, and ended: that is the"
                + " namespace cleanup, and what it waits for is not shown");
  }

  @Test
  void withoutAUnitNothingIsTold() {
    assertThat(Found.in(OF_BPFTRACE.formatted("@cleanup_net:")).suspicions).isEmpty();
  }
}
