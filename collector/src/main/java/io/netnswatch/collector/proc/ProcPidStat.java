package io.netnswatch.collector.proc;

/**
 * {@code /proc/PID/stat} (fs/proc/array.c, do_task_stat).
 *
 * @param pid process id
 * @param comm name; may hold blanks, parentheses and newlines
 * @param state one letter: R, S, D, I, T, t, Z, X
 * @param kernelThread whether PF_KTHREAD is set
 * @param cpuTicks user and system time since its start, in clock ticks (USER_HZ)
 * @param threads how many it has
 * @param startTicks its start after boot, in clock ticks; with the pid it identifies the process
 */
public record ProcPidStat(
    int pid,
    String comm,
    char state,
    boolean kernelThread,
    long cpuTicks,
    int threads,
    long startTicks) {

  /** PF_KTHREAD of include/linux/sched.h. */
  private static final long PF_KTHREAD = 0x00200000;

  // Indexes of the fields after the name; proc(5) counts from 1 and calls the first of these 3.
  private static final int STATE = 0;
  private static final int FLAGS = 6;
  private static final int UTIME = 11;
  private static final int STIME = 12;
  private static final int THREADS = 17;
  private static final int START_TIME = 19;

  /**
   * Parses the file.
   *
   * @throws ProcParseException if it is cut off or no such file
   */
  public static ProcPidStat parse(String text) throws ProcParseException {
    int open = text.indexOf('(');
    int close = text.lastIndexOf(')');
    if (open < 1 || close < open) {
      throw new ProcParseException("PID/stat", "PID (NAME) STATE …", text);
    }
    String[] fields = text.substring(close + 1).strip().split(" ", START_TIME + 2);
    if (fields.length <= START_TIME || fields[STATE].length() != 1) {
      throw new ProcParseException("PID/stat", "at least 22 fields", text);
    }
    try {
      return new ProcPidStat(
          Integer.parseInt(text.substring(0, open).strip()),
          text.substring(open + 1, close),
          fields[STATE].charAt(0),
          (Long.parseLong(fields[FLAGS]) & PF_KTHREAD) != 0,
          Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME]),
          Integer.parseInt(fields[THREADS]),
          Long.parseLong(fields[START_TIME].strip()));
    } catch (NumberFormatException e) {
      throw new ProcParseException("PID/stat", "numbers", text);
    }
  }
}
