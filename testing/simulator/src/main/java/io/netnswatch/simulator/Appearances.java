package io.netnswatch.simulator;

import static io.netnswatch.simulator.CallPaths.frames;
import static io.netnswatch.simulator.CallPaths.ofCleanup;
import static io.netnswatch.simulator.CallPaths.ofCreation;
import static io.netnswatch.simulator.CallPaths.ofExit;
import static io.netnswatch.simulator.CallPaths.ofWorker;

import java.util.List;

/**
 * Conditions as a kernel shows them. Where a condition has several forms, an episode has one of
 * them. Which figure was recorded, and which was invented, is said in the module's README.
 */
final class Appearances {

  private static final Span SPINNING_IN_PROC = new Span(0.93, 1.0);
  private static final Span SPINNING_IN_PERF = new Span(0.76, 1.0);

  private Appearances() {}

  static List<Appearance> of(Condition condition, SimulatedKernel kernel) {
    return switch (condition) {
      case HEALTHY -> List.of(healthy(kernel));
      case CLEANUP_LIVELOCK -> List.of(cleanupLivelock(kernel, "nf_ct_net_exit", 187, 74, 54, 77));
      case CLEANUP_LIVELOCK_IP6REASM ->
          List.of(cleanupLivelock(kernel, "ipv6_frags_exit_net", 206, 83, 74, 116));
      case CONNTRACK_LIVELOCK -> List.of(conntrackLivelock(kernel));
      case FRAGMENT_IMBALANCE -> List.of(healthy(kernel).unbalanced(1, 3));
      case HEAVY_CHURN -> List.of(heavyChurn(kernel));
      case CLEANUP_BACKLOG -> List.of(cleanupBacklog(kernel));
      case UNREGISTER_NETDEVICE -> List.of(unregisterNetdevice(kernel));
      case RTNL_CONTENTION -> List.of(rtnlContention(kernel));
      case NET_MUTEX_HELD -> List.of(netMutexHeld(kernel));
      case PERNET_WRITER -> List.of(pernetWriter(kernel));
      case NAMESPACE_PINNED -> List.of(healthy(kernel).leaving(1, 6));
      case TWSK_PURGE -> List.of(twskPurge(kernel));
      case UNHASH_NSID -> List.of(unhashNsid(kernel));
      case SLOW_EXIT -> slowExits(kernel);
      case FRAGMENT_FLOOD -> List.of(fragmentFlood(kernel));
      case LOADED_HOST -> List.of(loadedHost(kernel));
      case HOT_OTHER_KWORKER -> hotOtherThreads(kernel);
      case TROUBLE -> throw new IllegalArgumentException("TROUBLE needs to be told which");
    };
  }

  private static Appearance healthy(SimulatedKernel kernel) {
    return Appearance.of(Creation.finishes(kernel, 40, 940));
  }

  private static Appearance cleanupLivelock(
      SimulatedKernel kernel,
      String exit,
      int locking,
      int evicting,
      int evictingDirectly,
      int looping) {
    return Appearance.of(Creation.hangs(kernel))
        .showing(ThreadLook.runningCleanup(SPINNING_IN_PROC, ofExit("inet_frags_exit_net<" + exit)))
        .running(
            new SimulatedHotCode(
                null,
                SPINNING_IN_PERF,
                List.of(
                    path(locking, ofExit("_raw_spin_lock<inet_frags_exit_net<" + exit)),
                    path(evicting, ofExit("inet_evict_bucket<inet_frags_exit_net<" + exit)),
                    path(evictingDirectly, ofExit("inet_evict_bucket<" + exit)),
                    path(looping, ofExit("inet_frags_exit_net<" + exit)))));
  }

  private static Appearance conntrackLivelock(SimulatedKernel kernel) {
    return Appearance.of(Creation.hangs(kernel))
        .showing(
            ThreadLook.runningCleanup(
                SPINNING_IN_PROC,
                ofExit(
                    "nf_ct_iterate_cleanup<nf_conntrack_cleanup_net_list<nf_conntrack_pernet_exit")))
        .running(conntrackCleanup(SPINNING_IN_PERF));
  }

