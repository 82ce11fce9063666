package io.netnswatch.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.schema.BlockedAt;
import io.netnswatch.schema.CommandOutcome;
import io.netnswatch.schema.InterestReason;
import io.netnswatch.schema.NetnsCommand;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.TaskOfInterest;
import io.netnswatch.simulator.TimelineStep.ConditionBegins;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** The forms are those of the recordings and of the table of look-alikes in the README. */
class ConditionTest {

  private static final SimulatedKernel MODERN = SimulatedKernel.of("6.1.90");

  @ParameterizedTest
  @CsvSource({"CLEANUP_LIVELOCK, nf_ct_net_exit", "CLEANUP_LIVELOCK_IP6REASM, ipv6_frags_exit_net"})
  void theLivelockSpinsInTheRecordedFrames(Condition condition, String exit) {
    Simulated simulated = Simulated.in(condition, SimulatedKernel.RECORDED);

    assertThat(simulated.cpusIn("inet_frags_exit_net", exit, "ops_exit_list", "cleanup_net"))
        .hasSizeGreaterThan(50)
        .allSatisfy(cpus -> assertThat(cpus).isBetween(0.5, 1.01));
    Set<String> leaves =
        simulated
            .samples()
            .flatMap(sample -> sample.getSymbols().stream())
            .filter(symbol -> symbol.getComm().startsWith("kworker/u"))
            .map(symbol -> symbol.getSymbol())
            .collect(Collectors.toSet());
    assertThat(leaves)
        .containsExactlyInAnyOrder("_raw_spin_lock", "inet_evict_bucket", "inet_frags_exit_net");
  }

  @Test
  void theSpinningWorkerIsHotInRAndSeldomShowsItsStack() {
    List<TaskOfInterest> workers =
        Simulated.in(Condition.CLEANUP_LIVELOCK, SimulatedKernel.RECORDED)
            .tasks()
            .filter(TaskOfInterest::getKernelThread)
            .toList();

    assertThat(workers)
        .hasSizeGreaterThan(100)
        .allSatisfy(
            worker -> {
              assertThat(worker.getState()).isEqualTo("R");
              assertThat(worker.getCpuUse()).isBetween(0.9, 1.0);
              assertThat(worker.getBlockedForMs()).isNull();
              assertThat(worker.getReasons()).contains(InterestReason.HOT_KERNEL_THREAD);
            })
        .anySatisfy(
            worker ->
                assertThat(worker.getStack())
                    .startsWith(
                        "inet_frags_exit_net", "nf_ct_net_exit", "ops_exit_list", "cleanup_net"))
        .anySatisfy(worker -> assertThat(worker.getStack()).isEmpty());
  }

  @Test
  void aHangingProbeIsReportedEveryFiveSecondsAndKilledAtItsLimit() {
    HostSpec host = HostSpec.of("a", new ConditionBegins(60_000, Condition.CLEANUP_LIVELOCK));

    Simulated simulated = Simulated.of(1, 10, host);

    Instant firstHung =
        simulated
            .latencies()
            .filter(it -> it.getOutcome() == CommandOutcome.STILL_RUNNING)
            .map(NetnsLatency::getStartedAt)
            .findFirst()
            .orElseThrow();
    List<NetnsLatency> records =
        simulated.latencies().filter(it -> it.getStartedAt().equals(firstHung)).toList();
    assertThat(records).hasSize(7);
    assertThat(records.subList(0, 6))
        .extracting(NetnsLatency::getLatencyMs)
        .containsExactly(5_000.0, 10_000.0, 15_000.0, 20_000.0, 25_000.0, 30_000.0);
    assertThat(records)
        .allSatisfy(
            record -> {
              assertThat(record.getCommandId()).isEqualTo(records.get(0).getCommandId());
              assertThat(blockedAt(record).getState()).isEqualTo("D");
              assertThat(blockedAt(record).getWchan()).isEqualTo("copy_net_ns");
              assertThat(blockedAt(record).getStack())
                  .containsExactly(
                      "copy_net_ns",
                      "create_new_namespaces",
                      "unshare_nsproxy_namespaces",
                      "SyS_unshare",
                      "entry_SYSCALL_64_fastpath");
            });
    NetnsLatency last = records.get(6);
    assertThat(last.getOutcome()).isEqualTo(CommandOutcome.TIMED_OUT);
    assertThat(last.getSignal()).isEqualTo(9);
    assertThat(last.getExitCode()).isNull();
    assertThat(last.getLatencyMs()).isBetween(30_000.0, 30_060.0);
    assertThat(simulated.latencies())
        .filteredOn(it -> it.getCommand() == NetnsCommand.LIST)
        .filteredOn(it -> it.getStartedAt().equals(last.getObservedAt()))
        .extracting(NetnsLatency::getStderr)
        .containsExactly("Error: Peer netns reference is invalid.\n");
  }

