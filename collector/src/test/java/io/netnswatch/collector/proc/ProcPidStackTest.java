package io.netnswatch.collector.proc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcPidStackTest {

  @Test
  void hiddenAddressesAndTerminalOf415() throws Exception {
    assertThat(ProcPidStack.parse(Recorded.text("5/stack")))
        .containsExactly(
            "inet_frags_exit_net",
            "nf_ct_net_exit",
            "ops_exit_list",
            "cleanup_net",
            "process_one_work",
            "worker_thread",
            "kthread",
            "ret_from_fork");
  }

  @Test
  void realAddressesOfOlderKernelsAndCompilerSuffixes() {
    String text =
        """
        [<ffffffff8128f8ac>] cleanup_net.part.3+0x1ac/0x2d0
        [<ffffffff81051183>] process_one_work.isra.8+0x143/0x3a0 [module]
        [<ffffffffffffffff>] 0xffffffffffffffff
        """;

    assertThat(ProcPidStack.parse(text))
        .containsExactly("cleanup_net.part.3", "process_one_work.isra.8");
  }

  @Test
  void runningTaskShowsNoFrames() {
    assertThat(ProcPidStack.parse("[<0>] 0xffffffffffffffff\n")).isEmpty();
    assertThat(ProcPidStack.parse("")).isEmpty();
  }

  @Test
  void innermostFramesAreKept() {
    assertThat(ProcPidStack.parse("[<0>] f+0x1/0x2\n".repeat(40))).hasSize(ProcPidStack.MAX_FRAMES);
  }
}
