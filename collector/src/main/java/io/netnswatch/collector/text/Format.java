package io.netnswatch.collector.text;

/** What a part of a text is. */
public enum Format {
  KERNEL_LOG("kernel log"),
  HUNG_TASK("hung task trace of the kernel log"),
  SOFT_LOCKUP("soft lockup of the kernel log"),
  RCU_STALL("RCU stall of the kernel log"),
  TASK_DUMP("task trace of the kernel log (sysrq, WARNING, probe)"),
  WORKQUEUES("workqueue dump"),
  LOCKS("lockdep's list of held locks"),
  DEVICE_REFERENCE("unregister_netdevice lines"),
  PROC_STACK("/proc/PID/stack"),
  PROC_STATUS("/proc/PID/status"),
  WCHAN("/proc/PID/wchan"),
  PROCESS_LIST("process list (ps)"),
  TOP("top"),
  PERF_SCRIPT("perf script"),
  PERF_REPORT("perf report"),
  PERF_TOP("perf top"),
  FOLDED_STACKS("folded stacks"),
  FLAME_GRAPH("flame graph"),
  STACK_COUNTS("stacks counted by bpftrace or bcc"),
  LATENCIES("latencies by bpftrace, bcc or perf lock"),
  CRASH_BACKTRACE("crash backtrace"),
  DRGN_BACKTRACE("drgn backtrace"),
  FTRACE("ftrace stack"),
  NAMESPACE_LIST("list of namespaces"),
  SLABS("slab caches"),
  STRACE("strace"),
  STOP_WATCH("creation that was timed"),
  GOROUTINES("goroutines of a Go program"),
  PROGRAM_STACK("stacks of a program (gdb, pstack, eu-stack)"),
  KUBELET("lines of kubelet or its runtime"),
  FRAGMENT_COUNTERS("fragment counters (sockstat)"),
  KERNEL("kernel release"),
  CPUS("number of CPUs");

  private final String words;

  Format(String words) {
    this.words = words;
  }

  /** For people. */
  public String words() {
    return words;
  }
}
