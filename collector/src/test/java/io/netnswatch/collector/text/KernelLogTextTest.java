package io.netnswatch.collector.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.netnswatch.collector.text.LogFinding.Category;
import java.util.List;
import org.junit.jupiter.api.Test;

class KernelLogTextTest {

  private static final String HUNG =
      """
      [ 5400.000000] INFO: task modprobe:50933 blocked for more than 122 seconds.
      [ 5400.000110]       Not tainted 6.8.0-57-generic #59-Ubuntu
      [ 5400.000220] "echo 0 > /proc/sys/kernel/hung_task_timeout_secs" disables this message.
      [ 5400.000330] task:modprobe        state:D stack:0     pid:50933 tgid:50933 ppid:50931  flags:0x00004000
      [ 5400.000440] Call Trace:
      [ 5400.000550]  <TASK>
      [ 5400.000660]  __schedule+0x27c/0x6b0
      [ 5400.000770]  schedule+0x33/0x110
      [ 5400.000880]  rwsem_down_write_slowpath+0x1f5/0x6b0
      [ 5400.000990]  ? __pfx_ipvlan_init_module+0x10/0x10 [ipvlan]
      [ 5400.001100]  down_write+0x5c/0x80
      [ 5400.001210]  register_pernet_operations+0x36/0x110
      [ 5400.001320]  register_pernet_subsys+0x29/0x50
      [ 5400.001430]  </TASK>
      """;

  @Test
  void hungTaskOfTheNewEraIsAsProcWouldShowIt() {
    Found found = Found.in(HUNG);

    assertThat(found.tasks)
        .containsExactly(
            TaskSighting.of(50933, "modprobe")
                .withState("D")
                .withBlockedFor(122_000L)
                .withStack(List.of("register_pernet_operations", "register_pernet_subsys")));
    assertThat(found.logs)
        .singleElement()
        .satisfies(
            log -> {
              assertThat(log.category()).isEqualTo(Category.HUNG_TASK);
              assertThat(log.message())
                  .isEqualTo("INFO: task modprobe:50933 blocked for more than 122 seconds.");
              assertThat(log.blockedForMs()).isEqualTo(122_000);
            });
    assertThat(found.kernels).containsExactly("6.8.0-57-generic");
  }

  @Test
  void withoutItsTaskLinesRestItIsTheSame() {
    String cut = HUNG.replaceFirst("state:D stack.*", "state:D");

    assertThat(Found.in(cut).tasks).isEqualTo(Found.in(HUNG).tasks);
  }

  @Test
  void taskLineWithoutPidAndReportIsOfANamelessTask() {
    assertThat(
            Found.in(
                    """
                    task:modprobe        state:D
                    Call Trace:
                     __schedule+0x27c/0x6b0
                     register_pernet_operations+0x36/0x110
                    """)
                .tasks)
        .extracting(TaskSighting::pid, TaskSighting::comm, TaskSighting::state)
        .containsExactly(tuple(null, "modprobe", "D"));
  }

  @Test
  void wrappedByMailItIsTheSame() {
    String wrapped =
        HUNG.replace("for more than 122 seconds.", "for more than 122\nseconds.")
            .replaceAll("(?m)^\\[.{13} ", "");

    assertThat(Found.in(wrapped).tasks)
        .extracting(TaskSighting::blockedForMs)
        .containsExactly(122_000L);
  }

  @Test
  void linesOfOtherCallersInBetweenDoNoHarm() {
    StringBuilder mixed = new StringBuilder();
    int i = 0;
    for (String line : HUNG.lines().toList()) {
      mixed.append(line.replaceFirst("] ", "][  T72] ")).append('\n');
      mixed.append(
          "[ 5400.0000%02d][    C1] br0: port 3(v37) entered blocking state\n".formatted(i++));
    }

    assertThat(Found.in(mixed.toString()).tasks).isEqualTo(Found.in(HUNG).tasks);
  }

