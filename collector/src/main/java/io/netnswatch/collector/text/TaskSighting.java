package io.netnswatch.collector.text;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A task as a text shows it. What the text does not say is null.
 *
 * @param pid process or thread id; of a task that the text tells from others without naming it, a
 *     negative number of its own in that text
 * @param comm its name
 * @param state one letter, as in /proc/PID/stat
 * @param cpuUse CPUs used; 1.0 is one whole CPU
 * @param runningForMs CPU time it has used, if it is hot; a lower bound of how long it has been
 * @param wchan kernel function it waits in
 * @param stack function names, innermost first; empty if the kernel showed none
 * @param blockedForMs how long it has been blocked, or stalled
 * @param netnsArguments arguments of an ip netns or unshare command
 * @param inference what of this does not stand in the text but follows from it; null if nothing
 */
public record TaskSighting(
    @Nullable Integer pid,
    @Nullable String comm,
    @Nullable String state,
    @Nullable Double cpuUse,
    @Nullable Long runningForMs,
    @Nullable String wchan,
    @Nullable List<String> stack,
    @Nullable Long blockedForMs,
    @Nullable String netnsArguments,
    @Nullable String inference) {

  /** Only who it is. */
  static TaskSighting of(@Nullable Integer pid, @Nullable String comm) {
    return new TaskSighting(pid, comm, null, null, null, null, null, null, null, null);
  }

  TaskSighting withState(@Nullable String letter) {
    return new TaskSighting(
        pid,
        comm,
        letter,
        cpuUse,
        runningForMs,
        wchan,
        stack,
        blockedForMs,
        netnsArguments,
        inference);
  }

  TaskSighting withCpu(@Nullable Double cpus, @Nullable Long forMs) {
    return new TaskSighting(
        pid, comm, state, cpus, forMs, wchan, stack, blockedForMs, netnsArguments, inference);
  }

  TaskSighting withWchan(@Nullable String function) {
    return new TaskSighting(
        pid,
        comm,
        state,
        cpuUse,
        runningForMs,
        function,
        stack,
        blockedForMs,
        netnsArguments,
        inference);
  }

  TaskSighting withStack(@Nullable List<String> frames) {
    return new TaskSighting(
        pid,
        comm,
        state,
        cpuUse,
        runningForMs,
        wchan,
        frames,
        blockedForMs,
        netnsArguments,
        inference);
  }

  TaskSighting withBlockedFor(@Nullable Long ms) {
    return new TaskSighting(
        pid, comm, state, cpuUse, runningForMs, wchan, stack, ms, netnsArguments, inference);
  }

  TaskSighting withArguments(@Nullable String arguments) {
    return new TaskSighting(
        pid, comm, state, cpuUse, runningForMs, wchan, stack, blockedForMs, arguments, inference);
  }

  TaskSighting inferring(String words) {
    return new TaskSighting(
        pid, comm, state, cpuUse, runningForMs, wchan, stack, blockedForMs, netnsArguments, words);
  }

  /** Whether its stack, or what it waits in, concerns namespaces. */
  boolean isOfNamespaces() {
    return (stack != null && TraceFrames.anyOfNamespaces(stack))
        || (wchan != null && TraceFrames.isOfNamespaces(wchan))
        || netnsArguments != null;
  }

  /** Whether it is creating a namespace. */
  boolean isCreating() {
    return (stack != null && TraceFrames.isCreating(stack))
        || (wchan != null && TraceFrames.withoutSuffix(wchan).equals("copy_net_ns"));
  }

  /** Whether it is a kernel thread, by its name or the root of its stack. */
  boolean isKernelThread() {
    return (comm != null && (comm.startsWith("kworker") || comm.startsWith("ksoftirqd")))
        || (stack != null
            && (TraceFrames.has(stack, "kthread") || TraceFrames.has(stack, "worker_thread")));
  }
}
