package io.netnswatch.collector.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Backtraces of debuggers, ftrace, strace, lists of namespaces, counters and names of kernels. */
class OtherTextsTest {

  @Test
  void crashBacktraceOfASleeperAndOfOneThatRan() {
    Found found =
        Found.in(
            """
            PID: 9207   TASK: ffff88003c6e8000  CPU: 1   COMMAND: "ip"
             #0 [ffffc90000a3bd38] __schedule at ffffffff815c2f50
             #1 [ffffc90000a3bdd0] schedule at ffffffff815c3100
             #2 [ffffc90000a3bde0] copy_net_ns at ffffffff8145f6d6
            PID: 6011   TASK: ffff88003c6e9000  CPU: 2   COMMAND: "kworker/u8:3"
             #0 [fffffe0000032e50] crash_nmi_callback at ffffffff8103f1a7
                [exception RIP: inet_evict_bucket+279]
                RIP: ffffffff8151dd20  RSP: ffffc90000a3bd38  RFLAGS: 00000246
             #5 [ffffc90000a3bd38] inet_frags_exit_net at ffffffff8151e0c1
             #6 [ffffc90000a3bd60] cleanup_net at ffffffff8145f6d6
            """);

    assertThat(found.tasks.get(0).state()).isEqualTo("D");
    assertThat(found.tasks.get(0).stack()).containsExactly("copy_net_ns");
    assertThat(found.tasks.get(1).state()).isEqualTo("R");
    assertThat(found.tasks.get(1).stack())
        .containsExactly("inet_evict_bucket", "inet_frags_exit_net", "cleanup_net");
  }

  @Test
  void drgnBacktrace() {
    Found found =
        Found.in(
            """
            >>> prog.stack_trace(1331)
            #0  context_switch (kernel/sched/core.c:5369:2)
            #1  __schedule (kernel/sched/core.c:6756:8)
            #2  __mutex_lock (kernel/locking/mutex.c:752:9)
            #3  cfg80211_pernet_exit (net/wireless/core.c:1661:2)
            #4  cleanup_net (net/core/net_namespace.c:640:3)
            """);

    assertThat(found.tasks)
        .singleElement()
        .satisfies(
            task -> {
              assertThat(task.pid()).isEqualTo(1331);
              assertThat(task.stack()).containsExactly("cfg80211_pernet_exit", "cleanup_net");
            });
  }

  @Test
  void stackOfFtrace() {
    Found found =
        Found.in(
            """
                kworker/u4:3-137   [001] ....   611.483192: <stack trace>
             => inet_evict_bucket
             => inet_frags_exit_net
             => cleanup_net
            """);

    assertThat(found.tasks)
        .containsExactly(
            TaskSighting.of(137, "kworker/u4:3")
                .withState("R")
                .withStack(List.of("inet_evict_bucket", "inet_frags_exit_net", "cleanup_net")));
  }

  @Test
  void straceThatEndsInsideACreationAndOneThatGoesOn() {
    Found hangs =
        Found.in(
            """
            execve("/usr/sbin/ip", ["ip", "netns", "add", "qrouter-9"], 0x7ffc /* 24 vars */) = 0
            unshare(CLONE_NEWNET
            """);
    Found ends = Found.in("[pid  311] unshare(CLONE_NEWNET)             = 0 <6.251003>\n");

    assertThat(hangs.creations)
        .containsExactly(new Findings.Creation(false, null, null, "ip", "qrouter-9"));
    assertThat(ends.creations)
        .containsExactly(new Findings.Creation(true, 6_251L, 311, null, null));
  }

  @Test
  void listsOfNamespacesAreRecognisedAndProveNothing() {
    Found found =
        Found.in(
            """
            RTNETLINK answers: Invalid argument
            Error: Peer netns reference is invalid.
            qdhcp-1 (id: 4)
                    NS TYPE NPROCS   PID USER NETNSID NSFS COMMAND
            4026531992 net       97     1 root unassigned /sbin/init
            """);

    assertThat(found.used).containsExactly(Format.NAMESPACE_LIST);
    assertThat(found.recognised).containsExactly(Format.NAMESPACE_LIST);
    assertThat(found.tasks).isEmpty();
  }

