package io.netnswatch.detection.cause;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.netnswatch.detection.cause.Diagnosis.Alternative;
import io.netnswatch.detection.signature.Kernel;
import io.netnswatch.detection.signature.KernelVersion;
import io.netnswatch.schema.KernelVerdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DiagnosticianTest {

  private static final Diagnostician DIAGNOSTICIAN = new Diagnostician(Causes.shipped());
  private static final String RTNL =
      "rtnl_lock_killable<register_netdev<loopback_net_init<ops_init<setup_net<copy_net_ns";
  private static final String BLOCKED = "copy_net_ns<create_new_namespaces";

  /** Each cause in the frames of each era that it has been seen in, and its look-alikes. */
  @ParameterizedTest(name = "{0}: {1} on {2}")
  @CsvFileSource(resources = "diagnoses.csv", numLinesToSkip = 1, delimiter = '|')
  void namesTheCause(
      String cause, String stack, String kernel, String state, KernelVerdict verdict) {
    Task culprit = task(36, "kworker/u8:2", state, state.equals("R") ? 1.0 : 0.0, stack);

    Diagnosis diagnosis = diagnose(kernel, List.of(), culprit, task(50, "runc", "D", 0.0, BLOCKED));

    Diagnosis.CauseVerdict said = Objects.requireNonNull(diagnosis.verdict());
    assertThat(said.id()).isEqualTo(cause);
    assertThat(Objects.requireNonNull(diagnosis.culprit()).task().pid()).isEqualTo(36);
    assertThat(diagnosis.finding() == null ? KernelVerdict.UNKNOWN : diagnosis.finding().verdict())
        .isEqualTo(verdict);
  }

  /** The work that is cancelled is the driver's, and so is what the other worker is at. */
  @Test
  void whoHoldsRtnlAndWaitsForWorkThatNeedsItWaitsForItself() {
    Task creation = task(50, "runc", "D", 0.0, RTNL);
    Task owner =
        task(
            60,
            "ip",
            "D",
            0.0,
            "__flush_work<cancel_work_sync<foo_stop<__dev_close_many<do_setlink");
    Task worker = task(90, "kworker/3:2", "D", 0.0, "rtnl_lock<foo_link_work<process_one_work");
    Task other = task(91, "kworker/4:1", "D", 0.0, "rtnl_lock<linkwatch_event<process_one_work");

    Diagnosis circle = diagnose("6.6.95", List.of(), creation, owner, worker, other);

    assertThat(circle.chain())
        .extracting(it -> Objects.requireNonNull(it.reading()).task().pid(), WaitStep::waitsFor)
        .containsExactly(
            tuple(50, WaitKind.RTNL), tuple(60, WaitKind.WORK_OF_RTNL), tuple(90, WaitKind.RTNL));
    assertThat(Objects.requireNonNull(circle.culprit()).task().pid()).isEqualTo(60);
    assertThat(diagnose("6.6.95", List.of(), creation, owner, other).chain())
        .extracting(WaitStep::waitsFor)
        .containsExactly(WaitKind.RTNL, WaitKind.WORK_FLUSH);
    assertThat(Objects.requireNonNull(circle.verdict()).summary())
        .contains("ip (pid 60) and kworker/3:2 (pid 90) may wait for each other")
        .doesNotContain("does not end");
    assertThat(circle.verdict().endless()).isNotEqualTo(true);
    assertThat(circle.missing()).anyMatch(it -> it.contains("what both are named after"));
    assertThat(
            diagnose("6.6.95", List.of(), creation, since(0L, owner), since(110_000L, worker))
                .chain())
        .extracting(WaitStep::waitsFor)
        .containsExactly(WaitKind.RTNL, WaitKind.WORK_FLUSH);
  }

  /** It asks for the module with the lock held that the module's load needs. */
  @ParameterizedTest
  @CsvSource({"5.15.0, 0, true", "4.14.67, 5, true", "5.15.0, -60, false"})
  void aModuleLoadThatACreationAskedForAndHoldsUpIsADeadlock(
      String release, int loaderSeconds, boolean deadlock) {
    String init = "sctp_defaults_init<ops_init<setup_net<copy_net_ns";
    Task creation =
        task(70, "unshare", "D", 0.0, "call_usermodehelper_exec<__request_module<" + init);
    Task load =
        since(
            loaderSeconds * 1_000L,
            task(
                71,
                "modprobe",
                "D",
                0.0,
                "register_pernet_operations<crypto_null_mod_init<do_one_initcall"));
    Task blocked = task(80, "runc", "D", 0.0, BLOCKED);

    Diagnosis diagnosis = diagnose(release, List.of(), since(0L, creation), load, blocked);

    Diagnosis.CauseVerdict verdict = Objects.requireNonNull(diagnosis.verdict());
    assertThat(verdict.headline().startsWith("deadlock: ")).isEqualTo(deadlock);
    assertThat(Boolean.TRUE.equals(verdict.endless())).isEqualTo(deadlock);
    assertThat(Objects.requireNonNull(diagnosis.culprit()).task().pid()).isEqualTo(70);
    assertThat(diagnosis.missing()).noneMatch(it -> it.contains("who holds"));
  }

  private static Task since(@Nullable Long sinceMs, Task task) {
    return Task.of(
        task.origin(),
        task.pid(),
        task.comm(),
        task.kernelThread(),
        task.state(),
        task.cpuUse(),
        task.looks(),
        null,
        sinceMs,
        120_000);
  }

  /** Who holds one lock and waits for the other, whichever locks they are. */
  @Test
  void locksTakenInBothOrdersAreADeadlock() {
    Task cleanup = task(36, "kworker/u8:2", "D", 0.0, "__mutex_lock<ovs_exit_net<cleanup_net");
    Task owner =
        task(60, "ovs-vswitchd", "D", 0.0, "down_write<register_pernet_subsys<ovs_vport_cmd_new");

    Diagnosis diagnosis =
        diagnose("5.15.0", List.of(), task(80, "runc", "D", 0.0, BLOCKED), owner, cleanup);

    assertThat(Objects.requireNonNull(diagnosis.verdict()).headline()).startsWith("deadlock: ");
    assertThat(diagnosis.chain())
        .extracting(it -> Objects.requireNonNull(it.reading()).task().pid())
        .containsExactly(80, 60, 36, 60);
    assertThat(
            Objects.requireNonNull(
                    diagnose(
                            "5.15.0",
                            List.of(),
                            task(80, "runc", "D", 0.0, BLOCKED),
                            since(100_000L, owner),
                            since(0L, cleanup))
                        .verdict())
                .summary())
        .contains("may wait for each other")
        .doesNotContain("does not end");
  }

  /** Of a devlink instance's lock there are many. */
  @Test
  void aCircleOverTheLockOfSomeInstanceIsNoCertainDeadlock() {
    Task cleanup =
        task(77, "kworker/u8:1", "D", 0.0, "mutex_lock<devlink_pernet_pre_exit<cleanup_net");
    Task reload =
        task(90, "devlink", "D", 0.0, "register_netdevice_notifier<foo_init<devlink_reload");

    Diagnosis diagnosis =
        diagnose("6.8.0", List.of(), task(80, "runc", "D", 0.0, BLOCKED), reload, cleanup);

    assertThat(Objects.requireNonNull(diagnosis.verdict()).summary())
        .contains("may wait for each other");
    assertThat(diagnosis.missing()).anyMatch(it -> it.contains("not another instance"));
  }

  @ParameterizedTest
  @CsvSource({"br-wan, true", "wlan0, true", "wg0, true", "eth0, false", "veth12ab, false"})
  void aDeviceThatIsNamedAsAHostsOwnSaysLessOfNamespaces(String name, boolean ofHost) {
    List<HeldDevice> devices = List.of(new HeldDevice(name, 2, List.of()));

    assertThat(diagnose("5.15.0", devices).missing()).hasSize(ofHost ? 2 : 1);
  }

  @Test
  void aCleanupThatWaitsForTheLockLeadsTheChainWhereNobodyElseIsSeen() {
    Diagnosis diagnosis =
        diagnose(
            "4.19.66", List.of(), task(191, "kworker/u8:4", "D", 0.0, "down_read<cleanup_net"));

    assertThat(diagnosis.chain()).extracting(WaitStep::role).containsExactly(Role.CLEANUP);
    assertThat(Objects.requireNonNull(diagnosis.verdict()).id()).isEqualTo("pernet-lock-held");
    assertThat(diagnosis.missing()).anyMatch(it -> it.contains("who holds pernet_ops_rwsem"));
  }

  @Test
  void chainLeadsOverTheWriterToTheCleanup() {
    Diagnosis diagnosis =
        diagnose(
            "6.18.0-rc7",
            List.of(),
            task(950, "ip", "D", 0.0, BLOCKED),
            task(900, "modprobe", "D", 0.0, "register_pernet_subsys<ipvlan_init_module"),
            task(
                58,
                "kworker/u16:3",
                "R",
                1.0,
                "nf_conntrack_cleanup_net_list<ops_undo_list<cleanup_net"));

    assertThat(diagnosis.chain())
        .extracting(WaitStep::role)
        .containsExactly(Role.CREATOR, Role.PERNET_WRITER, Role.CLEANUP);
    assertThat(diagnosis.chain()).extracting(WaitStep::inferred).containsOnly(false);
    assertThat(Objects.requireNonNull(diagnosis.verdict()).alternatives())
        .extracting(Alternative::id)
        .contains("conntrack-deferred-skb-references");
  }

  /** As stock Linux 6.1 shows a load of ipvlan: recorded. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "register_netdevice_notifier<ipvlan_init_module<do_one_initcall",
        "unregister_netdevice_notifier<macvlan_cleanup_module<__do_sys_delete_module",
        "rtnl_link_unregister<veth_exit<__do_sys_delete_module"
      })
  void whoRegistersANotifierIsAWriterFrom417On(String stack) {
    Task cleanup = task(24, "kworker/u2:1", "R", 1.0, "nf_conntrack_cleanup_net_list<cleanup_net");
    Task creation = task(337, "ip", "D", 0.0, BLOCKED);
    Task load = task(319, "modprobe", "D", 0.0, stack);

    Diagnosis diagnosis = diagnose("6.1.0-56-amd64", List.of(), creation, load, cleanup);

    assertThat(diagnosis.chain())
        .extracting(WaitStep::role, WaitStep::inferred)
        .containsExactly(
            tuple(Role.CREATOR, false),
            tuple(Role.PERNET_WRITER, false),
            tuple(Role.CLEANUP, false));
    assertThat(diagnose("4.14.16", List.of(), creation, load, cleanup).chain())
        .extracting(WaitStep::role)
        .containsExactly(Role.CREATOR, Role.CLEANUP);
  }

  /** After a report of Linux 6.9-rc2: the LED of a card is taken away with the card. */
  @Test
  void whoTakesRtnlOnceMoreWaitsForItself() {
    Task owner =
        task(
            209,
            "irq/122-pciehp",
            "D",
            0.0,
            "unregister_netdevice_notifier<netdev_trig_deactivate<device_del"
                + "<unregister_netdevice_many_notify<unregister_netdev<igc_remove");
    Task inCreation = task(8000, "bwrap", "D", 0.0, RTNL);
    Task inCopy = task(8000, "bwrap", "D", 0.0, BLOCKED);
    Task cleanup = task(77, "kworker/u8:1", "D", 0.0, "rtnl_lock<tcf_net_exit<cleanup_net");

    assertThat(diagnose("6.9.0-rc2", List.of(), inCreation, owner).chain())
        .extracting(WaitStep::role, WaitStep::waitsFor)
        .containsExactly(
            tuple(Role.CREATOR, WaitKind.RTNL), tuple(Role.RTNL_OWNER, WaitKind.OWN_RTNL));
    Diagnosis writer = diagnose("6.9.0-rc2", List.of(), inCopy, owner);
    assertThat(writer.chain())
        .extracting(WaitStep::role, WaitStep::waitsFor, WaitStep::inferred)
        .containsExactly(
            tuple(Role.CREATOR, WaitKind.PERNET_LOCK, false),
            tuple(Role.PERNET_WRITER, WaitKind.OWN_RTNL, true));
    assertThat(Objects.requireNonNull(writer.verdict()).id()).isEqualTo("rtnl-self-deadlock");
    Diagnosis queued = diagnose("6.9.0-rc2", List.of(), inCopy, owner, cleanup);
    assertThat(queued.chain())
        .extracting(WaitStep::role, WaitStep::waitsFor, WaitStep::inferred)
        .containsExactly(
            tuple(Role.CREATOR, WaitKind.PERNET_LOCK, false),
            tuple(Role.PERNET_WRITER, WaitKind.PERNET_LOCK, false),
            tuple(Role.CLEANUP, WaitKind.RTNL, false),
            tuple(Role.RTNL_OWNER, WaitKind.OWN_RTNL, false));
    assertThat(Objects.requireNonNull(queued.culprit()).task().pid()).isEqualTo(209);
    assertThat(Objects.requireNonNull(queued.verdict()).id()).isEqualTo("rtnl-self-deadlock");
  }

  @Test
  void aCleanupThatIsTheQueuedWriterNeedsNoOther() {
    Diagnosis diagnosis =
        diagnose(
            "6.9.0-rc2",
            List.of(),
            task(8000, "crun", "D", 0.0, BLOCKED),
            task(
                77,
                "kworker/u8:1",
                "D",
                0.0,
                "unregister_netdevice_notifier<netdev_trig_deactivate<device_del"
                    + "<unregister_netdevice_many_notify<default_device_exit_batch<cleanup_net"));

    assertThat(diagnosis.chain())
        .extracting(WaitStep::role, WaitStep::what)
        .containsExactly(
            tuple(Role.CREATOR, "pernet_ops_rwsem"), tuple(Role.CLEANUP, StackReader.OWN_LOCK));
  }

  /** Nothing shows for which of its two locks it waits, nor that a module is loaded. */
  @Test
  void whoRegistersANotifierWaitsForOneOfTwoLocks() {
    Diagnosis diagnosis =
        diagnose(
            "6.1.50",
            List.of(),
            task(337, "ip", "D", 0.0, BLOCKED),
            task(319, "ethtool", "D", 0.0, "unregister_netdevice_notifier<netdev_trig_deactivate"));

    assertThat(diagnosis.chain().get(1).what())
        .isEqualTo("pernet_ops_rwsem, or for rtnl_mutex once it has that,");
    assertThat(StackReader.isOfModule(List.of("unregister_netdevice_notifier", "irq_thread")))
        .isFalse();
  }

  @Test
  void whoRegistersANotifierHoldsTheLockWhereOnlyRtnlIsHeld() {
    Diagnosis diagnosis =
        diagnose(
            "6.1.0-56-amd64",
            List.of(),
            task(337, "ip", "D", 0.0, BLOCKED),
            task(319, "modprobe", "D", 0.0, "register_netdevice_notifier<ipvlan_init_module"),
            task(197, "ip", "D", 0.0, "msleep<foo_open<__dev_open<do_setlink<rtnl_newlink"));

    assertThat(diagnosis.chain())
        .extracting(WaitStep::role)
        .containsExactly(Role.CREATOR, Role.PERNET_WRITER, Role.RTNL_OWNER);
  }

  /** Traces of the kernel's log have the locks, too. */
  @Test
  void whoRegistersANotifierWaitsForTheLockThatItsTraceShows() {
    Task cleanup = task(24, "kworker/u2:1", "R", 1.0, "nf_conntrack_cleanup_net_list<cleanup_net");
    Task creation = task(337, "ip", "D", 0.0, BLOCKED);
    Task owner = task(197, "ip", "D", 0.0, "msleep<foo_open<__dev_open<do_setlink<rtnl_newlink");
    Task queued = task(610, "candump", "D", 0.0, "down_write<register_netdevice_notifier<bcm_init");
    Task holds = task(610, "candump", "D", 0.0, "mutex_lock<register_netdevice_notifier<bcm_init");

    assertThat(diagnose("6.1.0-56-amd64", List.of(), creation, queued, cleanup, owner).chain())
        .extracting(WaitStep::role)
        .containsExactly(Role.CREATOR, Role.PERNET_WRITER, Role.CLEANUP);
    assertThat(diagnose("6.1.0-56-amd64", List.of(), creation, holds, owner).chain())
        .extracting(WaitStep::role)
        .containsExactly(Role.CREATOR, Role.PERNET_WRITER, Role.RTNL_OWNER);
  }

  /**
   * After syzbot 2c4ff3614695f75ce26c: the worker that the holder waits for wants the lock, too.
   */
  @Test
  void chainLeadsOverTheLockOfASubsystemToItsHolder() {
    Diagnosis diagnosis =
        diagnose(
            "5.8.0-rc4",
            List.of(),
            task(235, "kworker/u4:3", "D", 0.0, "ovs_exit_net<ops_exit_list<cleanup_net"),
            task(9052, "kworker/0:5", "D", 0.0, "ovs_dp_masks_rebalance<process_one_work"),
            task(21355, "ovs-dpctl", "D", 0.0, "ovs_dp_cmd_del<genl_rcv_msg"),
            task(21356, "ovs-dpctl", "D", 0.0, "ovs_lock<ovs_vport_cmd_del<genl_rcv_msg"),
            task(21286, "ovs-dpctl", "D", 0.0, "__flush_work<ovs_dp_cmd_del<genl_rcv_msg"));

    assertThat(diagnosis.chain())
        .extracting(WaitStep::role, WaitStep::what)
        .containsExactly(
            tuple(Role.CLEANUP, "ovs_mutex"), tuple(Role.LOCK_OWNER, "queued work to finish"));
    assertThat(Objects.requireNonNull(diagnosis.culprit()).task().pid()).isEqualTo(21286);
    assertThat(Objects.requireNonNull(diagnosis.verdict()).id()).isEqualTo("openvswitch-mutex");
  }

  /** After syzbot 73c5eab674c7e1e7012e: no cause is known of that lock. */
  @Test
  void holderOfALockIsNamedWhereNoCauseIsKnown() {
    Diagnosis diagnosis =
        diagnose(
            "6.11.0-rc5",
            List.of(),
            task(
                53,
                "kworker/u8:3",
                "D",
                0.0,
                "rdma_dev_change_netns<rdma_dev_exit_net<cleanup_net"),
            task(9442, "rdma", "D", 0.0, "disable_device<__ib_unregister_device<nldev_dellink"));

    assertThat(Objects.requireNonNull(diagnosis.culprit()).task().pid()).isEqualTo(9442);
    assertThat(Objects.requireNonNull(diagnosis.verdict()).id()).isEqualTo("unknown-rdma");
  }

  /** A port that is deleted takes rtnl with ovs_mutex held. */
  @Test
  void holderOfALockMayWaitForRtnl() {
    Diagnosis diagnosis =
        diagnose(
            "6.1.50",
            List.of(),
            task(24, "kworker/u4:3", "D", 0.0, "ovs_exit_net<ops_exit_list<cleanup_net"),
            task(940, "ovs-vswitchd", "D", 0.0, "rtnl_lock<netdev_destroy<ovs_vport_cmd_del"),
            task(197, "ip", "D", 0.0, "msleep<foo_open<__dev_open<do_setlink<rtnl_newlink"));

    assertThat(diagnosis.chain())
        .extracting(WaitStep::role)
        .containsExactly(Role.CLEANUP, Role.RTNL_WAITER, Role.RTNL_OWNER);
  }

  /** After sonic-net/sonic-buildimage 4802: a VRF of the host, and nobody but ip waits for it. */
  @Test
  void aDeviceThatAProgramRemovesIsOfNoNamespace() {
    Task removes = task(3121, "ip", "D", 0.0, "msleep<netdev_run_todo<rtnl_unlock<rtnl_dellink");
    Task creation = task(50, "runc", "D", 0.0, BLOCKED);
    List<HeldDevice> one = List.of(new HeldDevice("mgmt", 1, List.of()));
    List<HeldDevice> two =
        List.of(new HeldDevice("mgmt", 1, List.of()), new HeldDevice("lo", 2, List.of()));
    List<HeldDevice> loopback = List.of(new HeldDevice("lo", 2, List.of()));

    assertThat(diagnose("4.9.0", one, removes).chain()).isEmpty();
    assertThat(diagnose("4.9.0", one, removes, creation).chain())
        .extracting(WaitStep::role)
        .containsExactly(Role.CREATOR);
    for (List<HeldDevice> devices : List.of(two, loopback)) {
      assertThat(diagnose("4.9.0", devices, removes, creation).chain())
          .extracting(WaitStep::role, WaitStep::what)
          .containsExactly(
              tuple(Role.CREATOR, "net_mutex"),
              tuple(Role.CLEANUP, "device lo (usage count 2), which is still referenced"));
    }
  }

  /** After nmstate/kubernetes-nmstate 1523. */
  @Test
  void whoHoldsRtnlInADumpIsNamedByWhatIsDumped() {
    Diagnosis diagnosis =
        diagnose(
            "5.14.0-687.el9.x86_64",
            List.of(),
            task(4302, "runc", "D", 0.0, "register_netdev<loopback_net_init<ops_init<setup_net"),
            task(
                1294,
                "kubelet",
                "R",
                0.97,
                "igb_rd32<dev_get_stats<rtnl_dump_ifinfo<netlink_dump<__netlink_dump_start<rtnetlink_rcv_msg"));

    WaitStep owner = diagnosis.chain().get(1);
    assertThat(owner.inFunction()).isEqualTo("igb_rd32");
    assertThat(Objects.requireNonNull(owner.reading()).function()).isEqualTo("rtnl_dump_ifinfo");
  }

  /** A cleanup in its last barrier has given the lock back: somebody else holds it. */
  @Test
  void theLastStepOfTheCleanupBlocksNoCreation() {
    Task creation = task(337, "ip", "D", 0.0, BLOCKED);
    Task cleanup = task(24, "kworker/u2:1", "D", 0.0, "rcu_barrier<cleanup_net<process_one_work");

    Diagnosis beside = diagnose("4.4.0-131-generic", List.of(), creation, cleanup);
    Diagnosis alone = diagnose("4.4.0-131-generic", List.of(), cleanup);

    assertThat(beside.chain()).extracting(WaitStep::role).containsExactly(Role.CREATOR);
    assertThat(beside.missing()).anyMatch(it -> it.contains("who holds net_mutex"));
    assertThat(alone.chain())
        .extracting(WaitStep::what)
        .containsExactly("an RCU grace period, with the lock of the namespaces given back");
  }

  @Test
  void whereNobodyIsBlockedYetTheChainBeginsWithTheModuleLoadThatIsQueued() {
    Diagnosis diagnosis =
        diagnose(
            "5.10.0-21-amd64",
            List.of(),
            task(777, "modprobe", "D", 0.0, "register_pernet_subsys<nf_tables_module_init"),
            task(501, "kworker/u8:5", "D", 0.0, "kthread_stop<nfsd_net_exit<cleanup_net"));

    assertThat(diagnosis.chain())
        .extracting(WaitStep::role)
        .containsExactly(Role.PERNET_WRITER, Role.CLEANUP);
    assertThat(diagnosis.blocked()).isEmpty();
  }

  /** A stack alone does not say whether its task runs or sleeps. */
  @Test
  void aStackWithoutAStateFitsWhatSpinsWhereItShowsNoWait() {
    Task blocked = task(50, "runc", "D", 0.0, BLOCKED);
    Task spins = task(36, "kworker", "?", null, "nf_ct_iterate_cleanup<ops_exit_list<cleanup_net");
    Task waits = task(36, "kworker", "?", null, "rcu_barrier<nf_ct_iterate_cleanup<cleanup_net");

    assertThat(idOf(diagnose("5.10.162+", List.of(), blocked, spins)))
        .isEqualTo("conntrack-fragment-references");
    assertThat(idOf(diagnose("5.10.162+", List.of(), blocked, waits)))
        .isEqualTo("rcu-grace-period");
  }

  /** Up to 5.2 a resize of the hash and a leak look alike, but for how long they last. */
  @Test
  void whatEndsByItselfIsNotNamedFirstAfterHalfAnHour() {
    String spins = "nf_ct_iterate_cleanup<nf_conntrack_pernet_exit<ops_exit_list<cleanup_net";
    Task worker = task(36, "kworker/u8:2", "R", 1.0, spins);

    assertThat(idOf(diagnose("4.15.1", List.of(), blockedFor(10), worker)))
        .isEqualTo("conntrack-hash-resize");
    assertThat(idOf(diagnose("4.15.1", List.of(), blockedFor(40), worker)))
        .isEqualTo("conntrack-leaked-references");
    assertThat(idOf(diagnose("3.10.0-514.el7.x86_64", List.of(), blockedFor(40), worker)))
        .isEqualTo("conntrack-leaked-references");
  }

  private static Task blockedFor(int minutes) {
    return Task.of(
        Task.Origin.PROC,
        50,
        "ip",
        false,
        "D",
        0.0,
        List.of(Arrays.asList(BLOCKED.split("<"))),
        null,
        0L,
        minutes * 60_000L);
  }

  private static String idOf(Diagnosis diagnosis) {
    return Objects.requireNonNull(diagnosis.verdict()).id();
  }

  @Test
  void writerThatWasNotSeenIsInferredFrom417On() {
    Task cleanup =
        task(36, "kworker/u8:2", "D", 0.0, "rxrpc_destroy_all_calls<rxrpc_exit_net<cleanup_net");

    assertThat(diagnose("6.1.140", List.of(), cleanup, task(50, "runc", "D", 0.0, BLOCKED)).chain())
        .extracting(WaitStep::inferred)
        .containsExactly(false, true, false);
    assertThat(diagnose("4.14.16", List.of(), cleanup, task(50, "runc", "D", 0.0, BLOCKED)).chain())
        .hasSize(2);
  }

  /** The flush of backlogs is inlined on some kernels: what calls it flushes no other work. */
  @ParameterizedTest
  @CsvSource({
    "vendor_stop<__dev_close_many<rollback_registered_many, rtnl-held",
    "__flush_work<vendor_stop<__dev_close_many<rollback_registered_many, rtnl-held",
    "__flush_work<rollback_registered_many, backlog-flush",
    "__flush_work<flush_work<rollback_registered_many, backlog-flush"
  })
  void ownerOfRtnlIsTheCulprit(String within, String cause) {
    Diagnosis diagnosis =
        diagnose(
            "4.19.262",
            List.of(),
            task(
                5100,
                "runc",
                "D",
                0.0,
                "register_netdev<loopback_net_init<ops_init<setup_net<copy_net_ns"),
            task(3946, "dockerd", "D", 0.0, within + "<rtnl_dellink<rtnetlink_rcv_msg"));

    assertThat(Objects.requireNonNull(diagnosis.culprit()).task().comm()).isEqualTo("dockerd");
    assertThat(Objects.requireNonNull(diagnosis.verdict()).id()).isEqualTo(cause);
  }

  @Test
  void whoWaitsForTheSameLockIsNoCulprit() {
    Diagnosis diagnosis =
        DIAGNOSTICIAN.of(
            new Situation(
                new Kernel("6.6.0", null),
                List.of(
                    task(24, "kworker/u4:3", "D", 0.0, "rdma_dev_exit_net<cleanup_net"),
                    task(50, "runc", "D", 0.0, "rdma_dev_init_net<ops_init<setup_net<copy_net_ns"),
                    task(51, "runc", "D", 0.0, "rdma_dev_init_net<ops_init<setup_net<copy_net_ns")),
                task(50, "runc", "D", 0.0, "rdma_dev_init_net<ops_init<setup_net<copy_net_ns"),
                List.of(),
                false,
                Set.of(),
                null));

    assertThat(diagnosis.chain())
        .extracting(WaitStep::role, WaitStep::inferred)
        .containsExactly(tuple(Role.CREATOR, true), tuple(Role.CLEANUP, true));
    assertThat(diagnosis.blocked()).extracting(it -> it.task().pid()).containsExactly(50, 51);
    assertThat(diagnosis.culprit()).isNull();
    assertThat(diagnosis.missing())
        .anyMatch(it -> it.contains("who holds devices_rwsem") && it.contains("kworker/u4:3"));
  }

  /** There is a lock for each instance. */
  @Test
  void whoReloadsADevlinkInstanceMayHaveTheLockOfTheOne() {
    Diagnosis diagnosis =
        diagnose(
            "6.6.30",
            List.of(),
            task(77, "kworker/u8:1", "D", 0.0, "devlink_pernet_pre_exit<cleanup_net"),
            task(900, "devlink", "D", 0.0, "msleep<mlx5_devlink_reload_down<devlink_reload"));

    assertThat(Objects.requireNonNull(diagnosis.culprit()).task().pid()).isEqualTo(900);
    assertThat(Objects.requireNonNull(diagnosis.verdict()).id()).isEqualTo("devlink-reload");
    assertThat(diagnosis.missing()).anyMatch(it -> it.contains("another instance"));
  }

  @Test
  void whatElseWaitsForRtnlAndIsQueuedBehindTheCreationIsNamed() {
    Diagnosis diagnosis =
        diagnose(
            "6.2.0",
            List.of(),
            task(50, "runc", "D", 0.0, RTNL),
            task(2078, "rmmod", "D", 0.0, "unregister_netdev<igbvf_remove<pci_device_remove"),
            task(900, "modprobe", "D", 0.0, "register_pernet_subsys<ipvlan_init_module"));

    assertThat(diagnosis.missing())
        .anyMatch(it -> it.contains("for which wait as well rmmod (pid 2078)"));
    assertThat(Objects.requireNonNull(diagnosis.queued()).reading())
        .extracting(it -> it.task().pid())
        .isEqualTo(900);
  }

  @Test
  void aWaitThatItsFunctionAloneTellsIsNamed() {
    Diagnosis diagnosis =
        diagnose(
            "6.1.0",
            List.of(),
            task(
                24,
                "kworker/u4:3",
                "D",
                0.0,
                "rxrpc_destroy_all_calls<rxrpc_exit_net<cleanup_net"));

    assertThat(diagnosis.chain().get(0).what()).isEqualTo("outstanding calls of rxrpc to end");
  }

  @ParameterizedTest
  @CsvSource({"4.4.113, true", "4.4.114, false", "5.14.0, false"})
  void knownLeaksThatAKernelHasNotAreLeftOut(String release, boolean named) {
    Task cleanup =
        task(
            24,
            "kworker/u4:3",
            "D",
            0.0,
            "msleep<netdev_run_todo<default_device_exit_batch<cleanup_net");

    assertThat(
            Objects.requireNonNull(diagnose(release, List.of(), cleanup).finding())
                .reason()
                .contains("4ee806d51176"))
        .isEqualTo(named);
  }

  /** That it goes round is seen, what holds the entries is not: one cure alone may not help. */
  @ParameterizedTest
  @ValueSource(strings = {"", "__local_bh_enable_ip<"})
  void ofSeveralThatFitTheCureOfEachIsOffered(String top) {
    String stack = top + "nf_ct_iterate_cleanup<nf_conntrack_cleanup_net_list<cleanup_net";

    Diagnosis.CauseVerdict said =
        Objects.requireNonNull(
            diagnose("5.10.60", List.of(), task(24, "kworker/u4:3", "R", 1.0, stack)).verdict());

    assertThat(said.id()).isEqualTo("conntrack-fragment-references");
    assertThat(said.cure()).contains("006a5035b495", "2ef02ac38d3c", "Linux 5.10.71");
    assertThat(said.options())
        .anyMatch(it -> it.contains("conntrack-deferred-skb-references: Close sockets"));
  }

  /** The lists of deferred frees are of 5.19, and so is their sysctl. */
  @ParameterizedTest
  @CsvSource({"5.10.60, 0", "5.15.120, 0", "6.1.50, 1"})
  void anOptionIsOfferedOnceAndOnlyWhereTheKernelHasIt(String release, int times) {
    String stack = "nf_ct_iterate_cleanup<nf_conntrack_cleanup_net_list<cleanup_net";

    assertThat(
            Objects.requireNonNull(
                    diagnose(release, List.of(), task(24, "kworker/u4:3", "R", 1.0, stack))
                        .verdict())
                .options())
        .filteredOn(it -> it.contains("skb_defer_max"))
        .hasSize(times);
  }

  /** A line of its log is of Linux 6.19 and later, which have the cure of most. */
  @Test
  void ofAKernelThatIsNotOlderWhatWasCuredBeforeIsExcluded() {
    Diagnosis diagnosis =
        diagnose(
            Kernel.atLeast(new KernelVersion(6, 19, 0)),
            List.of(),
            task(24, "kworker/u4:3", "R", 1.0, "nf_conntrack_cleanup_net_list<cleanup_net"));

    Diagnosis.CauseVerdict said = Objects.requireNonNull(diagnosis.verdict());
    assertThat(said.id()).isEqualTo("conntrack-leaked-references");
    assertThat(said.alternatives()).isEmpty();
    assertThat(said.cure()).isNull();
  }

  @Test
  void hotWorkerWithoutAStackIsNamedAndWhatItLikelyIs() {
    Diagnosis diagnosis =
        diagnose(
            "4.15.18",
            List.of(),
            task(12161, "lxc-start", "D", 0.0, BLOCKED),
            task(11547, "kworker/u40:0", "R", 1.0, ""));

    assertThat(Objects.requireNonNull(diagnosis.culprit()).role()).isEqualTo(Role.HOT_WORKER);
    assertThat(Objects.requireNonNull(diagnosis.verdict()).known()).isFalse();
    assertThat(diagnosis.verdict().alternatives())
        .contains(new Alternative("ipfrag-eviction", "the fragment counter livelock"));
    assertThat(Objects.requireNonNull(diagnosis.finding()).verdict())
        .isEqualTo(KernelVerdict.AFFECTED);
  }

  @Test
  void kernelLogAloneShowsAReferencedDevice() {
    Diagnosis diagnosis =
        diagnose(
            "3.13.0-52-generic",
            List.of(new HeldDevice("lo", 4, List.of())),
            task(21805, "docker", "D", 0.0, BLOCKED));

    assertThat(Objects.requireNonNull(diagnosis.verdict()).id()).isEqualTo("device-reference-leak");
    assertThat(diagnosis.culprit()).isNull();
    assertThat(diagnosis.chain().get(1).what()).contains("lo (usage count 4)");
  }

  @ParameterizedTest
  @CsvSource({
    "D, bnxt_hwrm_do_send_msg<bnxt_open<bnxt_fw_reset_task<process_one_work, bnxt_fw_reset_task",
    "R, virtnet_send_command<virtnet_rx_mode_work<process_one_work, virtnet_rx_mode_work",
    "D, napi_disable<bpf_xdp_link_attach<__sys_bpf, bpf_xdp_link_attach"
  })
  void whoWorksOnADeviceIsLikelyToHoldRtnlWhereNobodyIsSeenTo(
      String state, String stack, String function) {
    Task worker = task(900, "kworker/3:1", state, 0.0, stack);

    Diagnosis diagnosis = diagnose("6.6.47", List.of(), task(50, "runc", "D", 0.0, RTNL), worker);

    Reading culprit = Objects.requireNonNull(diagnosis.culprit());
    assertThat(culprit.task()).isEqualTo(worker);
    assertThat(culprit.function()).isEqualTo(function);
    assertThat(diagnosis.chain()).last().matches(WaitStep::inferred);
    assertThat(diagnosis.missing()).anyMatch(it -> it.contains("nothing shows that kworker/3:1"));
  }

  @Test
  void whoWorksOnADeviceIsNotBlamedForWhatOthersHold() {
    Task worker = task(900, "kworker/3:1", "D", 0.0, "bnxt_open<bnxt_fw_reset_task");
    Task interrupted = task(901, "kworker/4:1", "R", 0.9, "mlx5e_napi_poll<net_rx_action");
    Task dockerd = task(7, "dockerd", "D", 0.0, "__flush_work<rtnl_dellink<rtnetlink_rcv_msg");
    Task forRtnl = task(50, "runc", "D", 0.0, RTNL);

    assertThat(diagnose("6.6.47", List.of(), forRtnl, worker, dockerd).culprit())
        .extracting(it -> it.task().comm())
        .isEqualTo("dockerd");
    assertThat(diagnose("6.6.47", List.of(), forRtnl, interrupted).culprit()).isNull();
    assertThat(diagnose("6.6.47", List.of(), task(50, "runc", "D", 0.0, BLOCKED), worker).culprit())
        .isNull();
    assertThat(diagnose("6.6.47", List.of(), worker).chain()).isEmpty();
  }

  @Test
  void whoTakesRtnlByItselfWaitsForItAndAnotherHoldsIt() {
    Task first = since(1_000L, task(45, "ip", "D", 0.0, "inet_rtm_newaddr<rtnetlink_rcv_msg"));
    Task holder =
        task(
            50,
            "ip",
            "D",
            0.0,
            "synchronize_rcu_expedited<wg_open<__dev_open<rtnl_newlink<rtnetlink_rcv_msg");
    Task runc = task(60, "runc", "D", 0.0, RTNL);

    Diagnosis diagnosis = diagnose("6.13.0-rc2", List.of(), runc, first, holder);

    assertThat(diagnosis.culprit()).extracting(Reading::task).isEqualTo(holder);
    assertThat(diagnose("6.13.0-rc2", List.of(), runc, first).missing())
        .anyMatch(it -> it.contains("no stack shows who holds rtnl_mutex, for which wait as well"));
    assertThat(diagnose("6.12.8", List.of(), runc, first).culprit())
        .extracting(Reading::task)
        .isEqualTo(first);
  }

  /** From which release on a handler takes rtnl by itself is not known of all. */
  @Test
  void aHandlerThatIsInnermostIsNoOwnerWhereItMayTakeRtnlByItself() {
    Task tc = task(45, "tc", "D", 0.0, "tc_modify_qdisc<rtnetlink_rcv_msg");
    Task runc = task(60, "runc", "D", 0.0, RTNL);

    assertThat(diagnose("6.14.2", List.of(), runc, tc).chain()).hasSize(1);
    assertThat(diagnose("6.1.100", List.of(), runc, tc).culprit())
        .extracting(Reading::task)
        .isEqualTo(tc);
  }

  @ParameterizedTest
  @CsvSource({
    "lock_sock_nested<smc_x, the lock of a socket",
    "__lock_sock<lock_sock_nested<smc_x, the lock of a socket",
    "kthread_stop<stop_sync_thread<ip_vs_x, a kernel thread to end"
  })
  void whatTheFunctionSaysIsNamed(String stack, String waitsFor) {
    Task cleanup = task(35, "kworker/u8:2+netns", "D", 0.0, stack + "<ops_exit_list<cleanup_net");

    assertThat(diagnose("6.10.3", List.of(), cleanup).chain())
        .extracting(WaitStep::what)
        .containsExactly(waitsFor);
  }

  @Test
  void onlyARebootEndsWhatADeadTaskHolds() {
    Task runc = task(60, "runc", "D", 0.0, RTNL);
    String stack = "do_setlink<rtnl_setlink<rtnetlink_rcv_msg";

    assertThat(diagnose("5.15.41", List.of(), runc, task(9, "ip", "X", 0.0, stack)).isOfDead())
        .isTrue();
    assertThat(diagnose("5.15.41", List.of(), runc, task(9, "ip", "D", 0.0, stack)).isOfDead())
        .isFalse();
  }

  @Test
  void ofSeveralWhoMayHoldRtnlNoneIsAccused() {
    Task vendor = task(70, "wpa_supplicant", "D", 0.0, "nl80211_vendor_cmd<genl_rcv_msg");
    Task before = task(71, "wifi_hal", "D", 0.0, "nl80211_pre_doit<genl_rcv_msg");
    Task runc = task(60, "runc", "D", 0.0, RTNL);

    Diagnosis diagnosis = diagnose("5.15.41", List.of(), runc, vendor, before);

    assertThat(diagnosis.culprit()).isNull();
    assertThat(diagnosis.missing())
        .anyMatch(it -> it.matches("one of these may hold rtnl_mutex, .*vendor_cmd.*pre_doit"));
  }

  @ParameterizedTest
  @CsvSource({
    "kernfs_drain<__kernfs_remove<netdev_unregister_kobject, sysfs-in-use",
    "__flush_work<unregister_netdevice_many_notify, backlog-flush",
    "synchronize_rcu<nsim_destroy, rcu-grace-period"
  })
  void whatADevlinkReloadWaitsForIsTheCause(String wait, String cause) {
    String stack = wait + "<devlink_reload<devlink_pernet_pre_exit<ops_pre_exit_list<cleanup_net";

    Diagnosis diagnosis =
        diagnose("6.10.3", List.of(), task(35, "kworker/u8:2+netns", "D", 0.0, stack));

    assertThat(idOf(diagnosis)).isEqualTo(cause);
  }

  /** Its lock is not visible, and no list knows all handlers that take rtnl. */
  @ParameterizedTest
  @ValueSource(strings = {"foo_net_exit", "__mutex_lock<foo_net_exit"})
  void handlerThatSleepsWhileSomebodySleepsUnderRtnlIsLikelyToWaitForIt(String top) {
    Task cleanup = task(35, "kworker/u8:2", "D", 0.0, top + "<ops_exit_list<cleanup_net");
    Task ip = task(7, "ip", "D", 0.0, "synchronize_rcu<rtnl_dellink<rtnetlink_rcv_msg");
    Task runc = task(50, "runc", "D", 0.0, BLOCKED);

    assertThat(diagnose("4.15.1", List.of(), cleanup, ip, runc).chain())
        .extracting(WaitStep::role)
        .containsExactly(Role.CREATOR, Role.CLEANUP, Role.RTNL_OWNER);
    assertThat(diagnose("4.15.1", List.of(), cleanup, runc).chain())
        .extracting(WaitStep::role)
        .containsExactly(Role.CREATOR, Role.CLEANUP);
  }

  @Test
  void whoTookTheReferenceIsNamedAndCanBeStopped() {
    Task cleanup =
        task(35, "kworker/u8:2", "D", 0.0, "netdev_run_todo<default_device_exit_batch<cleanup_net");
    HeldDevice veth =
        new HeldDevice(
            "eth0", 3, List.of("__netdev_tracker_alloc", "packet_do_bind", "packet_bind"));

    Diagnosis diagnosis =
        diagnose("6.6.3", List.of(veth), cleanup, task(50, "runc", "D", 0.0, BLOCKED));

    Diagnosis.CauseVerdict verdict = Objects.requireNonNull(diagnosis.verdict());
    assertThat(verdict.id()).isEqualTo("device-reference-leak");
    assertThat(verdict.options()).first().asString().contains("holds eth0", "tcpdump");
    assertThat(diagnosis.chain())
        .last()
        .extracting(WaitStep::what)
        .asString()
        .contains("eth0 (usage count 3, held by packet sockets: taken in packet_do_bind)");
  }

  @ParameterizedTest
  @CsvSource({
    "6.6.3, j1939_netdev_start<j1939_sk_bind, can-j1939-references",
    "6.19.1, j1939_netdev_start<j1939_sk_bind, device-reference-leak",
    "6.6.3, dst_init<dst_alloc<rt_dst_alloc, device-reference-leak"
  })
  void causeIsTheOneOfWhoTookTheReference(String kernel, String takenIn, String cause) {
    HeldDevice device = new HeldDevice("vcan0", 2, List.of(takenIn.split("<")));
    Task cleanup =
        task(35, "kworker/u8:2", "D", 0.0, "netdev_run_todo<default_device_exit_batch<cleanup_net");

    Diagnosis seen =
        diagnose(kernel, List.of(device), cleanup, task(50, "runc", "D", 0.0, BLOCKED));
    Diagnosis byLogAlone = diagnose(kernel, List.of(device), task(50, "runc", "D", 0.0, BLOCKED));

    assertThat(Objects.requireNonNull(seen.verdict()).id()).isEqualTo(cause);
    assertThat(Objects.requireNonNull(byLogAlone.verdict()).id()).isEqualTo(cause);
  }

  @Test
  void sameWaitIsForReferencesOrForRtnlByWhatTheLogSays() {
    Task cleanup =
        task(35, "kworker/u8:2", "D", 0.0, "netdev_run_todo<default_device_exit_batch<cleanup_net");
    Task runc = task(50, "runc", "D", 0.0, BLOCKED);

    assertThat(Objects.requireNonNull(diagnose("6.12.3", List.of(), cleanup, runc).verdict()).id())
        .isEqualTo("rtnl-contention");
    assertThat(
            Objects.requireNonNull(
                    diagnose("6.12.3", List.of(new HeldDevice("lo", 2, List.of())), cleanup, runc)
                        .verdict())
                .id())
        .isEqualTo("device-reference-leak");
  }

  @Test
  void unknownHandlerIsNamedWithItsSubsystem() {
    Diagnosis diagnosis =
        diagnose(
            "6.8.0",
            List.of(),
            task(
                36,
                "kworker/u8:2",
                "D",
                0.0,
                "schedule<smc_lgrs_shutdown<smc_net_exit<cleanup_net"),
            task(50, "runc", "D", 0.0, BLOCKED));

    Diagnosis.CauseVerdict said = Objects.requireNonNull(diagnosis.verdict());
    assertThat(said.id()).isEqualTo("unknown-smc");
    assertThat(said.known()).isFalse();
    assertThat(said.summary()).contains("smc_net_exit");
    assertThat(said.options()).anyMatch(option -> option.contains("module smc"));
  }

  /**
   * A handler that ends in a call leaves no frame of its own: seen on 6.12, with one whose last
   * call is msleep.
   */
  @ParameterizedTest
  @CsvSource({
    "msleep<ops_undo_list<cleanup_net, ops_undo_list",
    "msleep<ops_exit_list<cleanup_net, ops_exit_list",
    "usleep_range_state<ops_init<setup_net<copy_net_ns, ops_init",
  })
  void whoCallsTheHandlersOfAllIsNoSubsystem(String stack, String caller) {
    Diagnosis.CauseVerdict said =
        Objects.requireNonNull(
            diagnose("6.12.118", List.of(), task(12, "kworker/u4:0+netns", "D", 0.0, stack))
                .verdict());

    assertThat(said.id()).isEqualTo("unknown");
    assertThat(said.headline()).contains(caller).doesNotContain(" of ");
  }

  @Test
  void nothingSeenIsNothingSaid() {
    Diagnosis diagnosis =
        diagnose("6.8.0-85-generic", List.of(), task(50, "containerd", "D", 0.0, BLOCKED));

    assertThat(diagnosis.culprit()).isNull();
    assertThat(diagnosis.verdict()).isNull();
    assertThat(diagnosis.missing()).anyMatch(it -> it.contains("who holds pernet_ops_rwsem"));
  }

  @Test
  void orderOfTasksDoesNotMatter() {
    List<Task> tasks = new ArrayList<>();
    tasks.add(task(950, "ip", "D", 0.0, BLOCKED));
    tasks.add(task(951, "runc", "D", 0.0, BLOCKED));
    tasks.add(task(900, "modprobe", "D", 0.0, "register_pernet_subsys<ipvlan_init_module"));
    tasks.add(task(58, "kworker/u16:3", "R", 1.0, "nf_conntrack_cleanup_net_list<cleanup_net"));
    Diagnosis expected = diagnose("6.12.50", List.of(), tasks.toArray(Task[]::new));

    Collections.rotate(tasks, 2);

    assertThat(diagnose("6.12.50", List.of(), tasks.toArray(Task[]::new))).isEqualTo(expected);
  }

  /** Two troubles at once: the creation waits for rtnl, and a cleanup spins. */
  @Test
  void theCauseOfHotCodeIsToldWhereItIsAskedForAndTheOtherBesides() {
    List<Task> tasks =
        List.of(
            task(950, "runc", "D", 0.0, "rtnl_lock<register_netdev<loopback_net_init<copy_net_ns"),
            task(900, "ethtool", "D", 0.0, "mlx5_cmd_exec<dev_ethtool<dev_ioctl<sock_ioctl"),
            task(58, "kworker/u16:3", "R", 1.0, "nf_conntrack_cleanup_net_list<cleanup_net"));
    Kernel kernel = new Kernel("5.15.1", null);

    Diagnosis ofHot =
        DIAGNOSTICIAN.of(new Situation(kernel, tasks, null, List.of(), false, Set.of(), 58));
    Diagnosis any =
        DIAGNOSTICIAN.of(new Situation(kernel, tasks, null, List.of(), false, Set.of(), null));

    Diagnosis.CauseVerdict said = Objects.requireNonNull(ofHot.verdict());
    assertThat(said.id()).isEqualTo("conntrack-fragment-references");
    assertThat(said.alternatives()).extracting(Alternative::id).endsWith("rtnl-held");
    assertThat(Objects.requireNonNull(ofHot.finding()).verdict()).isEqualTo(KernelVerdict.AFFECTED);
    assertThat(Objects.requireNonNull(ofHot.culprit()).task().pid()).isEqualTo(58);
    assertThat(ofHot.chain()).isEqualTo(any.chain());
    assertThat(Objects.requireNonNull(any.verdict()).id()).isEqualTo("rtnl-held");
  }

  private static Diagnosis diagnose(String release, List<HeldDevice> devices, Task... tasks) {
    return DIAGNOSTICIAN.of(
        new Situation(
            new Kernel(release, null), List.of(tasks), null, devices, false, Set.of(), null));
  }

  private static Task task(
      int pid, String comm, String state, @Nullable Double cpus, String stack) {
    return Task.of(
        Task.Origin.PROC,
        pid,
        comm,
        comm.startsWith("kworker"),
        state,
        cpus,
        List.of(stack.isEmpty() ? List.of() : Arrays.asList(stack.split("<"))),
        null,
        null,
        1);
  }
}