  /** Leaves and weights as in the recording of heavy churn. */
  private static SimulatedHotCode conntrackCleanup(Span cpus) {
    String list = "nf_conntrack_cleanup_net_list<nf_conntrack_pernet_exit";
    String iterate = "nf_ct_iterate_cleanup<" + list;
    return new SimulatedHotCode(
        null,
        cpus,
        List.of(
            path(10, ofExit(iterate)),
            path(5, ofExit("_raw_spin_lock<" + iterate)),
            path(4, ofExit("rcu_all_qs<" + iterate)),
            path(4, ofExit("_cond_resched<" + iterate)),
            path(4, ofExit("_cond_resched<" + list)),
            path(2, ofExit("__local_bh_enable_ip<" + iterate)),
            path(3, ofExit("__local_bh_enable_ip<" + list))));
  }

  private static Appearance heavyChurn(SimulatedKernel kernel) {
    SimulatedHotCode cleanup =
        new SimulatedHotCode(
            null,
            new Span(0.03, 0.4),
            List.of(
                path(15, ofCleanup("smp_call_function_single<_rcu_barrier<rcu_barrier")),
                path(2, ofExit("tcp_metrics_flush_all<tcp_net_metrics_exit_batch")),
                path(1, ofExit("inet_twsk_purge<tcp_sk_exit_batch"))));
    SimulatedHotCode eviction =
        new SimulatedHotCode(
            null,
            new Span(0.002, 0.05),
            List.of(path(1, ofExit("inet_evict_bucket<nf_ct_net_exit"))));
    SimulatedHotCode conntrack = conntrackCleanup(new Span(0.01, 0.05));
    return Appearance.of(Creation.finishes(kernel, 300, 6_500))
        .showing(
            ThreadLook.blockedCleanup(
                new Span(0.2, 0.45),
                "__wait_rcu_gp",
                List.of(
                    ofExit(
                        "__wait_rcu_gp<synchronize_sched<synchronize_net<nf_unregister_net_hooks<ip6t_unregister_table<ip6table_filter_net_exit"),
                    ofExit(
                        "__wait_rcu_gp<synchronize_sched<synchronize_net<nf_unregister_net_hooks<defrag6_net_exit"),
                    ofCleanup("_rcu_barrier<rcu_barrier"))))
        .running(
            kernel.isRhashtableEra()
                ? new SimulatedHotCode[] {cleanup, conntrack}
                : new SimulatedHotCode[] {cleanup, conntrack, eviction})
        .amid(Profile.HEAVY_CHURN, new Span(0.75, 0.95), new Span(50, 1_840))
        .leaving(20, 180);
  }

  private static Appearance cleanupBacklog(SimulatedKernel kernel) {
    return Appearance.of(Creation.finishes(kernel, 6_000, 25_000))
        .showing(
            ThreadLook.blockedCleanup(
                new Span(0.05, 0.45),
                "__wait_rcu_gp",
                List.of(
                    ofCleanup("_rcu_barrier<rcu_barrier"),
                    ofCleanup(
                        "_rcu_barrier<rcu_barrier<netdev_run_todo<rtnl_unlock<default_device_exit_batch<ops_exit_list"),
                    ofExit(
                        "__wait_rcu_gp<synchronize_sched<synchronize_net<nf_unregister_net_hooks<ip6t_unregister_table<ip6table_filter_net_exit"),
                    ofExit(
                        "__wait_rcu_gp<synchronize_sched<synchronize_net<nf_unregister_net_hooks<defrag6_net_exit"))))
        .running(
            new SimulatedHotCode(
                null,
                new Span(0.05, 0.4),
                List.of(
                    path(15, ofCleanup("smp_call_function_single<_rcu_barrier<rcu_barrier")),
                    path(3, ofExit("tcp_metrics_flush_all<tcp_net_metrics_exit_batch")))))
        .leaving(300, 900);
  }

