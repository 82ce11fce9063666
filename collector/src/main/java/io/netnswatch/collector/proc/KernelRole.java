package io.netnswatch.collector.proc;

/** What a task does with network namespaces, by the functions on its stack. */
enum KernelRole {
  /** Creates one. */
  CREATION,
  /** Tears some down. */
  CLEANUP,
  /** Registers or removes what every namespace has, as modules do. */
  PERNET,
  /** Holds or awaits the lock of network devices. */
  RTNL
}
