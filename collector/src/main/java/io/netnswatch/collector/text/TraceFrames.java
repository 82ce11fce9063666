package io.netnswatch.collector.text;

import io.netnswatch.detection.cause.CpuTime;
import io.netnswatch.detection.cause.KernelFunctions;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which kernel functions say what about a stack, in texts that show more than /proc does. */
final class TraceFrames {

  /** In {@code .sched.text}, which /proc/PID/stack leaves out (kernel/sched, kernel/locking). */
  private static final Pattern SCHEDULER =
      Pattern.compile(
          "_*schedule(?:_[a-z_]+)?|io_schedule(?:_[a-z_]+)?|context_switch|_*cond_resched|preempt_schedule\\w*"
              + "|_*mutex_lock\\w*|ww_mutex_lock\\w*|__ww_mutex_lock\\w*|rt_mutex_\\w*lock\\w*|__rt_mutex_\\w+|_*rwbase_\\w+"
              + "|_*down|_*down_(?:read|write)\\w*|down_(?:killable|interruptible|timeout)|__down_common"
              + "|rwsem_down_\\w+|call_rwsem_down_\\w+|rwsem_(?:read|write)\\w*slow\\w*"
              + "|_*wait_for_common\\w*|do_wait_for_common|wait_for_completion\\w*"
              + "|schedule_hrtimeout\\w*|do_nanosleep|mutex_optimistic_spin|__mutex_add_waiter"
              + "|bit_wait\\w*|__wait_on_bit\\w*|__switch_to\\w*|finish_task_switch|__sched_text_start");

  private static final Pattern LOCK =
      Pattern.compile(
          "_*mutex_lock\\w*|_*ww_mutex_lock\\w*|_*down(?:_\\w+)?|(?:call_)?rwsem_down_\\w+"
              + "|_*rwbase_\\w+|rt_mutex_slow\\w+|__rt_mutex_slow\\w+");

  /** Of probes and dumps: what stands above the function that was looked at. */
  private static final Pattern DUMPER =
      Pattern.compile(
          "_*dump_stack\\w*|show_stack\\w*|sched_show_task|show_trace\\w*|nmi_cpu_backtrace\\w*|nmi_trigger\\w*"
              + "|\\w*trigger_\\w*backtrace\\w*|rcu_dump_cpu_stacks|print_cpu_stall\\w*|rcu_check_callbacks"
              + "|rcu_sched_clock_irq|\\w*(?:handler_pre|pre_handler)\\w*|kprobe_\\w+|\\w*kprobe\\w*_handler"
              + "|ftrace_ops_\\w+|arch_ftrace_ops_\\w+|ftrace_(?:call|regs_call|caller|stub)\\w*|_*do_int3|int3|do_trap\\w*"
              + "|aggr_pre_handler|opt_pre_handler|optimized_callback|trace_event_raw_event\\w*|stack_trace_call"
              + "|__trace_stack\\w*|kretprobe_trampoline\\w*|arch_rethook_trampoline|warn_slowpath\\w*|__warn\\w*"
              + "|report_bug|fixup_bug|handle_bug|exc_invalid_op|asm_exc_invalid_op|do_error_trap|invalid_op");

  private static final Pattern PROBE =
      Pattern.compile(
          "handler_pre|pre_handler|kprobe|ftrace_ops_|ftrace_(?:call|regs_call|caller)");

  /** Of these, those by which the kernel warns of something. */
  private static final Pattern WARNING =
      Pattern.compile("warn_slowpath\\w*|__warn\\w*|warn_alloc\\w*|report_bug");

  /** Where an interrupt came in; what is above it is not the task's. */
  private static final Pattern INTERRUPT =
      Pattern.compile(
          "(?:smp_)?apic_timer_interrupt|asm_sysvec_\\w+|asm_common_interrupt|common_interrupt|ret_from_intr"
              + "|asm_exc_nmi|end_repeat_nmi|nmi|asm_exc_int3|el1_(?:irq|interrupt)|el1h_64_irq\\w*|call_on_irq_stack"
              + "|do_softirq_own_stack|gic_handle_irq|__irq_svc|do_IRQ|hardware_interrupt_common|timer_interrupt"
              + "|handle_int|except_vec_\\w+|ret_from_exception|(?:do|handle)_(?:riscv_)?irq|io_int_handler|ext_int_handler"
              + "|reschedule_interrupt|call_function_\\w*interrupt");

  private static final Set<String> OF_NAMESPACES =
      Set.of(
          "cleanup_net",
          "copy_net_ns",
          "setup_net",
          "create_new_namespaces",
          "ops_init",
          "ops_exit_list",
          "ops_undo_list",
          "ops_free_list",
          "free_exit_list",
          "ops_pre_exit_list",
          "net_ns_barrier",
          "netdev_run_todo",
          "flush_all_backlogs",
          "flush_backlog",
          "rtnetlink_rcv_msg",
          "linkwatch_event",
          "addrconf_verify_work",
          "addrconf_dad_work",
          "dev_ioctl",
          "devinet_ioctl",
          "inet_evict_bucket",
          "inet_twsk_purge",
          "fqdir_exit",
          "fqdir_pre_exit",
          "ib_unregister_work",
          "dev_change_net_namespace",
          "inet_frags_exit_net");