  private static Appearance unregisterNetdevice(SimulatedKernel kernel) {
    return Appearance.of(Creation.hangs(kernel))
        .showing(
            ThreadLook.blockedCleanup(
                ThreadLook.ASLEEP,
                "msleep",
                List.of(ofExit("msleep<netdev_run_todo<rtnl_unlock<default_device_exit_batch"))));
  }

  private static Appearance rtnlContention(SimulatedKernel kernel) {
    String lock = "__mutex_lock<rtnl_lock";
    return Appearance.of(
            new Creation(
                null,
                "rtnl_lock",
                ofCreation(
                    kernel,
                    lock + "<register_netdev<loopback_net_init<ops_init<setup_net<copy_net_ns")))
        .showing(
            ThreadLook.blockedProgram(
                "ethtool",
                "msleep",
                frames(
                    "msleep<bnx2x_self_test<dev_ethtool<dev_ioctl<sock_do_ioctl<sock_ioctl<do_vfs_ioctl<SyS_ioctl<entry_SYSCALL_64_fastpath")),
            ThreadLook.blockedProgram(
                "ip",
                "rtnl_lock",
                frames(
                    lock
                        + "<rtnetlink_rcv_msg<netlink_rcv_skb<rtnetlink_rcv<netlink_unicast<netlink_sendmsg<___sys_sendmsg<entry_SYSCALL_64_fastpath")),
            ThreadLook.blockedCleanup(
                ThreadLook.ASLEEP,
                "rtnl_lock",
                List.of(ofExit(lock + "<default_device_exit_batch"))));
  }

  private static Appearance netMutexHeld(SimulatedKernel kernel) {
    List<String> spinning =
        ofWorker("delay_tsc<__const_udelay<ixgbe_read_phy_reg_generic<ixgbe_service_task");
    return Appearance.of(Creation.hangs(kernel))
        .showing(
            ThreadLook.blockedCleanup(
                ThreadLook.ASLEEP, "cleanup_net", List.of(ofCleanup("__mutex_lock"))),
            ThreadLook.runningKernelThread("kworker/1:2", SPINNING_IN_PROC, spinning))
        .running(
            new SimulatedHotCode(
                "kworker/1:2",
                SPINNING_IN_PERF,
                List.of(path(9, spinning), path(1, spinning.subList(1, spinning.size())))));
  }

  private static Appearance pernetWriter(SimulatedKernel kernel) {
    return Appearance.of(
            new Creation(
                null, "copy_net_ns", ofCreation(kernel, "rwsem_down_read_slowpath<copy_net_ns")))
        .showing(
            ThreadLook.blockedProgram(
                "modprobe",
                "register_pernet_subsys",
                frames(
                    "rwsem_down_write_slowpath<register_pernet_subsys<do_one_initcall<do_init_module<load_module<__do_sys_finit_module<do_syscall_64<entry_SYSCALL_64_after_hwframe")));
  }

  private static Appearance twskPurge(SimulatedKernel kernel) {
    List<String> purge = ofExit("inet_twsk_purge<tcp_sk_exit_batch");
    return Appearance.of(Creation.finishes(kernel, 2_000, 20_000))
        .showing(ThreadLook.runningCleanup(SPINNING_IN_PROC, purge))
        .running(
            new SimulatedHotCode(
                null,
                SPINNING_IN_PERF,
                List.of(
                    path(8, purge),
                    path(1, ofExit("_cond_resched<inet_twsk_purge<tcp_sk_exit_batch")))))
        .leaving(5, 60);
  }

  private static Appearance unhashNsid(SimulatedKernel kernel) {
    List<String> unhash = ofCleanup("idr_for_each<__peernet2id<unhash_nsid");
    return Appearance.of(Creation.finishes(kernel, 2_000, 20_000))
        .showing(ThreadLook.runningCleanup(SPINNING_IN_PROC, unhash))
        .running(
            new SimulatedHotCode(
                null,
                SPINNING_IN_PERF,
                List.of(
                    path(6, unhash),
                    path(4, ofCleanup("net_eq_idr<idr_for_each<__peernet2id<unhash_nsid")),
                    path(1, ofCleanup("unhash_nsid")))))
        .leaving(50, 400);
  }

