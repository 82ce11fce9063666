package io.netnswatch.detection.cause;

/** What a task has to do with network namespaces, by its stack. */
public enum Role {
  /** Runs {@code cleanup_net}: tears dead namespaces down. */
  CLEANUP,
  /** Loads or unloads a module with per-namespace state, or waits to. */
  PERNET_WRITER,
  /** Creates a namespace; it may itself hold the others up, in an init or exit handler. */
  CREATOR,
  /** Holds the rtnl lock: a function that runs under it is on its stack. */
  RTNL_OWNER,
  /** Waits for the rtnl lock: its innermost visible function is one that takes it. */
  RTNL_WAITER,
  /** Holds a lock of a subsystem, which a handler of the cleanup or of a creation may wait for. */
  LOCK_OWNER,
  /**
   * Removes a network device itself, with no lock of the namespaces, and waits for its last
   * reference: not every device that the kernel's log says is waited for is one of a namespace.
   */
  DEVICE_REMOVER,
  /**
   * Is at work on a network device, of which most is done under rtnl, and sleeps there without
   * being woken, or runs: it is likely to hold rtnl where others wait for it and nobody is seen to.
   */
  DEVICE_WORKER,
  /** A kernel worker that runs hot and whose stack could not be read. */
  HOT_WORKER
}
