package io.netnswatch.detection.cause;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.detection.signature.KernelVersion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;

/** Frames are those of public reports and kernel trees, innermost first. */
class StackReaderTest {

  @ParameterizedTest(name = "{2} {3}: {0}")
  @CsvFileSource(resources = "stacks.csv", numLinesToSkip = 1, delimiter = '|')
  void readsRoleHandlerAndWait(
      String stack, String state, Role role, String function, WaitKind waitsFor, boolean exiting) {
    Reading reading = read("task", state, null, stack);

    assertThat(reading.role()).isEqualTo(role);
    assertThat(reading.function()).isEqualTo(function.equals("-") ? null : function);
    assertThat(reading.waitsFor()).isEqualTo(waitsFor);
    assertThat(reading.exiting()).isEqualTo(exiting);
    assertThat(reading.decidingFrame())
        .isEqualTo(function.equals("-") ? -1 : reading.frames().indexOf(function));
  }

  @ParameterizedTest
  @CsvSource({
    "rtnl_lock<foo_set_mac<dev_set_mac_address<do_setlink<rtnl_newlink, RTNL_OWNER, OWN_RTNL",
    "unregister_netdevice_notifier<device_del<unregister_netdev<igc_remove, RTNL_OWNER, OWN_RTNL",
    "rtnl_lock<foo_stop<unregister_netdevice_many<tcf_net_exit<cleanup_net, CLEANUP, OWN_RTNL",
    // They take it themselves, or once more after they gave it back.
    "rtnl_lock<unregister_netdev<igc_remove, RTNL_WAITER, RTNL",
    "rtnl_lock<rtnl_net_dev_lock<unregister_netdev<igc_remove, RTNL_WAITER, RTNL",
    "rtnl_lock<__rtnl_newlink<rtnl_newlink<rtnetlink_rcv_msg, RTNL_WAITER, RTNL",
    "rtnl_lock<rtnl_setlink<rtnetlink_rcv_msg, RTNL_WAITER, RTNL",
    "rtnl_lock<dev_ethtool<dev_ioctl, RTNL_WAITER, RTNL",
    "rtnl_lock<ethtool_phys_id<__dev_ethtool<dev_ethtool, RTNL_WAITER, RTNL",
    "rtnl_lock<wg_destruct<netdev_run_todo<unregister_netdev<foo_exit, RTNL_WAITER, RTNL",
    "rtnl_lock<unregister_netdevice_many_notify<unregister_netdevice_many<cleanup_net, CLEANUP,"
        + " RTNL",
    "rtnl_lock<rtnl_acquire_if_cleanup_net<unregister_netdevice_many<cleanup_net, CLEANUP, RTNL",
    // What stands below an entry of the kernel is left over.
    "rtnl_lock<rtnetlink_rcv<dev_close<dev_change_flags<netlink_unicast, RTNL_WAITER, RTNL",
    "rtnl_nets_lock<rtnl_newlink<rtnetlink_rcv_msg, RTNL_WAITER, RTNL",
    "rtnl_net_dev_lock<unregister_netdev<usbnet_disconnect, RTNL_WAITER, RTNL"
  })
  void rtnlTakenBelowWhatRunsUnderItIsWaitedForByItsOwner(String stack, Role role, WaitKind wait) {
    Reading reading = Objects.requireNonNull(read("ip", "D", 0.0, stack));

    assertThat(reading.role()).isEqualTo(role);
    assertThat(reading.waitsFor()).isEqualTo(wait);
    assertThat(reading.ownsRtnl()).isEqualTo(wait == WaitKind.OWN_RTNL);
  }

  @Test
  void theStackOfAWarningIsOfAMoment() {
    String stack = "dump_stack<__warn<warn_slowpath_fmt<dec_ucount<free_net<cleanup_net";

    assertThat(StackReader.read(task("kworker/u4:3", "?", null, stack))).isNull();
  }

  @Test
  void hotWorkerWithoutAStackIsAFirstSuspect() {
    assertThat(read("kworker/u40:0", "R", 0.99, "").role()).isEqualTo(Role.HOT_WORKER);
    assertThat(read("kworker/u40:0", "R", 0.99, "_raw_spin_lock").role())
        .isEqualTo(Role.HOT_WORKER);
  }

  @Test
  void hotWorkerWithOtherWorkIsNoSuspect() {
    assertThat(read("kworker/1:2", "R", 0.99, "ixgbe_read_reg<ixgbe_update").role())
        .isEqualTo(Role.DEVICE_WORKER);
    assertThat(StackReader.read(task("kworker/1:2", "R", 0.99, "lzo1x_1_compress<zram_write")))
        .isNull();
    assertThat(StackReader.read(task("mysqld", "R", 1.0, ""))).isNull();
  }