  @Test
  void countersBelowZero() {
    Found found =
        Found.in(
            """
            c35 FRAG6: inuse 0 memory 0
            c37 FRAG6: inuse 1 memory 4294960896
            FRAG: inuse 1 memory 4294948864
            """);

    assertThat(found.fragments).containsExactly("c37 IPV6 -6400", " IPV4 -18432");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Linux vm 4.16.13-1.el7.elrepo.x86_64 #1 SMP Wed Nov 25 2026 x86_64 GNU/Linux |"
            + " 4.16.13-1.el7.elrepo.x86_64",
        "[    0.000000] Linux version 4.15.0-45-generic (buildd@x) (gcc version 7) #48-Ubuntu SMP |"
            + " 4.15.0-45-generic",
        "kernel-ml-4.16.13-1.el7.elrepo.x86_64 | 4.16.13-1.el7.elrepo.x86_64",
        "ii  linux-image-4.15.0-45-generic  4.15.0-45.48  amd64 | 4.15.0-45-generic",
        "Kernel version: 5.4.0-26-generic | 5.4.0-26-generic",
        "6.1.0-22-amd64 | 6.1.0-22-amd64",
        "# os release : 4.16.13-1.el7 | 4.16.13-1.el7"
      })
  void kernelsByWhateverNamesThem(String line, String release) {
    assertThat(Found.in(line.strip() + "\n").kernels).containsExactly(release);
  }

  /** People who write of a kernel do not always say the word in front of it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "We're running 4.19.73 in production, and I don't think that 4.19 fixes it. | 4.19.73",
        "running 4.19.73 on all hosts, and in investigation | 4.19.73",
        "We run Linux 4.19.73 in production. | 4.19.73",
        "v4.19.73, and in investigation of the causes | 4.19.73",
        "(v4.19.73+) | 4.19.73+",
        "the 4.19.73 kernel hangs | 4.19.73",
        "on my pristine 5.16.3-arch1-1 kernel. | 5.16.3-arch1-1",
        "The nodes are running 5.4.3. | 5.4.3"
      })
  void aKernelThatTheTextSpeaksOfIsTakenWhereNothingIsSurer(String line, String release) {
    assertThat(Found.evidence(line + "\n").kernelRelease()).isEqualTo(release);
  }

  /** What is fixed, what one came from, two that differ, other programs, and what a driver says. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "It is fixed in v5.10.71, seen on 5.4.3",
        "the fix is in v5.10.71\nWe are running 5.4.3",
        "it did not happen before Linux 5.2.1",
        "not with the 4.9.3 kernel",
        "calico v3.26.1 on Alpine Linux 3.18.4",
        "Talos Linux v4.9.1",
        "running podman 4.9.4",
        "running 7.20.1",
        "[    2.100000] running 4.9.4 of the firmware",
        "[    2.100000] v4.9.4",
        "v4.9.4 of the driver",
        "It worked fine with 5.4.0-150-generic before the downgrade. Now:",
        "5.4.0-150-generic works, and so did the one before",
        "we have had good luck with `3.2.0-31-generic`",
        "trying a different kernel (for example kernel 3.2.0-31-generic)",
        "I would upgrade to linux-image-5.4.0-150-generic",
        "it does not happen with kernel 5.4.0-150-generic"
      })
  void otherVersionsAreNoKernelThatRuns(String text) {
    assertThat(Found.evidence(text + "\n").kernelRelease()).isNull();
  }

  /** One that is named beside it does not stand in the way of theirs. */
  @Test
  void theirKernelAndAnotherThatWorks() {
    TextEvidence evidence =
        Found.evidence(
            "Our hosts run 4.15.0-29-generic and hang. We tried 5.4.0-150-generic: it is fine.\n");

    assertThat(evidence.kernelRelease()).isEqualTo("4.15.0-29-generic");
  }

  /** A function that a version no longer has proves that another one ran. */
  @ParameterizedTest
  @CsvSource({
    "4.15.0-29-generic, true",
    "4.16.13, true",
    "4.17.2, false",
    "6.8.0-31-generic, false"
  })
  void aKernelThatTheStackRefutesIsNotJudgedBy(String release, boolean possible) {
    TextEvidence evidence =
        Found.evidence(
            "Kernel version: "
                + release
                + """

                $ cat /proc/77/stack
                [<0>] inet_evict_bucket+0x122/0x150
                [<0>] cleanup_net+0x1b1/0x2c0
                """);

    assertThat(evidence.kernelRelease()).isEqualTo(possible ? release : null);
    assertThat(evidence.refuted(release) == null).isEqualTo(possible);
  }

  @Test
  void theKernelOfATraceThatAMarginCut() {
    Found found =
        Found.in(
            """
            [54189.370954] INFO: task kworker/4:2:131133 blocked for more than 122 seconds.
            [54189.370954]       Tainted: G     U     OE
            5.16.3-arch1-1 #1
            [54189.370954] task:kworker/4:2     state:D stack:    0 pid:131133 ppid:     2 flags:0x00004000
            """);

    assertThat(found.kernels).containsExactly("5.16.3-arch1-1");
  }

  @ParameterizedTest
  @CsvSource({"hello world", "10.0.0.1", "version 1.2.3 of something", "1.5", "2026-06-02"})
  void whatIsNothingIsNothing(String line) {
    Found found = Found.in(line + "\n");

    assertThat(found.used).isEmpty();
    assertThat(found.kernels).isEmpty();
  }

  @Test
  void numberOfCpus() {
    assertThat(Found.in("CPU(s):              4\n").cpus).isEqualTo(4);
    assertThat(Found.in("[    0.1] smp: Brought up 1 node, 2 CPUs\n").cpus).isEqualTo(2);
  }

  @Test
  void deviceLineWithinASentenceIsAHint() {
    Found found =
        Found.in(
            """
            We still see `unregister_netdevice: waiting for lo to become free. Usage count = 1` messages
            on all our nodes (kernel 4.9.24)
            The code prints: "unregister_netdevice: waiting for %s to become free."
            """);

    assertThat(found.logs).isEmpty();
    assertThat(found.suspicions).singleElement().asString().contains("waits for device lo,");
    assertThat(found.kernels).containsExactly("4.9.24");
  }

  @Test
  void kernelIsNamedInOtherLanguages() {
    assertThat(Found.in("系统内核: 3.10.0-862，重启后\n").kernels).containsExactly("3.10.0-862");
    assertThat(Found.in("ядро: 5.15.0-91-generic\n").kernels).containsExactly("5.15.0-91-generic");
  }
}
