package io.netnswatch.collector.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StackTextTest {

  @Test
  void oneWithoutANameIsACreationAsleep() {
    Found found =
        Found.in(
            """
            [<ffffffff8160b3b2>] copy_net_ns+0xa2/0x180
            [<ffffffff810a8d4b>] create_new_namespaces+0xfb/0x180
            [<ffffffffffffffff>] 0xffffffffffffffff
            """);

    assertThat(found.tasks)
        .singleElement()
        .satisfies(
            task -> {
              assertThat(task.stack()).containsExactly("copy_net_ns", "create_new_namespaces");
              assertThat(task.state()).isEqualTo("D");
              assertThat(task.inference()).isNotNull();
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "### pid=2712 comm=runc state=D",
        "=== 2712: runc (D) ===",
        "2712 D runc rtnl_lock",
        "Process 2712 (runc): in state: D",
        "\"pid\": 2712, \"comm\": \"runc\", \"state\": \"D\"",
        "thread 2712/2712 (runc) state=D"
      })
  void headingThatScriptsPrintSaysWhoseItIs(String heading) {
    assertThat(Found.in(heading + "\n[<0>] copy_net_ns+0x1/0x2\n").tasks)
        .extracting(TaskSighting::pid, TaskSighting::comm, TaskSighting::state)
        .containsExactly(tuple(2712, "runc", "D"));
  }

  @Test
  void stackOfAWarningIsOfAMoment() {
    assertThat(
            Found.in(
                    """
                     [<603d37a7>] dump_stack+0x40/0x45
                     [<60043633>] __warn+0x101/0x149
                     [<603d1559>] warn_slowpath_fmt+0xde/0xec
                     [<6006471d>] dec_ucount+0x86/0xfc
                     [<6031221f>] cleanup_net+0x2cb/0x326
                    """)
                .tasks)
        .isEmpty();
  }

  @Test
  void whoseItIsStandsBeforeItInManyForms() {
    Found found =
        Found.in(
            """
            root@node:~# cat /proc/137/stack
            [<0>] 0xffffffffffffffff
            ==> /proc/2909/stack <==
            [<0>] copy_net_ns+0xc0/0x240
            # 2026-11-25T17:38:24.232 /proc/2910/stack (unshare, D (disk)
            [<0>] copy_net_ns+0xc0/0x240
            /proc/7/task/71/stack:[<0>] rcu_barrier+0x1/0x2
            /proc/7/task/71/stack:[<0>] cleanup_net+0x1/0x2
            /proc/8/stack:[<0>] copy_net_ns+0x1/0x2
            """);

    assertThat(found.tasks).extracting(TaskSighting::pid).containsExactly(137, 2909, 2910, 71, 8);
    assertThat(found.tasks.get(0).stack()).isEmpty();
    assertThat(found.tasks.get(2).comm()).isEqualTo("unshare");
    assertThat(found.tasks.get(3).stack()).containsExactly("rcu_barrier", "cleanup_net");
    assertThat(found.taskTimes.get(2).wallMs()).isEqualTo(1795628304232L);
  }
}
