package io.netnswatch.collector.proc;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.collector.kmsg.KernelLog;
import io.netnswatch.schema.InterestReason;
import io.netnswatch.schema.KernelLogEntry;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.TaskOfInterest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcSamplerTest {

  private static final Instant T0 = Instant.parse("2026-11-22T12:00:00Z");
  private static final Instant T5 = T0.plusSeconds(5);
  private static final String IN_COPY_NET_NS = "[<0>] copy_net_ns+0xb2/0x210\n";

  @TempDir private Path runNetns;

  private static ProcTree host() {
    return new ProcTree()
        .with("stat", "cpu  1 1\ncpu0 1 1\ncpu1 1 1\nbtime 1795362604\n")
        .withTask(1, "systemd", 'S', false, 10);
  }

  private static ProcSnapshot.Builder sample(ProcSampler sampler, ProcTree proc, Instant at)
      throws Exception {
    return sampler.sample(proc.with("uptime", uptime(at)), at).snapshot();
  }

  private static String uptime(Instant at) {
    return (600 + Duration.between(T0, at).toSeconds()) + ".00 900.00\n";
  }

  @Test
  void blockedCreationOfTheRecording() throws Exception {
    ProcTree proc =
        host()
            .with("2526/stat", Recorded.text("2526/stat"))
            .with("2526/stack", Recorded.text("2526/stack"))
            .with("2526/wchan", Recorded.text("2526/wchan"))
            .with("2526/cmdline", "ip\0netns\0add\0c26\0");
    ProcSampler sampler = new ProcSampler(null);
    sample(sampler, proc, T0);

    List<TaskOfInterest> tasks = sample(sampler, proc, T5).getTasksOfInterest();

    assertThat(tasks).hasSize(1);
    TaskOfInterest task = tasks.get(0);
    assertThat(task.getWchan()).isEqualTo("copy_net_ns");
    assertThat(task.getBlockedForMs()).isEqualTo(5_000);
    assertThat(task.getNetnsArguments()).isEqualTo("netns add c26");
    assertThat(task.getReasons())
        .containsExactly(
            InterestReason.UNINTERRUPTIBLE,
            InterestReason.NETNS_STACK,
            InterestReason.NETNS_COMMAND);
  }

  private static final List<String> IN_EXIT = List.of("rxrpc_exit_net", "cleanup_net");

  private static KernelLogEntry hung(Instant at, String comm) {
    return KernelLogEntry.newBuilder()
        .setLoggedAt(at)
        .setCategory("HUNG_TASK")
        .setMessage("INFO: task " + comm + ":5 blocked for more than 122 seconds.")
        .setPid(5)
        .setComm(comm)
        .setState("D")
        .setBlockedForMs(122_000L)
        .setStack(IN_EXIT)
        .build();
  }

  private static List<TaskOfInterest> sampleWithLog(
      ProcSampler sampler, ProcTree proc, Instant at, KernelLogEntry... log) throws Exception {
    return sampler
        .sample(
            proc.with("uptime", uptime(at)),
            at,
            (now, uptimeMs) -> new KernelLog.Said(List.of(log), 0))
        .snapshot()
        .getTasksOfInterest();
  }

  /** Its queue is behind its name here, and not in the log. */
  @Test
  void taskThatSleepsOnHangsWhereTheKernelsReportSaysIfItsStackCantBeRead() throws Exception {
    ProcSampler sampler = new ProcSampler(null);
    ProcTree proc = host().withTask(5, "kworker/u4:0+netns", 'D', true, 7);
    sample(sampler, proc, T0);

    assertThat(sampleWithLog(sampler, proc, T5, hung(T0.plusSeconds(3), "kworker/u4:0")))
        .singleElement()
        .satisfies(
            task -> {
              assertThat(task.getStack()).isEqualTo(IN_EXIT);
              assertThat(task.getBlockedForMs()).isEqualTo(124_000);
              assertThat(task.getReasons()).contains(InterestReason.NETNS_STACK);
            });
    assertThat(sampleWithLog(sampler, proc, T0.plusSeconds(400)))
        .singleElement()
        .extracting(TaskOfInterest::getStack)
        .isEqualTo(IN_EXIT);
    assertThat(
            sampleWithLog(
                sampler, proc.withTask(5, "kworker/u4:0+netns", 'D', true, 8), T0.plusSeconds(405)))
        .singleElement()
        .extracting(TaskOfInterest::getStack)
        .isNull();
  }

  @Test
  void reportOfAnotherTaskOrWaitTellsNothing() throws Exception {
    ProcTree proc = host().withTask(5, "kworker/u4:0", 'D', true, 7);
    ProcSampler sampler = new ProcSampler(null);
    sample(sampler, proc, T0);

    assertThat(sampleWithLog(sampler, proc, T5, hung(T0.plusSeconds(3), "kworker/u4:1")))
        .singleElement()
        .extracting(TaskOfInterest::getStack)
        .isNull();
    proc.with("5/wchan", "io_schedule");
    assertThat(sampleWithLog(sampler, proc, T5, hung(T0.plusSeconds(3), "kworker/u4:0")))
        .singleElement()
        .extracting(TaskOfInterest::getStack)
        .isNull();
  }

  /** It may have woken up, and sleep for a moment somewhere else. */
  @Test
  void reportFromBeforeTheFirstLookIsBelievedWhenTheTaskHasSleptOnForLonger() throws Exception {
    ProcTree proc = host().withTask(5, "kworker/u4:0", 'D', true, 7);
    ProcSampler sampler = new ProcSampler(null);
    KernelLogEntry report = hung(T0.minusSeconds(20), "kworker/u4:0");

    assertThat(sampleWithLog(sampler, proc, T0, report))
        .singleElement()
        .extracting(TaskOfInterest::getStack)
        .isNull();
    assertThat(sampleWithLog(sampler, proc, T0.plusSeconds(30)))
        .singleElement()
        .extracting(TaskOfInterest::getStack)
        .isEqualTo(IN_EXIT);
    proc.withTask(5, "kworker/u4:0", 'I', true, 7);
    assertThat(sampleWithLog(sampler, proc, T0.plusSeconds(35))).isEmpty();
    proc.withTask(5, "kworker/u4:0", 'D', true, 7);
    sampleWithLog(sampler, proc, T0.plusSeconds(40));
    assertThat(sampleWithLog(sampler, proc, T0.plusSeconds(80)))
        .singleElement()
        .extracting(TaskOfInterest::getStack)
        .isNull();
  }

  @Test
  void cpuUseIsMeasuredBetweenSnapshots() throws Exception {
    ProcSampler sampler = new ProcSampler(null);

    ProcSnapshot.Builder first =
        sample(sampler, host().withTask(5, "kworker/u4:0", 'R', true, 1_000), T0);
    ProcSnapshot.Builder second =
        sample(sampler, host().withTask(5, "kworker/u4:0", 'R', true, 1_480), T5);

    assertThat(first.getIntervalMs()).isNull();
    assertThat(first.getTasksOfInterest()).isEmpty();
    assertThat(second.getIntervalMs()).isEqualTo(5_000);
    assertThat(second.getTasksOfInterest())
        .singleElement()
        .satisfies(task -> assertThat(task.getCpuUse()).isEqualTo(0.96));
  }

  /** Who takes rtnl time and again is seen waiting for it at each look. */
  @Test
  void whoRanSinceOrWasElsewhereWaitsForRtnlAnew() throws Exception {
    String dump = "[<0>] rtnl_dumpit+0x1/0x2\n[<0>] netlink_dump+0x1/0x2\n";
    String ioctl = "[<0>] rtnl_lock+0x1/0x2\n[<0>] dev_ioctl+0x1/0x2\n";

    assertThat(rtnlWait(0, dump, dump)).isEqualTo(5_000);
    assertThat(rtnlWait(20, dump, dump)).isZero();
    assertThat(rtnlWait(0, dump, ioctl)).isZero();
  }

  private static @Nullable Long rtnlWait(long ticks, String before, String then) throws Exception {
    ProcSampler sampler = new ProcSampler(null);
    sample(sampler, host().withTask(5, "dockerd", 'D', false, 100).with("5/stack", before), T0);
    ProcTree later = host().withTask(5, "dockerd", 'D', false, 100 + ticks).with("5/stack", then);
    return sample(sampler, later, T5).getTasksOfInterest().get(0).getBlockedForMs();
  }

  @Test
  void busyProgramIsNobodysBusiness() throws Exception {
    ProcSampler sampler = new ProcSampler(null);
    sample(sampler, host().withTask(9, "java", 'R', false, 0), T0);

    assertThat(
            sample(sampler, host().withTask(9, "java", 'R', false, 500), T5).getTasksOfInterest())
        .isEmpty();
  }

  @Test
  void hotWorkerIsListedFirstHoweverManyTasksAreBlocked() throws Exception {
    ProcTree proc = host();
    for (int pid = 100; pid < 500; pid++) {
      proc.withTask(pid, "ip", 'D', false, 0).with(pid + "/stack", IN_COPY_NET_NS);
    }
    ProcSampler sampler = new ProcSampler(null);
    sample(sampler, proc.withTask(900, "kworker/u4:0", 'R', true, 0), T0);

    ProcSnapshot.Builder snapshot =
        sample(sampler, proc.withTask(900, "kworker/u4:0", 'R', true, 500), T5);

    assertThat(snapshot.getTasksOfInterest()).hasSize(64);
    assertThat(snapshot.getTasksOfInterest().get(0).getPid()).isEqualTo(900);
    assertThat(snapshot.getTasksOmitted()).isEqualTo(401 - 64);
  }

  @Test
  void blockedCreationIsListedHoweverManyThreadsAreHot() throws Exception {
    ProcTree before = host().withTask(900, "ip", 'D', false, 0).with("900/stack", IN_COPY_NET_NS);
    ProcTree now = host().withTask(900, "ip", 'D', false, 0).with("900/stack", IN_COPY_NET_NS);
    for (int pid = 100; pid < 200; pid++) {
      before.withTask(pid, "ksoftirqd", 'R', true, 0);
      now.withTask(pid, "ksoftirqd", 'R', true, 400);
    }
    ProcSampler sampler = new ProcSampler(null);
    sample(sampler, before, T0);

    ProcSnapshot.Builder snapshot = sample(sampler, now, T5);

    assertThat(snapshot.getTasksOfInterest())
        .hasSize(64)
        .anySatisfy(task -> assertThat(task.getPid()).isEqualTo(900));
    assertThat(snapshot.getTasksOmitted()).isEqualTo(37);
  }

  @Test
  void creationThatHangsInAThreadOfAnyProgramIsFoundAndFollowed() throws Exception {
    // Given: more threads than one snapshot looks at
    ProcTree proc = host();
    for (int pid = 1_000; pid < 1_020; pid++) {
      proc.with(pid + "/stat", thread(pid, "worker", 'S', 100));
      for (int tid = 10 * pid; tid < 10 * pid + 99; tid++) {
        proc.with(pid + "/task/" + tid + "/stat", thread(tid, "worker", 'S', 100));
      }
    }
    proc.with("1015/task/10180/stat", thread(10_180, "worker", 'D', 100))
        .with("1015/task/10180/stack", IN_COPY_NET_NS);
    ProcSampler sampler = new ProcSampler(null);
    assertThat(sample(sampler, proc, T0).getTasksOfInterest()).isEmpty();

    // When
    List<TaskOfInterest> found = sample(sampler, proc, T5).getTasksOfInterest();
    List<TaskOfInterest> followed = sample(sampler, proc, T5.plusSeconds(5)).getTasksOfInterest();

    // Then
    assertThat(found).singleElement().extracting(TaskOfInterest::getPid).isEqualTo(10_180);
    assertThat(followed)
        .singleElement()
        .satisfies(
            task -> {
              assertThat(task.getTgid()).isEqualTo(1_015);
              assertThat(task.getBlockedForMs()).isEqualTo(5_000);
              assertThat(task.getReasons()).contains(InterestReason.NETNS_STACK);
            });
  }

  /** containerd/containerd#12438, with 600 threads, on a host full of other threads. */
  @Test
  void creationThatHangsInAThreadOfAContainerRuntimeIsSeenAtOnce() throws Exception {
    // Given
    ProcTree proc = host();
    for (int pid = 1_000; pid < 1_020; pid++) {
      proc.with(pid + "/stat", thread(pid, "java", 'S', 100));
      for (int tid = 10 * pid; tid < 10 * pid + 99; tid++) {
        proc.with(pid + "/task/" + tid + "/stat", thread(tid, "java", 'S', 100));
      }
    }
    proc.with("4100/stat", thread(4_100, "containerd", 'S', 600));
    for (int tid = 40_000; tid < 40_599; tid++) {
      proc.with("4100/task/" + tid + "/stat", thread(tid, "containerd", 'S', 600));
    }
    proc.with("4100/task/40551/stat", thread(40_551, "containerd", 'D', 600))
        .with("4100/task/40551/stack", IN_COPY_NET_NS);

    // When
    ProcSnapshot.Builder first = sample(new ProcSampler(null), proc, T0);

    // Then
    assertThat(first.getTasksOfInterest())
        .singleElement()
        .extracting(TaskOfInterest::getPid, TaskOfInterest::getTgid)
        .containsExactly(40_551, 4_100);
    assertThat(first.getBlockedCreationCount()).isEqualTo(1);
  }

  /** netdev 2022-04-22, "hang with rmmod nf_conntrack". */
  @Test
  void moduleUnloadThatSpinsIsOfInterest() throws Exception {
    ProcTree proc =
        host()
            .withTask(25_447, "rmmod", 'R', false, 0)
            .with("25447/stack", Recorded.text("25447/stack"));

    assertThat(sample(new ProcSampler(null), proc, T0).getTasksOfInterest())
        .singleElement()
        .satisfies(
            rmmod -> {
              assertThat(rmmod.getReasons()).containsExactly(InterestReason.NETNS_STACK);
              assertThat(rmmod.getStack())
                  .startsWith("nf_conntrack_cleanup_net_list", "free_exit_list");
              assertThat(rmmod.getBlockedForMs()).isNull();
            });
  }

  /** netdev 2021-09-17: the creation itself runs an exit handler that does not end. */
  @Test
  void creationThatSpinsIsOfInterestAndComesBeforeACrowdOfBlockedOnes() throws Exception {
    // Given
    ProcTree proc =
        host()
            .withTask(8_312, "syz-executor.0", 'R', false, 0)
            .with("8312/stack", Recorded.text("8312/stack"));
    for (int pid = 100; pid < 300; pid++) {
      proc.withTask(pid, "runc", 'D', false, 0).with(pid + "/stack", IN_COPY_NET_NS);
    }

    // When
    ProcSnapshot.Builder snapshot = sample(new ProcSampler(null), proc, T0);

    // Then
    assertThat(snapshot.getTasksOfInterest().get(0).getPid()).isEqualTo(8_312);
    assertThat(snapshot.getBlockedCreationCount()).isEqualTo(201);
  }

  @Test
  void allBlockedCreationsAreCountedHoweverMany() throws Exception {
    // Given: more than are examined in one snapshot, among as many tasks that wait for a disk
    ProcTree proc = host();
    for (int pid = 1_000; pid < 1_600; pid += 2) {
      proc.withTask(pid, "runc", 'D', false, 0)
          .with(pid + "/stack", IN_COPY_NET_NS)
          .withTask(pid + 1, "nfsd", 'D', false, 0)
          .with(pid + 1 + "/stack", "[<0>] nfs_wait_bit_killable+0x1/0x2\n");
    }
    ProcSampler sampler = new ProcSampler(null);

    // When
    for (int second = 0; second < 25; second += 5) {
      sample(sampler, proc, T0.plusSeconds(second));
    }
    ProcSnapshot.Builder last = sample(sampler, proc, T0.plusSeconds(25));

    // Then
    assertThat(last.getBlockedCreationCount()).isEqualTo(300);
    assertThat(last.getTasksOfInterest()).hasSize(64);
    assertThat(last.getTasksOmitted()).isEqualTo(600 - 64);
  }

  @Test
  void whoHoldsTheOthersUpIsNotHiddenByThem() throws Exception {
    // Given: blocked creations, a hanging disk, and the three that any of them may wait for
    ProcTree proc = host();
    for (int pid = 100; pid < 200; pid++) {
      proc.withTask(pid, "runc", 'D', false, 0)
          .with(pid + "/stack", IN_COPY_NET_NS)
          .withTask(pid + 100, "nfsd", 'D', false, 0)
          .with(pid + 100 + "/stack", "[<0>] nfs_wait_bit_killable+0x1/0x2\n");
    }
    proc.withTask(900, "kworker/u4:1", 'D', true, 0)
        .with("900/stack", "[<0>] msleep+0x2/0x3\n[<0>] cleanup_net.isra.0+0x1/0x2\n")
        .withTask(901, "modprobe", 'D', false, 0)
        .with("901/stack", "[<0>] register_pernet_operations+0x1/0x2\n")
        .withTask(902, "dockerd", 'D', false, 0)
        .with("902/stack", "[<0>] __flush_work+0x1/0x2\n[<0>] rtnl_dellink+0x1/0x2\n");
    ProcSampler sampler = new ProcSampler(null);
    sample(sampler, proc, T0);

    // When
    ProcSnapshot.Builder snapshot = sample(sampler, proc, T5);

    // Then
    assertThat(snapshot.getTasksOfInterest())
        .filteredOn(task -> task.getPid() >= 900)
        .extracting(TaskOfInterest::getPid)
        .containsExactly(900, 901, 902);
    assertThat(snapshot.getTasksOfInterest())
        .filteredOn(task -> task.getPid() >= 900)
        .allSatisfy(task -> assertThat(task.getReasons()).contains(InterestReason.NETNS_STACK));
  }

  /** A storm of dumps: at each moment another program has it, and each for a moment. */
  @Test
  void whoRunsWithRtnlIsListedWhileOthersWaitForIt() throws Exception {
    String dumps = "[<0>] rtnl_dump_ifinfo+0x1/0x2\n[<0>] netlink_dump+0x1/0x2\n";
    String awaits = "[<0>] register_netdev+0x1/0x2\n[<0>] loopback_net_init+0x1/0x2\n";
    ProcSampler sampler = new ProcSampler(null);
    ProcTree alone = host().withTask(900, "node_exporter", 'R', false, 0);
    assertThat(sample(sampler, alone.with("900/stack", dumps), T0).getTasksOfInterest()).isEmpty();

    List<Integer> listed = new ArrayList<>();
    for (int second = 5; second < 25; second += 5) {
      int pid = 900 + second;
      ProcTree proc = host().withTask(100, "crun", 'D', false, 0).with("100/stack", awaits);
      proc.withTask(pid, "node_exporter", 'R', false, 0).with(pid + "/stack", dumps);
      sample(sampler, proc, T0.plusSeconds(second)).getTasksOfInterest().stream()
          .map(TaskOfInterest::getPid)
          .filter(it -> it >= 900)
          .forEach(listed::add);
    }

    assertThat(listed).containsExactly(915, 920);
  }

  /**
   * Of many that have to do with rtnl one holds it, and it may well be the last to be looked at.
   */
  @Test
  void whoHoldsRtnlIsNotHiddenByThoseWhoWaitForIt() throws Exception {
    ProcTree proc = host();
    for (int pid = 100; pid < 700; pid++) {
      proc.withTask(pid, "ip", 'D', false, 0)
          .with(
              pid + "/stack",
              "[<0>] __mutex_lock.isra.0+0x1/0x2\n[<0>] rtnetlink_rcv_msg+0x1/0x2\n");
    }
    proc.withTask(900, "ethtool", 'D', false, 0)
        .with(
            "900/stack",
            "[<0>] msleep+0x1/0x2\n[<0>] mlx5_cmd_exec+0x1/0x2\n[<0>] dev_ethtool+0x1/0x2\n");
    ProcSampler sampler = new ProcSampler(null);

    for (int second = 0; second < 30; second += 5) {
      sample(sampler, proc, T0.plusSeconds(second));
    }

    for (int second = 30; second < 60; second += 5) {
      assertThat(sample(sampler, proc, T0.plusSeconds(second)).getTasksOfInterest())
          .hasSize(64)
          .extracting(TaskOfInterest::getPid)
          .startsWith(900);
    }
  }

  /** Only its stack tells it from idle programs: it is looked for while others wait for it. */
  @Test
  void whoHoldsRtnlAndSleepsIsLookedForInTurnAndFollowed() throws Exception {
    String setsUp =
        """
        [<0>] schedule_timeout_interruptible+0x1/0x2
        [<0>] iwl_trans_wait+0x1/0x2
        [<0>] __dev_open+0x1/0x2
        [<0>] rtnl_newlink+0x1/0x2
        [<0>] rtnetlink_rcv_msg+0x1/0x2
        """;
    ProcTree proc = host();
    for (int pid = 100; pid < 700; pid++) {
      proc.withTask(pid, "bash", 'S', false, 0).with(pid + "/stack", "[<0>] do_wait+0x1/0x2\n");
    }
    proc.withTask(900, "NetworkManager", 'S', false, 0).with("900/stack", setsUp);
    ProcSampler sampler = new ProcSampler(null);
    for (int second = 0; second < 30; second += 5) {
      assertThat(sample(sampler, proc, T0.plusSeconds(second)).getTasksOfInterest()).isEmpty();
    }

    String awaits =
        """
        [<0>] __mutex_lock.isra.0+0x1/0x2
        [<0>] register_netdev+0x1/0x2
        [<0>] loopback_net_init+0x1/0x2
        [<0>] copy_net_ns+0x1/0x2
        """;
    proc.withTask(800, "runc", 'D', false, 0).with("800/stack", awaits);
    for (int second = 30; second < 60; second += 5) {
      sample(sampler, proc, T0.plusSeconds(second));
    }

    for (int second = 60; second < 75; second += 5) {
      assertThat(sample(sampler, proc, T0.plusSeconds(second)).getTasksOfInterest())
          .extracting(TaskOfInterest::getPid)
          .containsExactlyInAnyOrder(800, 900);
    }
    proc.with("900/stack", "[<0>] ep_poll+0x1/0x2\n");
    assertThat(sample(sampler, proc, T0.plusSeconds(80)).getTasksOfInterest())
        .extracting(TaskOfInterest::getPid)
        .containsExactly(800);
  }

  @Test
  void workerNamedForTheCleanupIsExaminedInAnyState() throws Exception {
    ProcTree proc =
        host()
            .withTask(30, "kworker/u8:2+netns", 'S', true, 0)
            .with("30/stack", "[<0>] ops_undo_list+0x1/0x2\n[<0>] cleanup_net+0x1/0x2\n");

    assertThat(sample(new ProcSampler(null), proc, T0).getTasksOfInterest())
        .singleElement()
        .extracting(TaskOfInterest::getPid)
        .isEqualTo(30);
  }

  @Test
  void runningTaskIsLookedAtUntilItsStacksShow() throws Exception {
    // Given
    String one = "[<0>] inet_evict_bucket+0x1/0x2\n[<0>] cleanup_net+0x1/0x2\n";
    String other = "[<0>] inet_frags_exit_net+0x1/0x2\n[<0>] cleanup_net+0x1/0x2\n";
    ProcTree proc =
        host()
            .withTask(5, "kworker/u4:0", 'R', true, 0)
            .withTexts("5/stack", "[<0>] 0xffffffffffffffff\n", one, one, other, one);

    // When
    List<TaskOfInterest> tasks = sample(new ProcSampler(null), proc, T0).getTasksOfInterest();

    // Then
    assertThat(tasks)
        .singleElement()
        .satisfies(
            worker -> {
              assertThat(worker.getStack()).containsExactly("inet_evict_bucket", "cleanup_net");
              assertThat(worker.getMoreStacks())
                  .singleElement()
                  .satisfies(
                      look ->
                          assertThat(look.getFrames())
                              .containsExactly("inet_frags_exit_net", "cleanup_net"));
            });
  }

  /** A worker is another one each time: the pool hands the work on. */
  @Test
  void workThatAnotherWorkerGoesOnWithIsFound() throws Exception {
    // Given
    String stack = "[<0>] msleep+0x2/0x3\n[<0>] cleanup_net+0x1/0x2\n";
    ProcTree proc = host().withTask(50, "kworker/u4:0", 'D', true, 0).with("50/stack", stack);
    ProcSampler sampler = new ProcSampler(null);
    sample(sampler, proc, T0);

    // When
    proc.without(50).withTask(51, "kworker/u4:3", 'D', true, 0).with("51/stack", stack);
    ProcSnapshot.Builder snapshot = sample(sampler, proc, T5);

    // Then
    assertThat(snapshot.getTasksOfInterest())
        .singleElement()
        .extracting(TaskOfInterest::getPid, TaskOfInterest::getBlockedForMs)
        .containsExactly(51, 0L);
  }

  @Test
  void howManyCreationsAreBlockedIsUnknownWhereNothingCanBeReadOfBlockedTasks() throws Exception {
    ProcTree hidden = host().withTask(7, "runc", 'D', false, 0).forbidding("7/stack");
    ProcTree shown =
        host().withTask(7, "dd", 'D', false, 0).with("7/wchan", "nfs_wait_bit_killable");

    assertThat(sample(new ProcSampler(null), hidden, T0).getBlockedCreationCount()).isNull();
    assertThat(sample(new ProcSampler(null), shown, T0).getBlockedCreationCount()).isZero();
    assertThat(sample(new ProcSampler(null), host(), T0).getBlockedCreationCount()).isZero();
  }

  @Test
  void creationsThatFinishedAreCountedByTheirNamespaces() throws Exception {
    // Given
    ProcTree proc = host().withLink("1/ns/net", "net:[100]");
    ProcSampler sampler = new ProcSampler(runNetns);
    assertThat(sample(sampler, proc, T0).getCreatedNetnsCount()).isNull();

    // When
    proc.withTask(30, "nginx", 'S', false, 0)
        .withLink("30/ns/net", "net:[200]")
        .withTask(31, "nginx", 'S', false, 0)
        .withLink("31/ns/net", "net:[200]")
        .withTask(32, "sh", 'S', false, 0)
        .withLink("32/ns/net", "net:[100]");

    // Then
    assertThat(sample(sampler, proc, T5).getCreatedNetnsCount()).isEqualTo(1);
    assertThat(sample(sampler, proc, T5.plusSeconds(5)).getCreatedNetnsCount()).isZero();
  }

  @Test
  void namespacesThatNoProcessLeadsToAreCountedByTheNextScan() throws Exception {
    // Given
    ProcTree proc = host();
    ProcSampler sampler = new ProcSampler(runNetns);
    sample(sampler, proc, T0);
    proc.with("1/mountinfo", "30 22 0:4 net:[300] /run/docker/netns/x rw - nsfs nsfs rw\n");

    // When
    List<@Nullable Integer> counts = new ArrayList<>();
    for (int second = 5; second <= 35; second += 5) {
      counts.add(sample(sampler, proc, T0.plusSeconds(second)).getCreatedNetnsCount());
    }

    // Then
    assertThat(counts).containsExactly(0, 0, 0, 0, 0, 1, 0);
  }

  @Test
  void onABigHostSleepersTakeTurnsAndAllAreCounted() throws Exception {
    // Given: 5,000 sleepers, of which the last begins to hang after the first snapshot
    ProcTree proc = host().withTask(2, "kworker/u4:0", 'R', true, 0);
    for (int pid = 10_000; pid < 15_000; pid++) {
      proc.withTask(pid, "sleep", 'S', false, 0);
    }
    ProcSampler sampler = new ProcSampler(null);
    sample(sampler, proc, T0);
    proc.withTask(2, "kworker/u4:0", 'R', true, 500).withTask(14_999, "daemon", 'D', false, 0);

    // When
    ProcSnapshot.Builder second = sample(sampler, proc, T5);
    sample(sampler, proc, T5.plusSeconds(5));
    ProcSnapshot.Builder fourth = sample(sampler, proc, T5.plusSeconds(10));

    // Then: the kernel thread is seen at once, the sleeper when its turn has come
    assertThat(second.getTaskCounts().getTotal()).isEqualTo(5_002);
    assertThat(second.getTasksOfInterest())
        .singleElement()
        .extracting(TaskOfInterest::getPid)
        .isEqualTo(2);
    assertThat(fourth.getTasksOfInterest())
        .extracting(TaskOfInterest::getPid)
        .containsExactly(14_999);
  }

  private static String thread(int tid, String comm, char state, int threads) {
    return "%d (%s) %c 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 %d 0 26 0"
        .formatted(tid, comm, state, threads);
  }

  @Test
  void reusedPidIsAnotherTask() throws Exception {
    ProcSampler sampler = new ProcSampler(null);
    sample(sampler, host().withTask(7, "dd", 'D', false, 0), T0);
    ProcTree later = host().withTask(7, "dd", 'D', false, 0);
    String stat = later.read("7/stat");
    assertThat(stat).isNotNull();
    later.with("7/stat", stat.replace(" 26 0", " 27 0"));

    assertThat(sample(sampler, later, T5).getTasksOfInterest())
        .singleElement()
        .satisfies(
            task -> {
              assertThat(task.getBlockedForMs()).isZero();
              assertThat(task.getCpuUse()).isNull();
            });
  }

  @Test
  void clockThatIsSetChangesNeitherIntervalNorAgeNorCpuUse() throws Exception {
    // Given
    ProcTree before = host().withTask(7, "dd", 'D', false, 0).withTask(5, "kworker", 'R', true, 0);
    ProcTree after = host().withTask(7, "dd", 'D', false, 0).withTask(5, "kworker", 'R', true, 480);

    for (Duration step : List.of(Duration.ofHours(-1), Duration.ofHours(1))) {
      ProcSampler sampler = new ProcSampler(null);
      sampler.sample(before.with("uptime", uptime(T0)), T0);

      // When: five seconds of the kernel's clock later the wall clock has been set
      ProcSnapshot.Builder snapshot =
          sampler.sample(after.with("uptime", uptime(T5)), T5.plus(step)).snapshot();

      // Then
      assertThat(snapshot.getIntervalMs()).isEqualTo(5_000);
      assertThat(snapshot.getTasksOfInterest())
          .satisfiesExactly(
              worker -> assertThat(worker.getCpuUse()).isEqualTo(0.96),
              dd -> assertThat(dd.getBlockedForMs()).isEqualTo(5_000));
    }
  }

  @Test
  void timeOfASuspendedHostDoesNotCount() throws Exception {
    // Given: the running kernel's clock, which stands still while /proc/uptime goes on
    AtomicLong kernelMs = new AtomicLong(1_000);
    ProcSampler sampler = new ProcSampler(null, kernelMs::get);
    ProcTree proc =
        host()
            .withTask(7, "ip", 'D', false, 0)
            .with("7/stack", IN_COPY_NET_NS)
            .with("7/cmdline", "ip\0netns\0add\0blue\0");
    sample(sampler, proc, T0);

    // When: five seconds awake, eight hours asleep
    kernelMs.addAndGet(5_000);
    Instant resumed = T5.plus(Duration.ofHours(8));
    proc.withTask(5, "kworker", 'R', true, 0).with("uptime", uptime(resumed));
    ProcSampler.Sample sample = sampler.sample(proc, resumed);

    // Then
    assertThat(sample.snapshot().getIntervalMs()).isEqualTo(5_000);
    assertThat(sample.snapshot().getTasksOfInterest())
        .singleElement()
        .satisfies(ip -> assertThat(ip.getBlockedForMs()).isEqualTo(5_000));
    assertThat(sample.commands())
        .singleElement()
        .satisfies(ip -> assertThat(ip.age()).isLessThan(Duration.ofHours(1)));
  }

  @Test
  void whatCannotHaveBeenIsNotSaid() throws Exception {
    // Given
    ProcSampler sampler = new ProcSampler(null);
    sample(sampler, host().withTask(5, "kworker/u4:0", 'R', true, 1_000), T0);

    // When: 6.75 s of CPU time in 5 s
    ProcSnapshot.Builder snapshot =
        sample(sampler, host().withTask(5, "kworker/u4:0", 'R', true, 1_675), T5);

    // Then: it was hot, and how hot is not known
    assertThat(snapshot.getTasksOfInterest())
        .singleElement()
        .satisfies(
            worker -> {
              assertThat(worker.getCpuUse()).isNull();
              assertThat(worker.getReasons()).containsExactly(InterestReason.HOT_KERNEL_THREAD);
            });
  }

  @Test
  void processWithThreadsMayUseMoreThanOneCpu() throws Exception {
    ProcSampler sampler = new ProcSampler(null);
    ProcTree proc = host().with("9/stat", thread(9, "modprobe", 'R', 4));
    sample(sampler, proc, T0);

    String later = thread(9, "modprobe", 'R', 4).replace(" 0 0 0 20 0 4", " 900 0 0 20 0 4");
    proc.with("9/stat", later).with("9/stack", "[<0>] free_exit_list+0x77/0xc0\n");

    assertThat(sample(sampler, proc, T5).getTasksOfInterest())
        .singleElement()
        .satisfies(task -> assertThat(task.getCpuUse()).isEqualTo(1.8));
  }

  @Test
  void malformedAndForbiddenAreNamedAndNeverZero() throws Exception {
    ProcTree proc =
        host()
            .with("uptime", "long\n")
            .with("slabinfo", "net_namespace many\n")
            .with("net/sockstat", "FRAG: broken\n")
            .with("8/stat", "8 (half")
            .withTask(7, "dd", 'D', false, 0)
            .forbidding("7/stack");

    ProcSnapshot.Builder snapshot = new ProcSampler(null).sample(proc, T0).snapshot();

    assertThat(snapshot.getUptimeMs()).isNull();
    assertThat(snapshot.getNetnsCounts().getSlabObjects()).isNull();
    assertThat(snapshot.getTasksOfInterest().get(0).getStack()).isNull();
    assertThat(snapshot.getUnreadable())
        .anySatisfy(line -> assertThat(line).startsWith("uptime: expected"))
        .anySatisfy(line -> assertThat(line).startsWith("slabinfo: expected"))
        .anySatisfy(line -> assertThat(line).startsWith("net/sockstat: expected"))
        .anySatisfy(line -> assertThat(line).startsWith("PID/stat: expected"))
        .anySatisfy(line -> assertThat(line).isEqualTo("PID/stack: AccessDeniedException"));
  }

  @Test
  void precursorIsReadThroughAProcessInTheNamespace() throws Exception {
    ProcTree proc =
        host()
            .withLink("1/ns/net", "net:[100]")
            .withTask(30, "nginx", 'S', false, 0)
            .withLink("30/ns/net", "net:[200]")
            .with("30/net/sockstat6", Recorded.text("net/sockstat6"));

    assertThat(sample(new ProcSampler(runNetns), proc, T0).getFragmentCounters())
        .singleElement()
        .satisfies(
            counter -> {
              assertThat(counter.getMemoryBytes()).isEqualTo(-18_432);
              assertThat(counter.getNetnsInode()).isEqualTo(200);
              assertThat(counter.getPid()).isEqualTo(30);
            });
  }

  @Test
  void counterIsNotBlamedOnANamespaceWhoseProcessIdWasReused() throws Exception {
    ProcTree proc =
        host()
            .withLink("1/ns/net", "net:[100]")
            .withTask(30, "nginx", 'S', false, 0)
            .withLink("30/ns/net", "net:[200]");
    ProcSampler sampler = new ProcSampler(runNetns);
    sample(sampler, proc, T0);
    proc.withLink("30/ns/net", "net:[300]")
        .with("30/net/sockstat6", Recorded.text("net/sockstat6"));

    assertThat(sample(sampler, proc, T5).getFragmentCounters()).isEmpty();
  }

  @Test
  void thisHostCanBeRead() throws Exception {
    ProcSnapshot.Builder snapshot =
        new ProcSampler(runNetns)
            .sample(new ProcDirectory(Path.of("/proc")), Instant.now())
            .snapshot();

    assertThat(snapshot.getTaskCounts().getTotal()).isPositive();
    assertThat(snapshot.getCpuCount()).isPositive();
    assertThat(Files.isDirectory(runNetns)).isTrue();
  }
}