  @Test
  void aProbeThatCannotBeKilledIsReportedAsLongAsItHangs() {
    Simulated simulated =
        Simulated.in(Condition.UNREGISTER_NETDEVICE, SimulatedKernel.of("3.10.0-957.el7.x86_64"));

    List<NetnsLatency> hung =
        simulated
            .latencies()
            .filter(it -> it.getOutcome() == CommandOutcome.STILL_RUNNING)
            .toList();
    assertThat(hung.stream().map(NetnsLatency::getCommandId).distinct()).hasSize(1);
    assertThat(hung).hasSizeGreaterThan(100);
    assertThat(simulated.latencies()).noneMatch(it -> it.getOutcome() == CommandOutcome.TIMED_OUT);
  }

  @Test
  void whatHungFinishesWhenTheConditionEnds() {
    HostSpec host =
        HostSpec.of(
                "a",
                new ConditionBegins(0, Condition.UNREGISTER_NETDEVICE),
                new ConditionBegins(300_000, Condition.HEALTHY))
            .withOthersCreating();

    Simulated simulated = Simulated.of(1, 10, host);

    Set<String> hung = commands(simulated, CommandOutcome.STILL_RUNNING);
    Set<String> ended = commands(simulated, CommandOutcome.SUCCEEDED);
    ended.addAll(commands(simulated, CommandOutcome.TIMED_OUT));
    assertThat(hung).hasSizeGreaterThan(5).isSubsetOf(ended);
  }

  @Test
  void otherProgramsCreationsKeepTheProbeFromQueueingBehindThem() {
    HostSpec host =
        HostSpec.of("a", new ConditionBegins(0, Condition.CLEANUP_LIVELOCK)).withOthersCreating();

    Simulated simulated = Simulated.of(1, 20, host);

    assertThat(simulated.latencies().filter(it -> it.getTimeLimitMs() == null))
        .hasSizeGreaterThan(100)
        .allMatch(it -> it.getExitCode() == null && it.getStderr() == null);
    assertThat(simulated.latencies().filter(it -> it.getTimeLimitMs() != null))
        .noneMatch(it -> it.getObservedAt().isAfter(Simulated.START.plusSeconds(600)));
    assertThat(simulated.tasks().filter(it -> "copy_net_ns".equals(it.getWchan())))
        .anyMatch(it -> Objects.requireNonNullElse(it.getBlockedForMs(), 0L) > 600_000);
  }

