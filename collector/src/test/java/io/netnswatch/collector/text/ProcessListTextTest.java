package io.netnswatch.collector.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import org.junit.jupiter.api.Test;

class ProcessListTextTest {

  @Test
  void aSingleRowOfPsIsAHotWorker() {
    Found found =
        Found.in(
            "root       901 99.7  0.0      0     0 ?        R    08:02  61:12 [kworker/u40:0]\n");

    assertThat(found.tasks)
        .containsExactly(
            TaskSighting.of(901, "kworker/u40:0").withState("R").withCpu(0.997, 3_672_000L));
  }

  /** Without a head hardly anything tells such a table from others. */
  @Test
  void ofRowsOfPsAxBlockedCommandsAndWorkersAreTaken() {
    Found found =
        Found.in(
            """
             5511 pts/3    D+     0:00 ip netns add foo
             5513 ?        Ds     0:00 unshare -n true
              117 ?        R     61:12 [kworker/u8:2+netns]
              118 ?        I      0:00 [kworker/0:1]
             5514 pts/4    D+     0:00 cat /mnt/nfs/file
             5515 pts/4    S+     0:00 ip netns exec foo bash
             5520 pts/3    S+     0:00 grep ip netns
            """);

    assertThat(found.tasks)
        .containsExactly(
            TaskSighting.of(5511, "ip").withState("D").withArguments("netns add foo"),
            TaskSighting.of(5513, "unshare").withState("D").withArguments("unshare --net"),
            TaskSighting.of(117, "kworker/u8:2+netns").withState("R"));
    assertThat(found.creations)
        .extracting(Findings.Creation::pid, Findings.Creation::finished)
        .containsExactly(tuple(5511, false), tuple(5513, false));
  }

  @Test
  void rowOfTopWithColumnsLeftOutIsTaken() {
    assertThat(Found.in("  299 root  R  99.3  200:25.89 kworker/u96:4+\n").tasks)
        .extracting(TaskSighting::pid, TaskSighting::comm, TaskSighting::cpuUse)
        .containsExactly(tuple(299, "kworker/u96:4+", 0.993));
  }

  /** top rounds, and its interval is not the kernel's: one thread still has one CPU. */
  @Test
  void oneThreadUsesOneCpuAtMost() {
    Found found =
        Found.in(
            """
              PID USER      PR  NI    VIRT    RES    SHR S  %CPU %MEM     TIME+ COMMAND
             8041 root      20   0       0      0      0 R 103.0  0.0   7:41.11 kworker/u16:0
             9002 root      20   0  500000  40000  10000 R 310.0  0.0   9:41.11 java
            """);

    assertThat(found.tasks)
        .extracting(TaskSighting::comm, TaskSighting::cpuUse)
        .containsExactly(tuple("kworker/u16:0", 1.0), tuple("java", 3.1));
  }

  /** The age of a worker by its share is the time it has used. */
  @Test
  void withoutItsTimeAWorkersShareOfItsAgeIsWhatItUsed() {
    Found found =
        Found.in(
            """
              PID STAT %CPU ELAPSED COMMAND
             4410 R    99.0    1000 kworker/u16:2+netns
            """);

    assertThat(found.tasks)
        .containsExactly(
            TaskSighting.of(4410, "kworker/u16:2+netns").withState("R").withCpu(0.99, 990_000L));
  }

  @Test
  void columnsAreThoseOfTheHead() {
    Found found =
        Found.in(
            """
              PID STAT WCHAN                            ELAPSED COMMAND
                1 Ss   ep_poll                         10:00:00 systemd
             2909 Ds   copy_net_ns                        41:07 ip netns add qrouter-1 --secret
             2926 R    -                                   00:00 ps
            """);

    assertThat(found.tasks.get(0))
        .isEqualTo(
            TaskSighting.of(2909, "ip")
                .withState("D")
                .withWchan("copy_net_ns")
                .withBlockedFor(2_467_000L)
                .withArguments("netns add qrouter-1"));
  }

  @Test
  void threadsOfPsAndAKworkersOwnWork() {
    Found found =
        Found.in(
            """
            UID          PID    PPID     LWP  C NLWP STIME TTY          TIME CMD
            root        1407       1    1633  0   40 Mar01 ?        00:00:02 /usr/bin/dockerd -H fd://
                PID     LWP S %CPU     TIME COMMAND
               1201    1201 R 97.3 00:22:10 kworker/u32:6+netns
            """);

    assertThat(found.tasks)
        .containsExactly(
            TaskSighting.of(1201, "kworker/u32:6+netns").withState("R").withCpu(0.973, 1_330_000L));
  }

  @Test
  void top() {
    Found found =
        Found.in(
            """
            top - 17:38:20 up 9 min,  0 user,  load average: 2.10, 1.74, 0.88
            Tasks:  57 total,   2 running,  55 sleeping,   0 stopped,   0 zombie

                PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND
                137 root      20   0       0      0      0 R  94.4   0.0   4:37.41 kworker+
               2909 root      20   0    4108   1348   1152 D   0.0   0.0   0:00.05 ip
            """);

    assertThat(found.used).containsExactly(Format.TOP);
    assertThat(found.tasks)
        .containsExactly(
            TaskSighting.of(137, "kworker+").withState("R").withCpu(0.944, 277_000L),
            TaskSighting.of(2909, "ip").withState("D").withCpu(0.0, null));
  }
}
