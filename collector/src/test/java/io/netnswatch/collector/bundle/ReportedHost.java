package io.netnswatch.collector.bundle;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** A host as some lines describe it (form: {@code fieldreports/SOURCE.txt}), made into a bundle. */
final class ReportedHost {

  private static final long STARTED_MS = 1_764_000_000_000L;
  private static final long UPTIME_SECONDS = 5_000;
  private static final int EVERY_SECONDS = 5;
  private static final Pattern LINE = Pattern.compile("(\\d+)(?:-(\\d+))? (\\S+) ?(.*)");
  private static final Pattern TASK = Pattern.compile("(\\S+) ([A-Z]) ([\\d.]+) (.+)");

  private final Map<String, String> entries = new LinkedHashMap<>();
  private final List<Line> lines = new ArrayList<>();
  private String release = "";
  private int rebootSecond = Integer.MAX_VALUE;
  private int lastSecond;

  private record Line(int from, int until, String what, String rest) {}

  static ReportedHost read(Path report) throws IOException {
    ReportedHost host = new ReportedHost();
    for (String line : Files.readAllLines(report)) {
      Matcher parts = LINE.matcher(line);
      if (line.startsWith("release ")) {
        host.release = line.substring("release ".length());
      } else if (parts.matches()) {
        int from = Integer.parseInt(parts.group(1));
        int until = parts.group(2) == null ? from : Integer.parseInt(parts.group(2));
        host.lines.add(new Line(from, until, parts.group(3), parts.group(4)));
        host.lastSecond = Math.max(host.lastSecond, until);
        host.rebootSecond = parts.group(3).equals("reboot") ? from : host.rebootSecond;
      } else {
        throw new IOException(report + ": " + line);
      }
    }
    return host;
  }

  void writeBundle(Path file) throws IOException {
    for (int second = 0; second <= lastSecond; second += EVERY_SECONDS) {
      snapshot(second);
    }
    StringBuilder log = new StringBuilder();
    StringBuilder probes = new StringBuilder();
    for (Line line : lines) {
      if (line.what.equals("log")) {
        log.append(line.rest).append('\n');
      } else if (line.what.equals("probe")) {
        for (int second = line.from; second <= line.until; second += 10) {
          probes.append(probe(second, line.rest)).append('\n');
        }
      }
    }
    entries.put("notes/kern.log", log.toString());
    entries.put("netns/commands.jsonl", probes.toString());
    entries.put("manifest.json", manifest());
    write(file);
  }

  private void snapshot(int second) {
    boolean rebooted = second >= rebootSecond;
    long uptime = rebooted ? second - rebootSecond + 20 : UPTIME_SECONDS + second;
    String folder = "proc/" + (STARTED_MS + second * 1000L) + "/";
    long ticks = uptime * 100;
    entries.put(
        folder + "stat",
        "cpu  0 0 0 %d\ncpu0 0 0 0 %d\nbtime %d\n"
            .formatted(ticks, ticks, STARTED_MS / 1000 + second - uptime));
    entries.put(folder + "uptime", uptime + ".00 1.00\n");
    entries.put(folder + "version", "Linux version " + release + "\n");
    entries.put(folder + "1/stat", stat(1, "systemd", "S", 0));
    entries.put(folder + "1/stack", "[<0>] do_epoll_wait+0x1/0x2\n");
    for (Line line : lines) {
      Matcher task = TASK.matcher(line.rest);
      if (line.what.matches("\\d+") && task.matches() && !rebooted) {
        if (line.from <= second && second <= line.until) {
          task(folder + line.what + "/", Integer.parseInt(line.what), task, uptime);
        }
      }
    }
  }

  private void task(String folder, int pid, Matcher task, long uptime) {
    double cpus = Double.parseDouble(task.group(3));
    String frames = task.group(4);
    entries.put(
        folder + "stat", stat(pid, task.group(1), task.group(2), Math.round(cpus * uptime * 100)));
    if (frames.startsWith("wchan ")) {
      entries.put(folder + "wchan", frames.substring("wchan ".length()));
    } else if (!frames.equals("-")) {
      StringBuilder stack = new StringBuilder();
      for (String frame : frames.split("<", -1)) {
        stack.append("[<0>] ").append(frame).append("+0x1/0x2\n");
      }
      entries.put(folder + "stack", stack.toString());
    }
  }

  private static String stat(int pid, String comm, String state, long ticks) {
    boolean kernel = comm.startsWith("kworker");
    return "%d (%s) %s %d 0 0 0 -1 %d 0 0 0 0 0 %d 0 0 20 0 1 0 4000 %s 0%s\n"
        .formatted(
            pid,
            comm,
            state,
            kernel ? 2 : 1,
            kernel ? 69238880 : 4194560,
            ticks,
            kernel ? "0 0" : "4206592 150",
            " 0".repeat(27));
  }

  private static String probe(int second, String ms) {
    return """
    {"started_at": %d, "pid": %d, "command": "ip netns add p%d", "time_limit_ms": 30000, \
    "duration_ms": %s, "timed_out": false, "exit_code": 0, "signal": null, "stderr": ""}"""
        .formatted(STARTED_MS + second * 1000L, 30_000 + second, second, ms);
  }

  private String manifest() {
    return """
    {"format": "netnswatch-evidence/1", "host": "h", "kernel_release": "%s",
     "kernel_version": "Linux version %s", "cpus": 1, "boot_id": null,
     "boot_time": %d, "started_at": %d, "ended_at": %d}
    """
        .formatted(
            release,
            release,
            STARTED_MS / 1000 - UPTIME_SECONDS,
            STARTED_MS,
            STARTED_MS + lastSecond * 1000L);
  }

  private void write(Path file) throws IOException {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file));
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      for (Map.Entry<String, String> entry : entries.entrySet()) {
        byte[] bytes = entry.getValue().getBytes(StandardCharsets.UTF_8);
        TarArchiveEntry header =
            new TarArchiveEntry(String.format(Locale.ROOT, "b/%s", entry.getKey()));
        header.setSize(bytes.length);
        tar.putArchiveEntry(header);
        tar.write(bytes);
        tar.closeArchiveEntry();
      }
    }
  }
}
