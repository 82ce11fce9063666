package io.netnswatch.collector.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.netnswatch.schema.InterestReason;
import io.netnswatch.schema.TaskOfInterest;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProcSamplerTest {

  private static final Instant START = Instant.parse("2026-11-22T15:00:00Z");
  private static final int PF_KTHREAD = 0x00200000;

  private final Proc proc = new Proc();
  private final ProcSampler sampler = new ProcSampler(null);

  @Test
  void firstSnapshotClaimsNoCpuUse() throws Exception {
    proc.task(5, "kworker/u4:0", 'R', PF_KTHREAD, 100);

    var snapshot = sampler.sample(proc, START).snapshot();

    assertThat(snapshot.getIntervalMs()).isNull();
    assertThat(snapshot.getTasksOfInterest()).isEmpty();
    assertThat(snapshot.getTaskCounts().getRunning()).isEqualTo(1);
    assertThat(snapshot.getNetnsCounts().getReachable()).isNull();
  }

  @Test
  void hotKernelWorkerIsMeasuredInCpusAndShownWithItsStack() throws Exception {
    proc.task(5, "kworker/u4:0", 'R', PF_KTHREAD, 100);
    proc.put("5/stack", "[<0>] inet_frags_exit_net+0x67/0xa0\n[<0>] cleanup_net+0x1ac/0x2d0\n");
    sampler.sample(proc, START);
    proc.task(5, "kworker/u4:0", 'R', PF_KTHREAD, 590);

    TaskOfInterest task =
        only(sampler.sample(proc, START.plusSeconds(5)).snapshot().getTasksOfInterest());

    assertThat(task.getCpuUse()).isCloseTo(0.98, within(1e-9));
    assertThat(task.getStack()).containsExactly("inet_frags_exit_net", "cleanup_net");
    assertThat(task.getReasons())
        .containsExactly(InterestReason.HOT_KERNEL_THREAD, InterestReason.NETNS_STACK);
    assertThat(task.getBlockedForMs()).isNull();
  }

  @Test
  void blockedTaskAgesFromWhenItWasFirstSeen() throws Exception {
    proc.task(2526, "dockerd", 'D', 0, 6);
    proc.put("2526/stack", "[<0>] copy_net_ns+0xb2/0x210\n");
    proc.put("2526/wchan", "copy_net_ns");
    sampler.sample(proc, START);

    TaskOfInterest task =
        only(sampler.sample(proc, START.plusSeconds(7)).snapshot().getTasksOfInterest());

    assertThat(task.getBlockedForMs()).isEqualTo(7_000);
    assertThat(task.getWchan()).isEqualTo("copy_net_ns");
    assertThat(task.getNetnsArguments()).isNull();
  }

  @Test
  void anotherProcessWithTheSamePidBeginsAnew() throws Exception {
    proc.task(7, "a", 'D', 0, 6);
    sampler.sample(proc, START);
    proc.startTicks = 888;
    proc.task(7, "b", 'D', 0, 6);

    TaskOfInterest task =
        only(sampler.sample(proc, START.plusSeconds(7)).snapshot().getTasksOfInterest());

    assertThat(task.getBlockedForMs()).isZero();
    assertThat(task.getCpuUse()).isNull();
  }

  @Test
  void keepsNothingOfACommandLineButTheNamespaceCommand() throws Exception {
    proc.task(9, "ip", 'S', 0, 1);
    proc.put("9/cmdline", "ip\0netns\0exec\0blue\0mysql\0--password=hunter2\0");
    proc.task(10, "mysql", 'D', 0, 1);
    proc.put("10/cmdline", "mysql\0--password=hunter2\0");

    var sample = sampler.sample(proc, START);

    assertThat(sample.snapshot().getTasksOfInterest())
        .extracting(TaskOfInterest::getNetnsArguments)
        .containsExactlyInAnyOrder("netns exec blue", null);
    assertThat(sample.snapshot().getTasksOfInterest().toString()).doesNotContain("hunter2");
  }

  @Test
  void limitsTasksAndCountsTheRest() throws Exception {
    for (int pid = 100; pid < 200; pid++) {
      proc.task(pid, "nfsd", 'D', 0, 1);
    }

    var snapshot = sampler.sample(proc, START).snapshot();

    assertThat(snapshot.getTasksOfInterest()).hasSize(64);
    assertThat(snapshot.getTasksOmitted()).isEqualTo(36);
    assertThat(snapshot.getTaskCounts().getUninterruptible()).isEqualTo(100);
  }

  @Test
  void whatVanishesIsPassedOverAndWhatIsForbiddenIsNotedOnce() throws Exception {
    proc.task(1, "gone", 'D', 0, 1);
    proc.files.remove("1/stat");
    proc.files.put("1/comm", "gone");
    proc.task(2, "x", 'D', 0, 1);
    proc.task(3, "y", 'D', 0, 1);
    proc.forbidden = "/stack";

    var snapshot = sampler.sample(proc, START).snapshot();

    assertThat(snapshot.getTasksOfInterest()).hasSize(2).allMatch(task -> task.getStack() == null);
    assertThat(snapshot.getUnreadable()).containsExactly("PID/stack: IOException");
  }

  @Test
  void whereIsShowsABlockedProcess() {
    proc.task(2526, "ip", 'D', 0, 6);
    proc.put("2526/stack", "[<0>] copy_net_ns+0xb2/0x210\n");
    proc.put("2526/wchan", "0");

    assertThat(ProcSampler.whereIs(proc, 2526))
        .satisfies(
            at -> {
              assertThat(at.getState()).isEqualTo("D");
              assertThat(at.getWchan()).isNull();
              assertThat(at.getStack()).containsExactly("copy_net_ns");
            });
    assertThat(ProcSampler.whereIs(proc, 4711)).isNull();
  }

  private static <T> T only(List<T> list) {
    assertThat(list).hasSize(1);
    return list.get(0);
  }

  /** A small /proc in memory. */
  private static final class Proc implements ProcFiles {
    private final Map<String, String> files = new HashMap<>();
    private @Nullable String forbidden;
    private int startTicks = 777;

    Proc() {
      put("stat", "cpu0 1 2\ncpu1 1 2\nbtime 1795362604\n");
    }

    void put(String file, String text) {
      files.put(file, text);
    }

    void task(int pid, String comm, char state, int flags, long ticks) {
      put(
          pid + "/stat",
          pid
              + " ("
              + comm
              + ") "
              + state
              + " 2 0 0 0 -1 "
              + flags
              + " 0 0 0 0 0 "
              + ticks
              + " 0 0 20 0 1 0 "
              + startTicks
              + " 0 0\n");
    }

    @Override
    public List<Integer> pids() {
      List<Integer> pids = new ArrayList<>();
      files.keySet().stream()
          .filter(file -> file.matches("\\d+/.*"))
          .map(file -> Integer.valueOf(file.substring(0, file.indexOf('/'))))
          .distinct()
          .sorted()
          .forEach(pids::add);
      return pids;
    }

    @Override
    public @Nullable String read(String file) throws IOException {
      if (forbidden != null && file.endsWith(forbidden)) {
        throw new IOException("Operation not permitted");
      }
      return files.get(file);
    }

    @Override
    public @Nullable String readLink(String file) {
      return null;
    }
  }
}