  @ParameterizedTest
  @CsvSource({
    "HEALTHY, 40, 940",
    "FRAGMENT_IMBALANCE, 40, 940",
    "NAMESPACE_PINNED, 40, 940",
    "HOT_OTHER_KWORKER, 40, 940",
    "HEAVY_CHURN, 300, 6500",
    "CLEANUP_BACKLOG, 6000, 25000",
    "TWSK_PURGE, 2000, 20000",
    "UNHASH_NSID, 2000, 20000",
    "FRAGMENT_FLOOD, 52, 2904",
    "LOADED_HOST, 1000, 4900"
  })
  void slowCreationsFinish(Condition condition, double leastMs, double mostMs) {
    Simulated simulated = Simulated.in(condition, SimulatedKernel.RECORDED);

    assertThat(ended(simulated))
        .hasSizeGreaterThan(15)
        .allSatisfy(
            creation -> {
              assertThat(creation.getOutcome()).isEqualTo(CommandOutcome.SUCCEEDED);
              assertThat(creation.getLatencyMs()).isBetween(leastMs - 1, mostMs + 1);
            });
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.INCLUDE,
      names = {
        "CLEANUP_LIVELOCK",
        "CLEANUP_LIVELOCK_IP6REASM",
        "CONNTRACK_LIVELOCK",
        "UNREGISTER_NETDEVICE",
        "RTNL_CONTENTION",
        "NET_MUTEX_HELD",
        "PERNET_WRITER",
        "SLOW_EXIT"
      })
  void otherCreationsHangInCopyNetNs(Condition condition) {
    Simulated simulated = Simulated.in(condition, MODERN);

    assertThat(ended(simulated))
        .hasSizeGreaterThan(10)
        .allSatisfy(
            creation -> {
              assertThat(creation.getOutcome()).isEqualTo(CommandOutcome.TIMED_OUT);
              assertThat(blockedAt(creation).getStack()).contains("copy_net_ns");
            });
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.MATCH_NONE,
      names = {"CLEANUP_LIVELOCK.*", "TROUBLE"})
  void noLookAlikeEvictsFragmentsInTheCleanupForLong(Condition condition) {
    Simulated simulated = Simulated.in(condition, SimulatedKernel.RECORDED);

    assertThat(simulated.cpusIn("inet_evict_bucket", "cleanup_net"))
        .isNotEmpty()
        .allSatisfy(cpus -> assertThat(cpus).isLessThan(0.06));
    assertThat(simulated.cpusIn("inet_frags_exit_net", "cleanup_net"))
        .allSatisfy(cpus -> assertThat(cpus).isZero());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CONNTRACK_LIVELOCK | nf_ct_iterate_cleanup nf_conntrack_cleanup_net_list ops_exit_list cleanup_net",
        "TWSK_PURGE | inet_twsk_purge tcp_sk_exit_batch ops_exit_list cleanup_net",
        "UNHASH_NSID | unhash_nsid cleanup_net",
        "NET_MUTEX_HELD | ixgbe_service_task process_one_work",
        "FRAGMENT_FLOOD | inet_evict_bucket inet_frag_worker process_one_work"
      })
  void hotLookAlikesAreHotElsewhere(Condition condition, String frames) {
    Simulated simulated = Simulated.in(condition, SimulatedKernel.RECORDED);

    assertThat(simulated.cpusIn(frames.split(" ", -1)))
        .anySatisfy(cpus -> assertThat(cpus).isBetween(0.5, 1.01));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "UNREGISTER_NETDEVICE | msleep | msleep netdev_run_todo rtnl_unlock default_device_exit_batch ops_exit_list cleanup_net",
        "RTNL_CONTENTION | rtnl_lock | __mutex_lock rtnl_lock default_device_exit_batch ops_exit_list cleanup_net",
        "NET_MUTEX_HELD | cleanup_net | __mutex_lock cleanup_net"
      })
  void sleepingCleanupsShowWhereTheySleep(Condition condition, String wchan, String stack) {
    Stream<TaskOfInterest> cleanups =
        Simulated.in(condition, SimulatedKernel.RECORDED)
            .tasks()
            .filter(task -> task.getReasons().contains(InterestReason.NETNS_STACK))
            .filter(TaskOfInterest::getKernelThread);

    assertThat(cleanups)
        .hasSizeGreaterThan(100)
        .allSatisfy(
            cleanup -> {
              assertThat(cleanup.getState()).isEqualTo("D");
              assertThat(cleanup.getWchan()).isEqualTo(wchan);
              assertThat(cleanup.getStack()).startsWith(stack.split(" ", -1));
            });
  }

  @Test
  void slowExitsAreThoseOfThreeSubsystems() {
    Set<String> exits =
        Appearances.of(Condition.SLOW_EXIT, SimulatedKernel.RECORDED).stream()
            .flatMap(appearance -> appearance.threads().stream())
            .flatMap(look -> look.stacks().stream())
            .flatMap(List::stream)
            .collect(Collectors.toSet());

    assertThat(exits).contains("rxrpc_exit_net", "devlink_pernet_pre_exit", "cfg80211_pernet_exit");
  }

  @Test
  void aPernetWriterIsAModuleLoad() {
    assertThat(Simulated.in(Condition.PERNET_WRITER, MODERN).tasks())
        .filteredOn(task -> task.getComm().equals("modprobe"))
        .hasSizeGreaterThan(100)
        .allSatisfy(
            task ->
                assertThat(task.getStack())
                    .startsWith("rwsem_down_write_slowpath", "register_pernet_subsys"));
  }

  @Test
  void anImbalanceIsInTheCountersAlone() {
    Simulated simulated = Simulated.in(Condition.FRAGMENT_IMBALANCE, SimulatedKernel.RECORDED);

    assertThat(simulated.all(ProcSnapshot.class))
        .allSatisfy(
            snapshot ->
                assertThat(snapshot.getFragmentCounters())
                    .isNotEmpty()
                    .allMatch(counter -> counter.getMemoryBytes() == -18_432));
    assertThat(simulated.tasks().filter(TaskOfInterest::getKernelThread)).isEmpty();
  }

  @Test
  void aBacklogShowsInTheSlab() {
    assertThat(
            Simulated.in(Condition.CLEANUP_BACKLOG, SimulatedKernel.RECORDED)
                .all(ProcSnapshot.class))
        .allSatisfy(
            snapshot ->
                assertThat(
                        Objects.requireNonNull(snapshot.getNetnsCounts().getSlabObjects())
                            - Objects.requireNonNull(snapshot.getNetnsCounts().getReachable()))
                    .isBetween(200, 1_100));
  }

  @Test
  void aHostShowsNoMoreThanItCan() {
    HostSpec host =
        HostSpec.of("a", new ConditionBegins(0, Condition.CLEANUP_LIVELOCK))
            .withVisibility(new Visibility(false, false, false, false, false));

    Simulated simulated = Simulated.of(1, 10, host);

    assertThat(simulated.samples())
        .allSatisfy(
            sample -> {
              assertThat(sample.getCallPathsRecorded()).isFalse();
              assertThat(sample.getSymbols())
                  .allMatch(symbol -> symbol.getSymbol().equals("[unknown]"))
                  .allMatch(symbol -> symbol.getCallPaths().isEmpty());
            });
    assertThat(simulated.tasks())
        .isNotEmpty()
        .allMatch(task -> task.getStack() == null && task.getWchan() == null);
    assertThat(simulated.latencies().filter(it -> it.getBlockedAt() != null))
        .isNotEmpty()
        .allMatch(it -> blockedAt(it).getStack() == null && blockedAt(it).getWchan() == null);
  }

  @Test
  void compilerSuffixesAreOnTheHotSymbols() {
    HostSpec host =
        HostSpec.of("a", new ConditionBegins(0, Condition.CLEANUP_LIVELOCK))
            .withVisibility(new Visibility(true, true, true, true, true));

    assertThat(Simulated.of(1, 2, host).cpusIn("inet_evict_bucket.isra.8", "cleanup_net"))
        .allSatisfy(cpus -> assertThat(cpus).isGreaterThan(0.1));
  }

  private static BlockedAt blockedAt(NetnsLatency latency) {
    return Objects.requireNonNull(latency.getBlockedAt());
  }

  private static List<NetnsLatency> ended(Simulated simulated) {
    return simulated
        .latencies()
        .filter(it -> it.getCommand() == NetnsCommand.ADD)
        .filter(it -> it.getOutcome() != CommandOutcome.STILL_RUNNING)
        .toList();
  }

  private static Set<String> commands(Simulated simulated, CommandOutcome outcome) {
    return simulated
        .latencies()
        .filter(it -> it.getOutcome() == outcome)
        .map(NetnsLatency::getCommandId)
        .collect(Collectors.toSet());
  }
}
