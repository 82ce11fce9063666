package io.netnswatch.collector.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;

/**
 * A cheap look at a raw line: whether any parser could begin with it. Nearly no line of a long
 * journal passes, and only those are read with care. All words are looked for at once (Aho and
 * Corasick), a step a byte.
 */
final class LineFilter {

  private static final List<String> WORDS =
      List.of(
          "unregister_netdevice",
          "unreferenced object",
          "ed by task ",
          "page last ",
          "KASAN",
          "== ",
          "--- ",
          "pid ",
          "pid\"",
          "MESSAGE\":[",
          "MESSAGE\" : [",
          ">>> ",
          "rocess ",
          "hread ",
          "Task: ",
          "pid:",
          "pid=",
          "INFO: ",
          "lockup",
          "Comm: ",
          "comm: ",
          "task:",
          "Call Trace",
          "Call trace",
          "BUG",
          "WARNING: ",
          "backtrace",
          "Backtrace",
          "Task dump",
          "ysRq",
          "sysrq",
          "PC stack",
          "Oops",
          "general protection",
          "nable to handle ",
          "Internal error: ",
          "hard LOCKUP",
          "panic",
          "ainted",
          "conntrack cleanup",
          "failed with error -12",
          "ref_tracker",
          "leaked reference",
          "workqueue",
          "inux ",
          "+ kernel",
          "LTS kernel",
          "mainline kernel",
          "stable kernel",
          "vanilla kernel",
          "ernel version",
          "ernel Version",
          "ernelVersion",
          "ernel release",
          "kernel-ml-",
          "kernel-lt-",
          "kernel-core-",
          "kernel-default-",
          "kernel-uek-",
          "kernel-rt-",
          "kernel-plus-",
          "pve-kernel-",
          "proxmox-kernel-",
          "linux-image-",
          "TID ",
          "LWP ",
          "Name:\t",
          "Name: ",
          "task/",
          "time ip ",
          "time sudo ip ",
          "time unshare ",
          "Benchmark ",
          "<rect ",
          " LAT(",
          " [SUCCESS] ",
          " [FAILURE] ",
          "timeout ",
          " ms): ",
          "fffffff",
          "off-CPU",
          "offcputime",
          " Hertz of",
          " functions for",
          "-generic",
          "-lowlatency",
          "-aws",
          "-azure",
          "-gcp",
          "-pve",
          "-amd64",
          "-default",
          "-linuxkit",
          "-coreos",
          ".x86_64",
          ".aarch64",
          "nproc",
          "ProcVersion",
          "linux-4",
          "linux-5",
          "linux-6",
          "CLONE_NEWNET",
          "execve(",
          "unshare(",
          "FRAG",
          "PID",
          "LWP",
          "[<",
          "proc/",
          "COMMAND: ",
          "#0 ",
          "#1 ",
          "stack_trace",
          "=> ",
          "Peer netns",
          "RTNETLINK",
          "% ",
          "Samples: ",
          "PerfTop",
          "# event",
          "nrcpus",
          "CPU(s)",
          "Brought up",
          "top - ",
          "(id: ",
          " 0x0",
          " 0x8",
          " 0x4",
          "running task",
          " TYPE ",
          "uname -r",
          "osrelease",
          "os release",
          "RELEASE: ",
          "Sched Debug",
          "CPUS: ",
          "@[",
          "@stack",
          "@kstack",
          "@offcpu",
          "@off_cpu",
          "@blocked",
          "@wait",
          "@count",
          "@us",
          "@ns",
          "    - ",
          "ps -",
          "ps ax",
          " [kworker",
          "net_namespace ",
          "etwork namespace",
          "No space left on device - ",
          "FrequentUnregister",
          "copy_net_ns",
          "rtnl_lock",
          "ostname ",
          "__CURSOR",
          "[s=",
          "-- Boot",
          "-- Reboot",
          "Showing ",
          "strace:",
          "goroutine ",
          "andbox",
          "from syslogd@",
          "probe:",
          "fentry:",
          " : count ",
          "------",
          "### ",
          "*** ",
          " | CHANGED",
          " | SUCCESS",
          " | FAILED",
          " | UNREACHABLE",
          "ok: [",
          "changed: [",
          "]# ",
          "~# ",
          "]$ ",
          "~$ ",
          ":/# ");

  private static final int[][] NEXT;
  private static final boolean[] FOUND;