  private static List<Appearance> slowExits(SimulatedKernel kernel) {
    return List.of(
        slowExit(
            kernel,
            "flush_workqueue",
            ofExit("wait_for_completion<flush_workqueue<rxrpc_destroy_all_locals<rxrpc_exit_net")),
        slowExit(
            kernel,
            "devlink_pernet_pre_exit",
            ofCleanup("__mutex_lock<devlink_pernet_pre_exit<ops_pre_exit_list")),
        slowExit(kernel, "rtnl_lock", ofExit("__mutex_lock<rtnl_lock<cfg80211_pernet_exit")));
  }

  private static Appearance slowExit(SimulatedKernel kernel, String wchan, List<String> stack) {
    return Appearance.of(Creation.hangs(kernel))
        .showing(ThreadLook.blockedCleanup(ThreadLook.ASLEEP, wchan, List.of(stack)));
  }

  private static Appearance fragmentFlood(SimulatedKernel kernel) {
    Span cpus = new Span(0.085, 0.95);
    List<String> evicting = ofWorker("inet_evict_bucket<inet_frag_worker");
    SimulatedHotCode softirq =
        new SimulatedHotCode(
            "ksoftirqd/0",
            new Span(0.1, 0.6),
            List.of(
                path(5, softirq("inet_frag_find<ip_defrag<ip_local_deliver<ip_rcv")),
                path(2, softirq("ip_defrag<ip_local_deliver<ip_rcv")),
                path(
                    3,
                    softirq(
                        "inet_frag_find<nf_ct_frag6_gather<ipv6_defrag<nf_hook_slow<ipv6_rcv"))));
    Appearance flooded =
        Appearance.of(Creation.finishes(kernel, 52, 2_904))
            .amid(Profile.FRAGMENT_FLOOD, new Span(0.7, 0.98), new Span(80, 2_980));
    if (kernel.isRhashtableEra()) {
      return flooded.running(softirq); // neither inet_evict_bucket nor inet_frag_worker exist
    }
    return flooded
        .showing(ThreadLook.runningKernelThread("kworker/0:2", cpus, evicting))
        .running(
            new SimulatedHotCode(
                "kworker/0:2",
                cpus,
                List.of(path(8, evicting), path(1, ofWorker("inet_frag_worker")))),
            softirq);
  }

  private static List<String> softirq(String path) {
    return frames(
        path
            + "<__netif_receive_skb_core<process_backlog<net_rx_action<__softirqentry_text_start<run_ksoftirqd<smpboot_thread_fn<kthread<ret_from_fork");
  }

  private static Appearance loadedHost(SimulatedKernel kernel) {
    return Appearance.of(Creation.finishes(kernel, 1_000, 4_900))
        .amid(Profile.HEAVY_CHURN, new Span(0.97, 1), new Span(500, 4_000));
  }

  private static List<Appearance> hotOtherThreads(SimulatedKernel kernel) {
    return List.of(
        hotOther(
            kernel,
            "kworker/u4:3",
            ofWorker(
                "btrfs_search_slot<btrfs_lookup_extent_info<btrfs_free_extent<btrfs_work_helper")),
        hotOther(
            kernel,
            "kworker/u4:3",
            ofWorker(
                "ext4_writepages<do_writepages<__writeback_single_inode<writeback_sb_inodes<wb_writeback<wb_workfn")),
        hotOther(
            kernel,
            "kcompactd0",
            frames(
                "isolate_migratepages_block<compact_zone<kcompactd_do_work<kcompactd<kthread<ret_from_fork")));
  }

  private static Appearance hotOther(SimulatedKernel kernel, String comm, List<String> stack) {
    return healthy(kernel)
        .showing(ThreadLook.runningKernelThread(comm, SPINNING_IN_PROC, stack))
        .running(
            new SimulatedHotCode(
                comm,
                SPINNING_IN_PERF,
                List.of(path(9, stack), path(2, stack.subList(1, stack.size())))));
  }

  private static SimulatedHotCode.Path path(int weight, List<String> frames) {
    return new SimulatedHotCode.Path(weight, frames);
  }
}