  @Test
  void aWorkItemThatSleepsInItsOwnFunctionShowsNothingOfRtnl() {
    String stack = "cfg80211_event_work<process_one_work<worker_thread";

    assertThat(StackReader.read(task("kworker/u4:4", "D", null, stack))).isNull();
    assertThat(read("kworker/u4:4", "D", null, "mt7921_x<" + stack).role())
        .isEqualTo(Role.DEVICE_WORKER);
  }

  @Test
  void aLockAboveAHandlerThatTakesRtnlByItselfIsRtnl() {
    Reading reading =
        read("ip", "D", null, "__mutex_lock<inet_rtm_newaddr<rtnetlink_rcv_msg<netlink_rcv_skb");

    assertThat(reading.role()).isEqualTo(Role.RTNL_WAITER);
    assertThat(reading.ownsRtnl()).isFalse();
  }

  /** Bound to a CPU, or last at the work of another queue, it is not in the cleanup. */
  @ParameterizedTest
  @CsvSource({
    "kworker/u8:2, true",
    "kworker/u8:2+netns, true",
    "kworker/u8:2+net, true",
    "kworker, true",
    "kworker/R-netns, true",
    "kworker/7:1H, false",
    "kworker/0:2, false",
    "kworker/u8:2+flush-8:0, false",
    "kworker/u8:2-events_unbound, false"
  })
  void aHotWorkerMayBeInTheCleanupByItsName(String comm, boolean may) {
    assertThat(StackReader.read(task(comm, "R", 0.99, "")) != null).isEqualTo(may);
  }

  /** Who asks for a module where the kernel gives rtnl back meanwhile does not hold it. */
  @ParameterizedTest
  @CsvSource({
    "__rtnl_newlink<rtnl_newlink<rtnetlink_rcv_msg, false",
    "qdisc_create<tc_modify_qdisc<rtnetlink_rcv_msg, false",
    "tcf_action_init_1<tcf_exts_validate<tc_new_tfilter<rtnetlink_rcv_msg, false",
    "rtl_open<__dev_open<do_setlink<rtnl_newlink<rtnetlink_rcv_msg, true",
    "inetdev_init<inetdev_event<register_netdevice<rtnl_newlink_create, true"
  })
  void rtnlIsGivenBackForTheLoadOfSomeModules(String caller, boolean owns) {
    String load = caller.startsWith("inetdev") ? "" : "call_usermodehelper_exec<__request_module<";
    Reading reading = StackReader.read(task("ip", "D", 0.0, load + caller));

    assertThat(reading != null && reading.ownsRtnl()).isEqualTo(owns);
  }

  /** The cleanup gives rtnl back where it flushes, and takes it again; a program does not. */
  @ParameterizedTest
  @CsvSource({
    "__flush_work<unregister_netdevice_many_notify<ops_undo_list<cleanup_net, false, WORK_FLUSH",
    "synchronize_net<unregister_netdevice_many_notify<ops_undo_list<cleanup_net, false,"
        + " GRACE_PERIOD",
    "__mutex_lock<unregister_netdevice_many_notify<ops_undo_list<cleanup_net, false, RTNL",
    "unregister_netdevice_many_notify<ops_undo_list<cleanup_net, false, RTNL",
    "synchronize_net<foo_stop<unregister_netdevice_many_notify<cleanup_net, true, GRACE_PERIOD",
    "__flush_work<unregister_netdevice_many_notify<rtnl_dellink<rtnetlink_rcv_msg, true, WORK_FLUSH"
  })
  void fromLinux614OnTheCleanupGivesRtnlBack(String stack, boolean owns, WaitKind wait) {
    Reading reading = Objects.requireNonNull(read("kworker/u8:1", "D", 0.0, stack));

    assertThat(reading.on(new KernelVersion(6, 14, 0)).ownsRtnl()).isEqualTo(owns);
    assertThat(reading.on(new KernelVersion(6, 14, 0)).waitsFor()).isEqualTo(wait);
  }

  /** Some messages of rtnetlink are worked on without the lock. */
  @Test
  void aClassifierThatTakesNoRtnlHoldsNone() {
    String below = "<tc_new_tfilter<rtnetlink_rcv_msg<netlink_rcv_skb";

    assertThat(StackReader.read(task("tc", "D", null, "mlx5_cmd_exec<fl_change" + below))).isNull();
    assertThat(StackReader.read(task("tc", "D", null, "driver_offload<u32_change" + below)))
        .isNotNull();
  }

  /** The dumps of other netlink families have mutexes of their own. */
  @Test
  void dumpOfAnotherNetlinkFamilyIsNoWaitForRtnl() {
    assertThat(
            StackReader.read(
                task(
                    "iw",
                    "D",
                    null,
                    "__mutex_lock<__netlink_dump_start<genl_family_rcv_msg_dumpit<genl_rcv_msg")))
        .isNull();
    assertThat(
            StackReader.read(
                task(
                    "ipset", "D", null, "mutex_lock<netlink_dump<nfnetlink_rcv_msg<nfnetlink_rcv")))
        .isNull();
  }

