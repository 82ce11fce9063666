package io.netnswatch.collector.text;

import org.jspecify.annotations.Nullable;

/** How people are told of a task. */
public final class TaskName {

  private TaskName() {}

  /**
   * Its name and its pid, as far as they are known.
   *
   * @param pid null, or not above 0, where nothing says it
   */
  public static String of(@Nullable Integer pid, @Nullable String comm) {
    String name = comm == null || comm.equals("unknown") ? "a task" : comm;
    return pid == null || pid <= 0 ? name : name + " (pid " + pid + ")";
  }
}
