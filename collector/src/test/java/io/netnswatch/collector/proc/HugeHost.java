package io.netnswatch.collector.proc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A /proc of as many processes as wanted: sleeping programs, workers that spin, a disk that hangs,
 * a crowd of namespace commands, and names that no parser likes.
 */
final class HugeHost {

  /** Of each hundred processes so many. */
  static final int HOT_WORKERS = 1;

  static final int BLOCKED = 5;
  private static final int COMMANDS = 2;
  private static final int GROUP = 100;

  private static final byte[][] NAMES = {
    "a) R 1 (b".getBytes(StandardCharsets.UTF_8),
    "new\nline".getBytes(StandardCharsets.UTF_8),
    {'n', 'o', (byte) 0xff, (byte) 0xfe, 'u', 't', 'f'},
    "((((((((((((((".getBytes(StandardCharsets.UTF_8),
    "".getBytes(StandardCharsets.UTF_8),
    "java".getBytes(StandardCharsets.UTF_8)
  };

  private HugeHost() {}

  static void write(Path proc, int processes) throws IOException {
    Files.writeString(proc.resolve("stat"), "cpu  1 1\ncpu0 1 1\nbtime 1795362604\n");
    Files.writeString(proc.resolve("uptime"), "600.00 900.00\n");
    for (int pid = 1; pid <= processes; pid++) {
      Files.createDirectory(proc.resolve(Integer.toString(pid)));
      write(proc, pid, 0);
    }
  }

  /** Lets the workers spin for so many ticks since the host was written. */
  static void spin(Path proc, int processes, long ticks) throws IOException {
    Files.writeString(proc.resolve("uptime"), 600 + ticks / 100 + ".00 900.00\n");
    for (int pid = GROUP; pid <= processes; pid += GROUP) {
      write(proc, pid, ticks);
    }
  }

  private static void write(Path proc, int pid, long ticks) throws IOException {
    Path directory = proc.resolve(Integer.toString(pid));
    int kind = pid % GROUP;
    byte[] name = NAMES[pid % NAMES.length];
    if (kind < HOT_WORKERS) {
      stat(directory, pid, "kworker/u4:0".getBytes(StandardCharsets.UTF_8), 'R', true, ticks);
      stack(directory, "cleanup_net");
    } else if (kind < HOT_WORKERS + BLOCKED) {
      stat(directory, pid, name, 'D', false, 0);
      stack(directory, "nfs_wait_bit_killable");
    } else if (kind < HOT_WORKERS + BLOCKED + COMMANDS) {
      stat(directory, pid, "ip".getBytes(StandardCharsets.UTF_8), 'S', false, 0);
      Files.writeString(directory.resolve("cmdline"), "ip\0netns\0add\0" + "x".repeat(100_000));
    } else {
      stat(directory, pid, name, 'S', false, 0);
    }
  }

  private static void stack(Path directory, String function) throws IOException {
    String frame = "[<0>] " + function + "+0x1/0x2\n";
    Files.writeString(directory.resolve("stack"), frame.repeat(64));
  }

  private static void stat(
      Path directory, int pid, byte[] name, char state, boolean kernelThread, long ticks)
      throws IOException {
    byte[] begin = (pid + " (").getBytes(StandardCharsets.UTF_8);
    byte[] end =
        ") %c 2 0 0 0 -1 %d 0 0 0 0 %d 0 0 0 20 0 %d 0 26 0\n"
            .formatted(state, kernelThread ? 0x0020_0000 : 0, ticks, pid % 7 == 0 ? 9 : 1)
            .getBytes(StandardCharsets.UTF_8);
    byte[] all = new byte[begin.length + name.length + end.length];
    System.arraycopy(begin, 0, all, 0, begin.length);
    System.arraycopy(name, 0, all, begin.length, name.length);
    System.arraycopy(end, 0, all, begin.length + name.length, end.length);
    Files.write(directory.resolve("stat"), all);
  }
}