  @Test
  void blockedTasksOfSysrqOfTheOldEra() {
    Found found =
        Found.in(
            """
            [  616.151016] sysrq: SysRq : Show Blocked State
            [  616.153041]   task                        PC stack   pid father
            [  616.154171] ip              D13672  2909   2905 0x00000000
            [  616.154563] Call Trace:
            [  616.154899]  __schedule+0x245/0x720
            [  616.155401]  __mutex_lock.constprop.0+0x152/0x470
            [  616.155590]  ? do_filp_open+0x80/0x110
            [  616.156031]  copy_net_ns+0xc0/0x240
            [  616.157214] RIP: 0033:0x7fb1ae0600f7
            [  616.158855] xfsaild/sda1    D ffff88103e2d8000     0   311      2 0x00000080
            [  616.159012] Call Trace:
            [  616.159205]  [<ffffffff816a8f00>] schedule+0x29/0x70
            [  616.159306]  [<ffffffffc04f5f01>] xfsaild+0x16c/0x6f0 [xfs]
            """);

    assertThat(found.tasks)
        .containsExactly(
            TaskSighting.of(2909, "ip").withState("D").withStack(List.of("copy_net_ns")));
    assertThat(found.recognised).contains(Format.TASK_DUMP);
  }

  @Test
  void stalledCpuIsUsedByTheInterruptedTaskAlone() {
    Found found =
        Found.in(
            """
            [ 100.000001] rcu: INFO: rcu_preempt self-detected stall on CPU
            [ 100.000002] NMI backtrace for cpu 6
            [ 100.000003] CPU: 6 PID: 4188 Comm: kworker/u16:5 Tainted: G           OE      6.1.0-22-2-amd64 #1  Debian 6.1.94-1
            [ 100.000004] Workqueue: netns cleanup_net
            [ 100.000005] Call Trace:
            [ 100.000006]  <IRQ>
            [ 100.000007]  dump_stack_lvl+0x44/0x5c
            [ 100.000008]  rcu_sched_clock_irq.cold+0x70/0x1a6
            [ 100.000009]  </IRQ>
            [ 100.000010]  <TASK>
            [ 100.000011]  asm_sysvec_apic_timer_interrupt+0x16/0x20
            [ 100.000012] RIP: 0010:devlinks_xa_find_get.constprop.0+0x32/0x90
            [ 100.000013] RSP: 0018:ffffb7b0c0a3fdd8 EFLAGS: 00000246
            [ 100.000014]  devlink_pernet_pre_exit+0x51/0x140
            [ 100.000015]  cleanup_net+0x1f6/0x3b0
            [ 100.000016]  </TASK>
            """);

    assertThat(found.tasks)
        .singleElement()
        .satisfies(
            task -> {
              assertThat(task.comm()).isEqualTo("kworker/u16:5");
              assertThat(task.state()).isEqualTo("R");
              assertThat(task.cpuUse()).isEqualTo(1.0);
              assertThat(task.stack())
                  .containsExactly(
                      "devlinks_xa_find_get.constprop.0", "devlink_pernet_pre_exit", "cleanup_net");
            });
    assertThat(found.logs).extracting(LogFinding::category).containsExactly(Category.RCU_STALL);
    assertThat(found.recognised).isEmpty();
  }

  /**
   * As the first published case printed it: a kprobe's handler, frames of which many are marked.
   */
  @Test
  void dumpOfAProbeIsTheFunctionThatWasProbed() {
    Found found =
        Found.in(
            """
            [7263.901244] CPU: 2 PID: 16533 Comm: kworker/u16:1 Tainted: G           OE    4.16.13-1.el7.elrepo.x86_64 #1
            [7263.901250] Workqueue: netns cleanup_net
            [7263.901252] Call Trace:
            [7263.901260]  dump_stack+0x5c/0x85
            [7263.901263]  handler_pre+0x1b/0x30 [kprobe_frag]
            [7263.901266]  kprobe_ftrace_handler+0x92/0xf0
            [7263.901269]  ftrace_ops_assist_func+0x9e/0x130
            [7263.901272]  ? inet_evict_bucket+0x1/0x1a0
            [7263.901275]  inet_evict_bucket+0x5/0x1a0
            [7263.901277]  ? _raw_spin_unlock_bh+0x1a/0x20
            [7263.901279]  inet_frags_exit_net+0x6a/0xc0
            [7263.901281]  nf_ct_net_exit+0x70/0x90 [nf_defrag_ipv6]
            [7263.901284]  ops_exit_list.isra.8+0x36/0x60
            [7263.901286]  cleanup_net+0x1d5/0x2b0
            """);

    assertThat(found.tasks)
        .singleElement()
        .satisfies(
            task ->
                assertThat(task.stack())
                    .containsExactly(
                        "inet_evict_bucket",
                        "inet_frags_exit_net",
                        "nf_ct_net_exit",
                        "ops_exit_list.isra.8",
                        "cleanup_net"));
    assertThat(found.kernels).containsExactly("4.16.13-1.el7.elrepo.x86_64");
  }

