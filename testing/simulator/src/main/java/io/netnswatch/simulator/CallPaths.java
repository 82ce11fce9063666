package io.netnswatch.simulator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Call paths, innermost first, written as {@code leaf<caller<...}. */
final class CallPaths {

  private static final String WORKER = "process_one_work<worker_thread<kthread<ret_from_fork";

  private CallPaths() {}

  static List<String> frames(String path) {
    return List.copyOf(Arrays.asList(path.split("<", -1)));
  }

  /** Of a kernel worker that runs something. */
  static List<String> ofWorker(String path) {
    return frames(path + "<" + WORKER);
  }

  /** Of the namespace cleanup. */
  static List<String> ofCleanup(String path) {
    return ofWorker(path + "<cleanup_net");
  }

  /** Of the exit of a subsystem. */
  static List<String> ofExit(String path) {
    return ofCleanup(path + "<ops_exit_list");
  }

  /** Of a creation that waits, below what it waits in. */
  static List<String> ofCreation(SimulatedKernel kernel, String waitsIn) {
    return frames(waitsIn + "<create_new_namespaces<unshare_nsproxy_namespaces<" + unshare(kernel));
  }

  private static String unshare(SimulatedKernel kernel) {
    if (kernel.isRhashtableEra()) {
      return "ksys_unshare<__x64_sys_unshare<do_syscall_64<entry_SYSCALL_64_after_hwframe";
    }
    return kernel.isAtLeast(4, 0)
        ? "SyS_unshare<entry_SYSCALL_64_fastpath"
        : "SyS_unshare<system_call_fastpath";
  }

  /** The names as a compiler leaves them that clones functions. */
  static List<String> withCompilerSuffixes(List<String> frames) {
    List<String> renamed = new ArrayList<>(frames.size());
    for (String frame : frames) {
      renamed.add(withCompilerSuffix(frame));
    }
    return List.copyOf(renamed);
  }

  private static String withCompilerSuffix(String function) {
    return switch (function) {
      case "inet_evict_bucket", "ops_exit_list" -> function + ".isra.8";
      case "inet_frags_exit_net", "nf_ct_iterate_cleanup" -> function + ".part.3";
      case "copy_net_ns", "inet_twsk_purge" -> function + ".constprop.0";
      default -> function;
    };
  }
}