  private static final List<String> PREFIXES =
      List.of(
          "register_pernet_",
          "unregister_pernet_",
          "rtnl_",
          "unregister_netdev",
          "register_netdev",
          "netdev_wait_allrefs",
          "nf_ct_iterate_cleanup",
          "nf_conntrack_cleanup",
          "devlinks_xa_find",
          "devlink_pernet",
          "default_device_exit",
          "inet_frags_exit");

  /** Of the former what only the cleanup runs, or nearly so. */
  private static final Set<String> OF_CLEANUP =
      Set.of(
          "cleanup_net",
          "ops_exit_list",
          "ops_undo_list",
          "inet_evict_bucket",
          "inet_frags_exit_net",
          "inet_twsk_purge",
          "fqdir_exit",
          "fqdir_pre_exit");

  private static final List<String> CLEANUP_PREFIXES =
      List.of(
          "nf_ct_iterate_cleanup",
          "nf_conntrack_cleanup",
          "devlinks_xa_find",
          "devlink_pernet",
          "default_device_exit");

  private static final Pattern EXIT_HANDLER =
      Pattern.compile(
          "\\w+_(?:exit_net|net_exit|exit_batch|net_exit_batch|pernet_exit|exit_batch_rtnl)");

  private TraceFrames() {}

  static boolean isScheduler(String function) {
    return SCHEDULER.matcher(withoutSuffix(function)).matches();
  }

  /** Of these, the locks. */
  static boolean isLock(String function) {
    return LOCK.matcher(function).matches();
  }

  /** Of a kprobe, or of the function tracer's. */
  static boolean isProbe(String function) {
    return PROBE.matcher(function).find();
  }

  static boolean isDumper(String function) {
    return DUMPER.matcher(function).matches();
  }

  /** Where the kernel warns of something on a stack; -1 if it does not. */
  static int firstOfWarning(List<String> stack) {
    for (int i = 0; i < stack.size(); i++) {
      if (WARNING.matcher(withoutSuffix(stack.get(i))).matches()) {
        return i;
      }
    }
    return -1;
  }

  static boolean isInterrupt(String function) {
    return INTERRUPT.matcher(function).matches();
  }

  /** Whether it is what runs softirqs, packet processing as a rule. */
  static boolean runsSoftirqs(String function) {
    return function.equals("__do_softirq") || function.equals("handle_softirqs");
  }

  /** Whether it concerns network namespaces, or the locks that their creation waits for. */
  static boolean isOfNamespaces(String function) {
    String name = withoutSuffix(function);
    return OF_NAMESPACES.contains(name)
        || KernelFunctions.ofConcern().contains(name)
        || PREFIXES.stream().anyMatch(name::startsWith)
        || EXIT_HANDLER.matcher(name).matches();
  }

  /** Whether it is work of the cleanup of namespaces. */
  static boolean isOfCleanup(String function) {
    String name = withoutSuffix(function);
    return OF_CLEANUP.contains(name)
        || CLEANUP_PREFIXES.stream().anyMatch(name::startsWith)
        || EXIT_HANDLER.matcher(name).matches();
  }

  /**
   * The innermost function of the cleanup on a call path, innermost first, or what {@code
   * cleanup_net} calls where that runs no exit handler; null if it is not the cleanup that calls
   * it: other work (masquerading, the end of a module) uses some of them, too; or an interrupt. A
   * path that is cut off behind them is taken for one.
   */
  static @Nullable String ofCleanup(List<String> path) {
    int first = -1;
    int beyond = -1;
    for (int i = 0; i < path.size(); i++) {
      if (isOfCleanup(path.get(i))) {
        first = first < 0 ? i : first;
        beyond = i + 1;
      }
    }
    boolean called = beyond >= path.size() || has(path, "cleanup_net");
    boolean itself = first > 0 && withoutSuffix(path.get(first)).equals("cleanup_net");
    String within = itself ? path.get(first - 1) : null;
    return first < 0 || !called || CpuTime.isOfInterrupt(path)
        ? null
        : within != null && !KernelFunctions.isPrimitive(withoutSuffix(within))
            ? within
            : path.get(first);
  }

  static boolean anyOfNamespaces(List<String> stack) {
    return stack.stream().anyMatch(TraceFrames::isOfNamespaces);
  }

  static boolean has(List<String> stack, String function) {
    return stack.stream().anyMatch(frame -> withoutSuffix(frame).equals(function));
  }

  /** Whether a task with that stack is creating a namespace. */
  static boolean isCreating(List<String> stack) {
    return has(stack, "copy_net_ns") || (has(stack, "setup_net") && !has(stack, "cleanup_net"));
  }

  /** The name without what GCC adds to it. */
  static String withoutSuffix(String function) {
    int dot = function.indexOf('.');
    return dot <= 0 ? function : function.substring(0, dot);
  }
}
