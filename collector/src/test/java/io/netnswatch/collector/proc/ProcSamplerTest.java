package io.netnswatch.collector.proc;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.schema.InterestReason;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.TaskOfInterest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
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
        .with("uptime", "600.00 900.00\n")
        .withTask(1, "systemd", 'S', false, 10);
  }

  private static ProcSnapshot.Builder sample(ProcSampler sampler, ProcTree proc, Instant at)
      throws Exception {
    return sampler.sample(proc, at).snapshot();
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
  void creationThatHangsInAThreadIsFoundAndFollowed() throws Exception {
    // Given: more threads than one snapshot looks at
    ProcTree proc = host();
    for (int pid = 1_000; pid < 1_004; pid++) {
      proc.with(pid + "/stat", thread(pid, "containerd", 'S', 100));
      for (int tid = 10 * pid; tid < 10 * pid + 99; tid++) {
        proc.with(pid + "/task/" + tid + "/stat", thread(tid, "containerd", 'S', 100));
      }
    }
    proc.with("1001/task/10040/stat", thread(10_040, "containerd", 'D', 100))
        .with("1001/task/10040/stack", IN_COPY_NET_NS);
    ProcSampler sampler = new ProcSampler(null);
    assertThat(sample(sampler, proc, T0).getTasksOfInterest()).isEmpty();

    // When
    List<TaskOfInterest> found = sample(sampler, proc, T5).getTasksOfInterest();
    List<TaskOfInterest> followed = sample(sampler, proc, T5.plusSeconds(5)).getTasksOfInterest();

    // Then
    assertThat(found).singleElement().extracting(TaskOfInterest::getPid).isEqualTo(10_040);
    assertThat(followed)
        .singleElement()
        .satisfies(
            task -> {
              assertThat(task.getBlockedForMs()).isEqualTo(5_000);
              assertThat(task.getReasons()).contains(InterestReason.NETNS_STACK);
            });
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
  void clockSetBackNeverMakesATimeNegative() throws Exception {
    ProcTree proc = host().withTask(7, "dd", 'D', false, 0);
    ProcSampler sampler = new ProcSampler(null);
    sample(sampler, proc, T5);

    ProcSnapshot.Builder snapshot = sample(sampler, proc, T0);

    assertThat(snapshot.getIntervalMs()).isNull();
    assertThat(snapshot.getTasksOfInterest().get(0).getBlockedForMs()).isZero();
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

    ProcSnapshot.Builder snapshot = sample(new ProcSampler(null), proc, T0);

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
