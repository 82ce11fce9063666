package io.netnswatch.collector.proc;

import org.jspecify.annotations.Nullable;

/** {@code /proc/PID/wchan} (fs/proc/base.c, proc_pid_wchan): the function a task waits in. */
public final class ProcPidWchan {

  private ProcPidWchan() {}

  /**
   * Its name; null when it reads 0: the task runs, it may not be looked at, or the kernel unwinds
   * with ORC (4.14 to about 5.16). So null says nothing.
   */
  public static @Nullable String parse(String text) {
    String function = text.strip();
    return function.isEmpty() || function.equals("0") ? null : function;
  }
}
