package io.netnswatch.detection;

import io.netnswatch.detection.evidence.BootEvidence;
import io.netnswatch.detection.evidence.InvalidEventException;
import io.netnswatch.detection.evidence.Projection;
import io.netnswatch.schema.BlockedAt;
import io.netnswatch.schema.CallPath;
import io.netnswatch.schema.CommandOrigin;
import io.netnswatch.schema.CommandOutcome;
import io.netnswatch.schema.InterestReason;
import io.netnswatch.schema.NetnsCommand;
import io.netnswatch.schema.NetnsCounts;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.SymbolSamples;
import io.netnswatch.schema.TaskCounts;
import io.netnswatch.schema.TaskOfInterest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Events of one host, as its collector would publish them. Frames and figures are those of
 * recordings/livelock.tar.gz; times are seconds after {@link #EPOCH_MS}.
 */
public record TestEvents(String host, String bootId) {

  public static final long EPOCH_MS = 1_795_363_000_000L;

  public static final List<String> LIVELOCK_PATH =
      List.of(
          "inet_evict_bucket",
          "inet_frags_exit_net",
          "nf_ct_net_exit",
          "ops_exit_list",
          "cleanup_net",
          "process_one_work",
          "worker_thread",
          "kthread",
          "ret_from_fork");

  public static final List<String> CREATION_STACK =
      List.of("copy_net_ns", "create_new_namespaces", "unshare_nsproxy_namespaces", "SyS_unshare");

  private static final String RELEASE = "4.15.1-netns";

  public static TestEvents ofHost(String host) {
    return new TestEvents(host, "boot-1");
  }

  public TestEvents rebooted() {
    return new TestEvents(host, "boot-2");
  }

  public static long ms(double second) {
    return EPOCH_MS + Math.round(second * 1000);
  }

  /** A slice of 5 s that ends at a second, with these symbols. */
  public PerfSample perf(double endSecond, SymbolSamples... symbols) {
    return PerfSample.newBuilder()
        .setHost(host)
        .setBootId(bootId)
        .setCollectorStartedAt(at(0))
        .setSequence(0)
        .setKernelRelease(RELEASE)
        .setStartedAt(at(endSecond - 5))
        .setDurationMs(5000)
        .setEvent("cpu-clock")
        .setFrequencyHz(100)
        .setCpuCount(2)
        .setSampleCount(1000)
        .setIdleCount(400)
        .setCallPathsRecorded(true)
        .setSymbols(List.of(symbols))
        .build();
  }

  /** The livelock as perf shows it: one whole CPU, divided among three leaves. */
  public PerfSample hotPerf(double endSecond) {
    return perf(
        endSecond,
        symbol("_raw_spin_lock", 240, prepend("_raw_spin_lock", LIVELOCK_PATH)),
        symbol("inet_evict_bucket", 160, LIVELOCK_PATH),
        symbol("inet_frags_exit_net", 95, LIVELOCK_PATH.subList(1, LIVELOCK_PATH.size())));
  }

  public PerfSample coldPerf(double endSecond) {
    return perf(endSecond, symbol("clear_page", 30, List.of("clear_page", "page_fault")));
  }

  public static SymbolSamples symbol(String symbol, long samples, List<String> path) {
    return SymbolSamples.newBuilder()
        .setSymbol(symbol)
        .setModule("[kernel.kallsyms]")
        .setComm("kworker/u4:0")
        .setPid(5)
        .setSamples(samples)
        .setCallPaths(
            path.isEmpty()
                ? List.of()
                : List.of(CallPath.newBuilder().setFrames(path).setSamples(samples).build()))
        .build();
  }

  /** A creation still running at a second. */
  public NetnsLatency hanging(double startSecond, double seenSecond) {
    return creation(startSecond, seenSecond, CommandOutcome.STILL_RUNNING);
  }

  /** A creation that ended at a second. */
  public NetnsLatency creation(double startSecond, double endSecond, CommandOutcome outcome) {
    boolean hangs = outcome == CommandOutcome.STILL_RUNNING || outcome == CommandOutcome.TIMED_OUT;
    return NetnsLatency.newBuilder()
        .setHost(host)
        .setBootId(bootId)
        .setCollectorStartedAt(at(0))
        .setSequence(0)
        .setKernelRelease(RELEASE)
        .setCommand(NetnsCommand.ADD)
        .setOrigin(CommandOrigin.PROBE)
        .setCommandId("2526-" + ms(startSecond))
        .setPid(2526)
        .setComm("ip")
        .setNetnsName("c26")
        .setStartedAt(at(startSecond))
        .setObservedAt(at(endSecond))
        .setLatencyMs((endSecond - startSecond) * 1000)
        .setOutcome(outcome)
        .setBlockedAt(
            hangs
                ? BlockedAt.newBuilder()
                    .setState("D")
                    .setWchan("copy_net_ns")
                    .setStack(CREATION_STACK)
                    .build()
                : null)
        .build();
  }

  public NetnsLatency succeeded(double startSecond, double endSecond) {
    return creation(startSecond, endSecond, CommandOutcome.SUCCEEDED);
  }

  /** A snapshot with these tasks. */
  public ProcSnapshot snapshot(double second, TaskOfInterest... tasks) {
    return ProcSnapshot.newBuilder()
        .setHost(host)
        .setBootId(bootId)
        .setCollectorStartedAt(at(0))
        .setSequence(0)
        .setCollectedAt(at(second))
        .setKernelRelease(RELEASE)
        .setKernelVersion("Linux version 4.15.1-netns (root@vm) #4 SMP")
        .setCpuCount(2)
        .setNetnsCounts(NetnsCounts.newBuilder().setReachable(4).build())
        .setTaskCounts(new TaskCounts(60, 2, 56, 1, 1, 0))
        .setTasksOfInterest(List.of(tasks))
        .build();
  }

  /**
   * A snapshot that could tell which tasks are creating namespaces.
   *
   * @param created how many namespaces were new in it; null if that was not counted
   */
  public ProcSnapshot telling(double second, @Nullable Integer created, TaskOfInterest... tasks) {
    int creators =
        (int) Stream.of(tasks).filter(task -> CREATION_STACK.equals(task.getStack())).count();
    return ProcSnapshot.newBuilder(snapshot(second, tasks))
        .setBlockedCreationCount(creators)
        .setCreatedNetnsCount(created)
        .build();
  }

  /** A container runtime inside the kernel's creation path for so many seconds. */
  public static TaskOfInterest runc(int pid, double seconds) {
    return TaskOfInterest.newBuilder(blockedTask(Math.round(seconds * 1000)))
        .setPid(pid)
        .setComm("runc:[1:CHILD]")
        .build();
  }

  /** The cleanup asleep, between two of its steps. */
  public static TaskOfInterest sleepingCleanup(String... frames) {
    return TaskOfInterest.newBuilder(spinningWorker())
        .setState("D")
        .setCpuUse(0.0)
        .setStack(
            Stream.concat(
                    Stream.of(frames),
                    Stream.of("cleanup_net", "process_one_work", "worker_thread", "kthread"))
                .toList())
        .build();
  }

  /** The spinning worker as /proc shows it. */
  public static TaskOfInterest spinningWorker() {
    return TaskOfInterest.newBuilder()
        .setPid(5)
        .setComm("kworker/u4:0")
        .setKernelThread(true)
        .setState("R")
        .setCpuUse(0.97)
        .setStack(LIVELOCK_PATH.subList(1, LIVELOCK_PATH.size()))
        .setReasons(List.of(InterestReason.HOT_KERNEL_THREAD, InterestReason.NETNS_STACK))
        .build();
  }

  /** Another program's creation inside the kernel. */
  public static TaskOfInterest blockedTask(long blockedForMs) {
    return TaskOfInterest.newBuilder()
        .setPid(2681)
        .setComm("unshare")
        .setKernelThread(false)
        .setState("D")
        .setWchan("copy_net_ns")
        .setStack(CREATION_STACK)
        .setBlockedForMs(blockedForMs)
        .setReasons(List.of(InterestReason.UNINTERRUPTIBLE, InterestReason.NETNS_STACK))
        .build();
  }

  /** Health, then the livelock from second 6 on, seen by all sources until second 29. */
  public List<SpecificRecord> livelock() {
    return List.of(
        succeeded(1, 1.1),
        snapshot(2),
        coldPerf(5),
        hanging(6, 11),
        snapshot(11, spinningWorker(), blockedTask(4800)),
        hotPerf(12),
        hanging(6, 16),
        snapshot(17, spinningWorker(), blockedTask(10_800)),
        hotPerf(22),
        hanging(6, 21),
        snapshot(29, spinningWorker()));
  }

  /** Health from one second to another: samples without the hot path, creations that finish. */
  public List<SpecificRecord> healthy(int fromSecond, int toSecond) {
    List<SpecificRecord> events = new ArrayList<>();
    for (int second = fromSecond; second < toSecond; second += 10) {
      events.add(coldPerf(second));
      events.add(succeeded(second, second + 0.1));
    }
    return events;
  }

  /** What one window of one boot shows in which these events fell. */
  static BootEvidence window(Projection projection, SpecificRecord... events)
      throws InvalidEventException {
    BootEvidence window = BootEvidence.of(projection.of(events[0], null));
    for (SpecificRecord event : events) {
      window = window.merge(BootEvidence.of(projection.of(event, null)));
    }
    return window;
  }

  public static List<String> prepend(String first, List<String> rest) {
    return Stream.concat(Stream.of(first), rest.stream()).toList();
  }

  static Instant at(double second) {
    return Instant.ofEpochMilli(ms(second));
  }
}
