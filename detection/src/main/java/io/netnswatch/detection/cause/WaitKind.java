package io.netnswatch.detection.cause;

/** What a task waits for. */
public enum WaitKind {
  /** It runs. */
  NOTHING("nothing: it runs"),
  /** net_mutex up to 4.16, pernet_ops_rwsem from 4.17. */
  PERNET_LOCK("the lock of the namespaces"),
  RTNL("rtnl_mutex"),
  /** It takes rtnl once more, below a function that has it. */
  OWN_RTNL("rtnl_mutex, which it holds itself"),
  /** Another lock than those two. */
  OTHER_LOCK("a lock"),
  GRACE_PERIOD("an RCU grace period"),
  DEVICE_REFERENCE("the last reference to a network device"),
  /** Another task unregisters a device of the dying namespaces, and is not done with it. */
  DEVICE_UNREGISTERED("others to get done with unregistering devices of the dead namespaces"),
  WORK_FLUSH("queued work to finish"),
  /** It holds rtnl, and that work waits for rtnl, by what both are named after. */
  WORK_OF_RTNL("queued work to finish, which may wait for rtnl_mutex in turn"),
  /** It has asked for a module, and modprobe has not ended. */
  MODULE_LOAD("a module to be loaded"),
  PROC_ENTRY("a reader of a file below /proc/net to leave it"),
  SYSFS_ENTRY("a user of a file below /sys/class/net to leave it"),
  MEMORY("memory"),
  /** It runs, and its CPU goes to an interrupt on top of it. */
  INTERRUPTED("interrupts on its CPU (packet processing, as a rule) to end"),
  /** It runs, and its CPU goes into waiting for another one. */
  SPIN_LOCK("a spin lock that another CPU has, with interrupts off"),
  /** Some time to pass, after which it looks again. */
  TIMER("a timer (it sleeps, and looks again)"),
  /** Nothing will come: an oops ended it, and the kernel takes no lock from the dead. */
  DIED("nothing: it died there"),
  /** It sleeps; what for, its stack does not say. */
  UNKNOWN("something its stack does not name");

  private final String words;

  WaitKind(String words) {
    this.words = words;
  }

  /** Whether it explains a task's standstill by itself: what else is on the stack does not. */
  boolean isOfItsOwn() {
    return this == DIED || this == INTERRUPTED || this == SPIN_LOCK;
  }

  /** What is waited for, in words that follow "waits for". */
  public String words() {
    return words;
  }
}
