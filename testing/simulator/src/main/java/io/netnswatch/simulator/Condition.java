package io.netnswatch.simulator;

/**
 * What a host can be in. The numbers are those of the look-alikes in the simulator's README, which
 * also says where each figure comes from.
 */
public enum Condition {
  /** Creations take 40 to 940 ms; nothing stands out. */
  HEALTHY,
  /** The bug, in IPv6 conntrack's reassembly: the cleanup spins below {@code nf_ct_net_exit}. */
  CLEANUP_LIVELOCK,
  /** The bug, in IPv6 reassembly: the cleanup spins below {@code ipv6_frags_exit_net}. */
  CLEANUP_LIVELOCK_IP6REASM,
  /** Its twin (2): the cleanup spins in {@code nf_ct_iterate_cleanup}. */
  CONNTRACK_LIVELOCK,
  /** Before the bug: living namespaces with a fragment counter below 0, and nothing else. */
  FRAGMENT_IMBALANCE,
  /** Namespaces come and go in masses; the cleanup is busy, creations are slow and finish. */
  HEAVY_CHURN,
  /** Hundreds of namespaces wait for their cleanup (3); creations take 6 to 25 s and finish. */
  CLEANUP_BACKLOG,
  /** A device reference leaked (1): the cleanup sleeps in {@code netdev_run_todo} for ever. */
  UNREGISTER_NETDEVICE,
  /** Some driver holds the RTNL lock (4): {@code ip link} hangs, and so do creations. */
  RTNL_CONTENTION,
  /**
   * Another task holds net_mutex (5): the cleanup waits for it too, while a driver's work spins.
   */
  NET_MUTEX_HELD,
  /** A module load waits for pernet_ops_rwsem (6; Linux 4.17 and later), creations behind it. */
  PERNET_WRITER,
  /** Namespaces that something keeps alive (7): never torn down; creation works. */
  NAMESPACE_PINNED,
  /** The cleanup is hot in {@code inet_twsk_purge} (8), but finishes. */
  TWSK_PURGE,
  /** The cleanup is hot in {@code unhash_nsid} (9), but finishes. */
  UNHASH_NSID,
  /** The cleanup sleeps in the exit of rxrpc, devlink or cfg80211 (10). */
  SLOW_EXIT,
  /** A flood of IP fragments (11): {@code inet_evict_bucket} is hot, but not in the cleanup. */
  FRAGMENT_FLOOD,
  /** All CPUs are busy with programs' system calls; probes take 1 to 4.9 s. */
  LOADED_HOST,
  /** A kernel thread that has nothing to do with namespaces uses a whole CPU. */
  HOT_OTHER_KWORKER,
  /** One of {@link Trouble}'s; it comes from a step of its own, not from a fleet's file. */
  TROUBLE;

  /** Whether it is the bug that netnswatch is for. */
  public boolean isCleanupLivelock() {
    return this == CLEANUP_LIVELOCK || this == CLEANUP_LIVELOCK_IP6REASM;
  }
}
