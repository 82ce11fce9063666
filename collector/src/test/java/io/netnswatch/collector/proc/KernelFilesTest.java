package io.netnswatch.collector.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The small files of the kernel, one parser each. */
class KernelFilesTest {

  @Test
  void stackOfBothAddressFormsWithoutTheTerminalFrame() {
    String until414 =
        "[<ffffffff8128f8ac>] cleanup_net+0x1ac/0x2d0\n[<ffffffffffffffff>] 0xffffffffffffffff\n";
    String from415 =
        "[<0>] inet_evict_bucket.isra.8+0x67/0xa0\n[<0>] cleanup_net+0x1ac/0x2d0 [net]\n[<0>] 0xffffffffffffffff\n";

    assertThat(ProcPidStack.parse(until414)).containsExactly("cleanup_net");
    assertThat(ProcPidStack.parse(from415))
        .containsExactly("inet_evict_bucket.isra.8", "cleanup_net");
  }

  @Test
  void stackOfARunningTaskIsEmpty() {
    assertThat(ProcPidStack.parse("[<0>] 0xffffffffffffffff\n")).isEmpty();
    assertThat(ProcPidStack.parse("")).isEmpty();
  }

  @Test
  void stackIsLimited() {
    assertThat(ProcPidStack.parse("[<0>] f+0x1/0x2\n".repeat(1_000))).hasSize(32);
  }

  @Test
  void fragmentMemoryIsSigned() {
    assertThat(Sockstat.fragmentMemory("RAW6: inuse 0\nFRAG6: inuse 1 memory 4294948864\n"))
        .isEqualTo(-18_432L);
    assertThat(Sockstat.fragmentMemory("FRAG: inuse 0 memory 0\n")).isZero();
    assertThat(Sockstat.fragmentMemory("FRAG: inuse 3 memory 5000000000\n"))
        .isEqualTo(5_000_000_000L);
    assertThat(Sockstat.fragmentMemory("TCP: inuse 0\n")).isNull();
  }

  @Test
  void slabsMayBeMergedAway() {
    assertThat(Slabinfo.netNamespaces("# name\nnet_namespace         14     49   4160\n"))
        .isEqualTo(14);
    assertThat(Slabinfo.netNamespaces("net_namespace_x 1 2 3\n")).isNull();
  }

  @Test
  void statCountsCpusAndKnowsTheBootTime() throws ProcParseException {
    assertThat(ProcStat.parse("cpu  1 2\ncpu0 1 2\ncpu1 1 2\nbtime 1795362604\n"))
        .isEqualTo(new ProcStat(2, Instant.ofEpochSecond(1_795_362_604L)));
    assertThatThrownBy(() -> ProcStat.parse("cpu0 1\n"))
        .isInstanceOf(ProcParseException.class)
        .hasMessageStartingWith("stat: expected lines cpu0 and btime");
  }

  @Test
  void namedNamespacesAreThoseMountedBelowTheDirectory() {
    String mountinfo =
        """
        22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/vda rw
        90 22 0:24 /netns /run/netns rw shared:5 - tmpfs tmpfs rw
        91 90 0:4 net:[4026532345] /run/netns/blue rw shared:6 - nsfs nsfs rw
        92 90 0:4 net:[4026532346] /run/netns/with\\040blank rw - nsfs nsfs rw
        93 22 0:4 mnt:[4026532347] /run/snapd/ns/x.mnt rw - nsfs nsfs rw
        94 22 0:4 net:[4026532348] /run/docker/netns/default rw - nsfs nsfs rw
        """;

    assertThat(NamedNamespaces.parse(mountinfo, "/run/netns"))
        .containsExactly(entry("blue", 4026532345L), entry("with blank", 4026532346L));
  }
}