  @Test
  void unreliableFramesAreTakenWhereTheyAreAllThereIs() {
    Found found =
        Found.in(
            """
            Call Trace:
             [<ffffffff816a8f00>] ? __schedule+0x29/0x70
             [<ffffffff8156d3b1>] ? inet_evict_bucket+0x11/0x170
             [<ffffffff814f7a21>] ? cleanup_net+0x1b1/0x2c0
            """);

    assertThat(found.tasks)
        .singleElement()
        .satisfies(
            task -> {
              assertThat(task.stack()).containsExactly("inet_evict_bucket", "cleanup_net");
              assertThat(task.inference()).contains("unreliable");
            });
  }

  /** Which of two locks it waits for shows in the lock alone. */
  @Test
  void aLockIsKeptWhereTheFunctionBelowDoesNotTellIt() {
    Found found =
        Found.in(
            """
            task:candump         state:D stack:0     pid:610   ppid:1      flags:0x00000004
            Call Trace:
             schedule+0x28a/0x6ba
             rwsem_down_write_slowpath+0x114/0x6e5
             down_write+0x41/0x4b3
             unregister_netdevice_notifier+0x17d/0x756
             raw_release+0x24c/0x456 [can_raw]
            """);

    assertThat(found.tasks)
        .singleElement()
        .satisfies(
            task ->
                assertThat(task.stack())
                    .containsExactly("down_write", "unregister_netdevice_notifier", "raw_release"));
  }

  /** Its own stack below it is no part of the trace. */
  @Test
  void framesOfProcBehindATraceAreNotItsOwn() {
    Found found =
        Found.in(
            """
            task:ip              state:D stack:0     pid:812   ppid:1      flags:0x00000004
            Call Trace:
             schedule+0x28a/0x6ba
             copy_net_ns+0x114/0x6e5
            # cat /proc/137/stack
            [<0>] msleep+0x1b/0x30
            [<0>] cleanup_net+0x20b/0x3f0
            """);

    assertThat(found.tasks)
        .extracting(TaskSighting::pid, TaskSighting::stack)
        .containsExactlyInAnyOrder(
            tuple(812, List.of("copy_net_ns")), tuple(137, List.of("msleep", "cleanup_net")));
  }

  @Test
  void theReleaseIsFoundBehindTheTaintOfEveryVendor() {
    assertThat(
            Found.in(
                    """
                    INFO: task a:1 blocked for more than 120 seconds.
                          Tainted: G           OE    --------- -  - 4.18.0-490.el8.x86_64 #1
                    """)
                .kernels)
        .containsExactly("4.18.0-490.el8.x86_64");
    assertThat(
            Found.in(
                    """
                    WARNING: suspicious RCU usage
                    6.10.0-0.rc4.fc41.x86_64+debug #1 Tainted: G        W    L    -------  ---
                    """)
                .kernels)
        .containsExactly("6.10.0-0.rc4.fc41.x86_64+debug");
  }

  @Test
  void softLockupNamesTaskAndTime() {
    Found found =
        Found.in(
            """
            watchdog: BUG: soft lockup - CPU#11 stuck for 26s! [kworker/u128:7:30311]
            CPU: 11 PID: 30311 Comm: kworker/u128:7 Tainted: G             L    5.15.0-78-generic #85-Ubuntu
            RIP: 0010:inet_twsk_purge+0xb1/0x1a0
            Call Trace:
             <TASK>
             tcp_sk_exit_batch+0x1e/0x40
             cleanup_net+0x1f6/0x3b0
             </TASK>
            """);

    assertThat(found.tasks)
        .singleElement()
        .satisfies(
            task -> {
              assertThat(task.pid()).isEqualTo(30311);
              assertThat(task.runningForMs()).isEqualTo(26_000);
              assertThat(task.stack())
                  .containsExactly("inet_twsk_purge", "tcp_sk_exit_batch", "cleanup_net");
            });
  }

  @Test
  void likelyOwnerOfALockIsNamed() {
    Found found =
        Found.in(
            "[1.0] INFO: task ip:812 is blocked on a mutex likely owned by task dockerd:99.\n");

    assertThat(found.logs)
        .singleElement()
        .satisfies(log -> assertThat(log.comm() + log.pid()).isEqualTo("dockerd99"));
  }
}
