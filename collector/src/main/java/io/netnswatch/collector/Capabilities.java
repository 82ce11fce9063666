package io.netnswatch.collector;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** What this process may do and which programs it can start. */
public final class Capabilities {

  /** Bit of CAP_SYS_ADMIN (include/uapi/linux/capability.h): namespaces, and perf before 5.8. */
  public static final int CAP_SYS_ADMIN = 21;

  private Capabilities() {}

  /**
   * Whether the capability is effective in a process.
   *
   * @param status text of /proc/PID/status
   * @param capability bit number
   * @throws IllegalArgumentException if the text has no CapEff line
   */
  static boolean has(String status, int capability) {
    String mask =
        status
            .lines()
            .filter(line -> line.startsWith("CapEff:"))
            .findFirst()
            .map(line -> line.substring("CapEff:".length()).strip())
            .orElseThrow(() -> new IllegalArgumentException("status: no line CapEff"));
    return (Long.parseUnsignedLong(mask, 16) >>> capability & 1) == 1;
  }

  /**
   * Whether the capability is effective in this process.
   *
   * @throws IOException if /proc/self/status can't be read
   */
  public static boolean effective(Path procRoot, int capability) throws IOException {
    return has(Files.readString(procRoot.resolve("self/status")), capability);
  }

  /** The program as an absolute path: as given if it has a slash, otherwise looked up in PATH. */
  public static Optional<Path> program(String name) {
    if (name.contains("/")) {
      return Optional.of(Path.of(name)).filter(Files::isExecutable);
    }
    String path = System.getenv().getOrDefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    return Arrays.stream(path.split(File.pathSeparator, -1))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