  static {
    List<String> words = new ArrayList<>(WORDS);
    for (char digit = '2'; digit <= '9'; digit++) {
      for (String between : List.of(": ", " ", " is ", ":", "-", "=")) {
        words.add("ernel" + between + digit);
      }
      for (String before :
          List.of("unning ", " run ", " runs ", " ran ", " on ", " v", "(v", ": ", ":")) {
        words.add(before + digit + '.');
      }
    }
    for (char digit = '0'; digit <= '9'; digit++) {
      words.add(digit + " kernel");
    }
    int most = 1 + words.stream().mapToInt(String::length).sum();
    int[][] next = new int[most][];
    boolean[] found = new boolean[most];
    next[0] = none();
    int states = 1;
    for (String word : words) {
      int state = 0;
      for (byte b : word.getBytes(StandardCharsets.US_ASCII)) {
        if (next[state][b] < 0) {
          next[states] = none();
          next[state][b] = states++;
        }
        state = next[state][b];
      }
      found[state] = true;
    }
    complete(next, found, states);
    NEXT = Arrays.copyOf(next, states);
    FOUND = Arrays.copyOf(found, states);
  }

  private LineFilter() {}

  private static int[] none() {
    int[] none = new int[128];
    Arrays.fill(none, -1);
    return none;
  }

  /** Where a word can't go on, the longest beginning of another does. */
  private static void complete(int[][] next, boolean[] found, int states) {
    int[] fallback = new int[states];
    Queue<Integer> queue = new ArrayDeque<>();
    for (int c = 0; c < 128; c++) {
      if (next[0][c] < 0) {
        next[0][c] = 0;
      } else {
        queue.add(next[0][c]);
      }
    }
    for (Integer state = queue.poll(); state != null; state = queue.poll()) {
      found[state] |= found[fallback[state]];
      for (int c = 0; c < 128; c++) {
        int to = next[state][c];
        if (to < 0) {
          next[state][c] = next[fallback[state]][c];
        } else {
          fallback[to] = next[fallback[state]][c];
          queue.add(to);
        }
      }
    }
  }

  /** Whether a line may be the beginning of something that is known. */
  static boolean mayBegin(byte[] line, int length) {
    int state = 0;
    int digits = 0;
    boolean fraction = false;
    boolean semicolon = false;
    boolean dotOrBlank = false;
    boolean blank = false;
    for (int i = 0; i < length; i++) {
      byte b = line[i];
      if (b < 0) {
        boolean hardBlank = isHardBlank(line, i, length);
        state = hardBlank ? NEXT[state][' '] : 0;
        if (FOUND[state]) {
          return true;
        }
        i += hardBlank ? 1 : 0;
        continue;
      }
      state = NEXT[state][b];
      if (FOUND[state]) {
        return true;
      }
      if (b >= '0' && b <= '9') {
        digits++;
      } else {
        if (b == ':' && fraction && digits >= 3) {
          return true; // a sample of perf script: 611.483192:
        }
        fraction = b == '.' && digits > 0;
        digits = 0;
        semicolon |= b == ';';
        blank |= b == ' ';
        dotOrBlank |= b == '.' || b == ' ';
        if ((b == 'R' || b == 'D') && isRow(line, i, length)) {
          return true;
        }
      }
    }
    if (length > 1 && line[0] == '@') {
      return true; // a map of bpftrace
    }
    boolean endsInNumber = length > 0 && digits > 0;
    return (semicolon && endsInNumber)
        || (dotOrBlank && isShort(line, length))
        || (!blank && isName(line, length));
  }

  /** A name above what is of a host, as salt prints it. */
  private static boolean isName(byte[] line, int length) {
    return length > 2 && length <= 128 && line[length - 1] == ':';
  }

  /** The no-break space that web pages give for a blank, in UTF-8. */
  private static boolean isHardBlank(byte[] line, int at, int length) {
    return line[at] == (byte) 0xc2 && at + 1 < length && line[at + 1] == (byte) 0xa0;
  }

  /** A state between blanks: a row of ps or top that somebody quotes alone. */
  private static boolean isRow(byte[] line, int at, int length) {
    return at > 0
        && line[at - 1] == ' '
        && at + 1 < length
        && (line[at + 1] == ' '
            || line[at + 1] == '<'
            || line[at + 1] == 's'
            || line[at + 1] == '+');
  }

  /** A release alone in its line, the head of a bare sample. */
  private static boolean isShort(byte[] line, int length) {
    return length <= 80
        && (isDigit(line[0])
            || (line[0] == 'v' && length > 5 && isDigit(line[1]))
            || (line[0] == 'k' && length > 6 && line[1] == 'w'));
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }
}