  /** Up to the cleanup it is deeper than what is kept: a device is unregistered far inside. */
  @Test
  void ofADeepStackTheHandlerIsKept() {
    String inner = String.join("<", Collections.nCopies(30, "notifier_call_chain"));

    Reading reading =
        read("kworker/u4:4", "R", 1.0, inner + "<devlink_pernet_pre_exit<cleanup_net<kthread");

    assertThat(reading.role()).isEqualTo(Role.CLEANUP);
    assertThat(reading.function()).isEqualTo("devlink_pernet_pre_exit");
    assertThat(reading.frames()).hasSize(Task.MAX_FRAMES);
  }

  /** On every kernel that last step comes after the lock was given back. */
  @Test
  void cleanupAtItsLastStepHoldsNothing() {
    assertThat(read("kworker/u8:2", "D", null, "_rcu_barrier<rcu_barrier<cleanup_net"))
        .returns(true, Reading::isLastStep)
        .returns(false, Reading::holdsPernetLock);
    assertThat(read("kworker/u8:2", "D", null, "rcu_barrier<ops_undo_list<cleanup_net"))
        .returns(false, Reading::isLastStep)
        .returns(true, Reading::holdsPernetLock);
  }

  @Test
  void hotTaskSeenInDRunsAllTheSame() {
    Reading reading =
        read("kworker/u8:2", "D", 0.97, "inet_twsk_purge<tcp_sk_exit_batch<cleanup_net");

    assertThat(reading.waitsFor()).isEqualTo(WaitKind.NOTHING);
  }

  @Test
  void ofSeveralLooksTheOneThatNamesAHandlerCounts() {
    Task task =
        Task.of(
            Task.Origin.PROC,
            5,
            "kworker/u8:2",
            true,
            "R",
            1.0,
            List.of(
                List.of("cleanup_net", "process_one_work"),
                List.of("devlink_pernet_pre_exit.llvm.123", "cleanup_net+0x1f/0x40")),
            null,
            null,
            1);

    Reading reading = Objects.requireNonNull(StackReader.read(task));

    assertThat(reading.function()).isEqualTo("devlink_pernet_pre_exit");
  }

  /** Who sleeps until a timer is over waits for no lock, though its handler is not shown. */
  @Test
  void aCleanupThatSleepsIsNotSaidToWaitForTheLock() {
    Reading reading =
        StackReader.read(
            Task.of(
                Task.Origin.PROC,
                7,
                "kworker/u8:1+netns",
                true,
                "D",
                0.0,
                List.of(List.of("msleep", "cleanup_net")),
                null,
                null,
                0));

    assertThat(reading).isNotNull().returns(WaitKind.UNKNOWN, Reading::waitsFor);
  }

  /** A worker that spins is interrupted too, now and then. */
  @Test
  void whatMostLooksShowOfInterruptsCounts() {
    List<String> own = List.of("nf_ct_iterate_cleanup", "nf_conntrack_pernet_exit", "cleanup_net");
    List<String> interrupted = new ArrayList<>(List.of("net_rx_action", "do_softirq.part.0"));
    interrupted.addAll(own);
    List<String> other = new ArrayList<>(List.of("process_backlog"));
    other.addAll(interrupted);

    assertThat(running(List.of(own, interrupted)).waitsFor()).isEqualTo(WaitKind.NOTHING);
    assertThat(running(List.of(other, own, interrupted)))
        .returns(WaitKind.INTERRUPTED, Reading::waitsFor)
        .returns("nf_conntrack_pernet_exit", Reading::function)
        .returns(true, Reading::holdsPernetLock);
  }

  /** A loop takes locks, and waits a moment for one. */
  @Test
  void aSpinLockIsWaitedForWhereAllLooksShowIt() {
    List<String> own = List.of("neigh_flush_dev", "default_device_exit_batch", "cleanup_net");
    List<String> spins =
        new ArrayList<>(List.of("native_queued_spin_lock_slowpath", "_raw_spin_lock_irqsave"));
    spins.addAll(own);

    assertThat(running(List.of(spins)).waitsFor()).isEqualTo(WaitKind.SPIN_LOCK);
    assertThat(running(List.of(spins, own)).waitsFor()).isEqualTo(WaitKind.NOTHING);
  }

  private static Reading running(List<List<String>> looks) {
    return Objects.requireNonNull(
        StackReader.read(
            Task.of(Task.Origin.PROC, 5, "kworker/u8:2", true, "R", 1.0, looks, null, null, 1)));
  }

  private static Reading read(String comm, String state, @Nullable Double cpus, String stack) {
    return Objects.requireNonNull(StackReader.read(task(comm, state, cpus, stack)));
  }

  private static Task task(String comm, String state, @Nullable Double cpus, String stack) {
    return Task.of(
        Task.Origin.PROC,
        5,
        comm,
        false,
        state,
        cpus,
        List.of(stack.isEmpty() ? List.of() : Arrays.asList(stack.split("<"))),
        null,
        null,
        1);
  }
}
