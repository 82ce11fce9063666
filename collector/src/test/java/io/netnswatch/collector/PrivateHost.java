package io.netnswatch.collector;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.awaitility.Durations.ONE_MINUTE;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A copy of this machine that shares only its kernel, with systemd running, as the script {@code
 * private-host} makes it. Closing it, or the death of this JVM, ends all its processes and its
 * mounts.
 */
final class PrivateHost implements AutoCloseable {

  private static final Duration COMMANDS_END_WITHIN = Duration.ofMinutes(2);
  private static final Duration BOOTS_WITHIN = Duration.ofSeconds(60);
  private static final List<String> PROGRAMS =
      List.of("chroot", "curl", "dpkg", "dpkg-deb", "ip", "mount", "nsenter", "unshare");
  private static final Path SYSTEMD = Path.of("/usr/lib/systemd/systemd");

  private final Path log;
  private final Path cgroup;
  private final Process holder;
  private final ProcessHandle systemd;

  /** How a command ended, and what it wrote to standard output and error. */
  record Finished(int exitCode, String output) {}

  private PrivateHost(Path log, Path cgroup, Process holder, ProcessHandle systemd) {
    this.log = log;
    this.cgroup = cgroup;
    this.holder = holder;
    this.systemd = systemd;
  }

  /** Why this machine can't have one; null if it can. */
  static @Nullable String impossibleBecause() throws IOException {
    if (!Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
      return "it needs root";
    }
    for (String program : PROGRAMS) {
      if (Stream.of("/usr/sbin", "/usr/bin").noneMatch(it -> new File(it, program).canExecute())) {
        return "it needs " + program;
      }
    }
    if (!Files.exists(SYSTEMD)) {
      return "it needs " + SYSTEMD;
    }
    if (!Files.readString(Path.of("/proc/filesystems")).contains("\toverlay\n")) {
      return "it needs overlay in /proc/filesystems";
    }
    if (cgroupRoot().isEmpty()) {
      return "it needs control groups, version 2";
    }
    for (String part : List.of("/usr", "/var")) {
      if (!Files.getFileStore(Path.of(part)).equals(Files.getFileStore(Path.of("/")))) {
        return "it needs " + part + " on the file system of /";
      }
    }
    return null;
  }

  /**
   * Boots one.
   *
   * @param directory an empty one, for its mount point and its log
   */
  static PrivateHost boot(Path directory) throws IOException, InterruptedException {
    Path log = directory.resolve("log");
    Path mountPoint = Files.createDirectory(directory.resolve("mount-point"));
    Path cgroup = Files.createTempDirectory(cgroupRoot().orElseThrow(), "netnswatch-package-");
    Process holder = hold(mountPoint, cgroup, log);
    try {
      ProcessHandle systemd =
          await()
              .atMost(BOOTS_WITHIN)
              .failFast(() -> checkAlive(holder, log))
              .until(() -> systemdOf(holder), Optional::isPresent)
              .orElseThrow();
      PrivateHost host = new PrivateHost(log, cgroup, holder, systemd);
      await()
          .atMost(BOOTS_WITHIN)
          .failFast(() -> checkAlive(holder, log))
          .until(() -> host.run("systemctl", "is-active", "basic.target").exitCode() == 0);
      return host;
    } catch (RuntimeException e) {
      end(holder, cgroup);
      throw e;
    }
  }

  private static Process hold(Path mountPoint, Path cgroup, Path log) throws IOException {
    return new ProcessBuilder(
            "sh",
            Path.of("src/test/resources/private-host").toAbsolutePath().toString(),
            mountPoint.toString(),
            cgroup.toString())
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  private static void checkAlive(Process holder, Path log) throws IOException {
    if (!holder.isAlive()) {
      throw new IOException("the private host ended: " + Files.readString(log));
    }
  }

  private static Optional<ProcessHandle> systemdOf(Process holder) {
    return holder
        .descendants()
        .filter(it -> it.info().command().orElse("").endsWith(SYSTEMD.toString()))
        .findFirst();
  }

  private static Optional<Path> cgroupRoot() throws IOException {
    try (Stream<String> mounts = Files.lines(Path.of("/proc/mounts"))) {
      return mounts
          .map(line -> line.split(" "))
          .filter(mount -> mount[2].equals("cgroup2"))
          .map(mount -> Path.of(mount[1]))
          .findFirst();
    }
  }

  /** Runs a command there. */
  Finished run(String... command) throws IOException, InterruptedException {
    List<String> entered =
        new ArrayList<>(
            List.of(
                "nsenter",
                "--target=" + systemd.pid(),
                "--mount",
                "--uts",
                "--ipc",
                "--net",
                "--pid",
                "--cgroup",
                "--root",
                "--wd",
                "--"));
    entered.addAll(List.of(command));
    Path output = Files.createTempFile(log.getParent(), "output", null);
    Process process =
        new ProcessBuilder(entered)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    process.getOutputStream().close();
    if (!process.waitFor(COMMANDS_END_WITHIN.toSeconds(), SECONDS)) {
      process.destroyForcibly();
      throw new IOException(
          List.of(command) + " does not end; so far it said: " + Files.readString(output));
    }
    return new Finished(process.exitValue(), Files.readString(output));
  }

  /** A file there, as this JVM can reach it. */
  Path file(String absolutePath) {
    return Path.of("/proc/" + systemd.pid() + "/root" + absolutePath);
  }

  @Override
  public void close() throws IOException {
    end(holder, cgroup);
  }

  private static void end(Process holder, Path cgroup) throws IOException {
    holder.destroyForcibly().onExit().join();
    await()
        .atMost(ONE_MINUTE)
        .until(() -> Files.readString(cgroup.resolve("cgroup.events")).contains("populated 0\n"));
    List<Path> groups;
    try (Stream<Path> all = Files.walk(cgroup)) {
      groups = all.filter(Files::isDirectory).sorted(Comparator.reverseOrder()).toList();
    }
    for (Path group : groups) {
      Files.delete(group);
    }
  }
}
