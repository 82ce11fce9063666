package io.netnswatch.collector.probe;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The probes' entries of /run/netns. */
final class NetnsFolder {
  private final Path folder;
  private final Path procRoot;

  NetnsFolder(Path folder, Path procRoot) {
    this.folder = folder;
    this.procRoot = procRoot;
  }

  /** Names of our form; of no other program's namespaces. */
  List<ProbeName> probes() throws IOException {
    List<ProbeName> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      entries.forEach(
          entry -> ProbeName.parse(entry.getFileName().toString()).ifPresent(names::add));
    } catch (NoSuchFileException e) {
      return List.of(); // nobody has made a namespace since boot
    }
    return List.copyOf(names);
  }

  /** Whether the process that made it is gone, or is an earlier one with our own pid. */
  boolean abandoned(ProbeName name, long ownPid) {
    return name.pid() == ownPid || Files.notExists(procRoot.resolve(Long.toString(name.pid())));
  }

  /** Whether a namespace is mounted on the entry; a placeholder of a killed creation has none. */
  boolean mounted(ProbeName name) throws IOException {
    Path entry = folder.toRealPath().resolve(name.toString());
    return Files.readString(procRoot.resolve("self/mountinfo"))
        .lines()
        .anyMatch(line -> isNsfs(line, entry));
  }

  /** Fifth field is the mount point; the file system type stands after " - " (proc(5)). */
  private static boolean isNsfs(String line, Path entry) {
    String[] fields = line.split(" ", 6);
    return fields.length == 6 && fields[4].equals(entry.toString()) && line.contains(" - nsfs ");
  }

  /** Removes an entry that no namespace is mounted on. */
  void removePlaceholder(ProbeName name) throws IOException {
    Files.deleteIfExists(folder.resolve(name.toString()));
  }
}
