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

  /** USER_HZ is 100 on every architecture Linux has left (include/asm-generic/param.h). */
  static final long MS_PER_TICK = 10;

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
    Fields fields = new Fields(text, close + 1);
    if (fields.count <= START_TIME || !fields.isLetter(STATE)) {
      throw new ProcParseException("PID/stat", "at least 22 fields", text);
    }
    try {
      return new ProcPidStat(
          Integer.parseInt(text.substring(0, open).strip()),
          text.substring(open + 1, close),
          fields.letter(STATE),
          (fields.number(FLAGS) & PF_KTHREAD) != 0,
          fields.number(UTIME) + fields.number(STIME),
          Math.toIntExact(fields.number(THREADS)),
          fields.number(START_TIME));
    } catch (NumberFormatException | ArithmeticException e) {
      throw new ProcParseException("PID/stat", "numbers", text);
    }
  }

  /**
   * Where the fields behind the name are: splitting the text into strings would be half of what
   * reading it allocates, thousands of times a snapshot.
   */
  private static final class Fields {

    private final String text;
    private final int[] begins = new int[START_TIME + 2]; // of each, and behind the last
    private int count;

    Fields(String text, int from) {
      this.text = text;
      int at = from;
      while (at < text.length() && count <= START_TIME) {
        begins[count++] = ++at; // behind a blank
        while (at < text.length() && text.charAt(at) > ' ') {
          at++;
        }
        begins[count] = at + 1;
      }
    }

    boolean isLetter(int field) {
      return begins[field + 1] - begins[field] == 2;
    }

    char letter(int field) {
      return text.charAt(begins[field]);
    }

    long number(int field) {
      return Long.parseLong(text, begins[field], begins[field + 1] - 1, 10);
    }
  }
}
