package io.netnswatch.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder of one run, named after its process id, so that a later run can tell whether it is
 * still in use.
 */
final class WorkDirectory {

  private static final String PREFIX = "netnswatch-demo-";

  private WorkDirectory() {}

  /**
   * Makes the folder of a process, readable by its owner only.
   *
   * @param parent where temporary folders go
   * @throws IOException if it can't be made, e.g. because it exists
   */
  static Path create(Path parent, long pid) throws IOException {
    return Files.createDirectory(
        parent.resolve(PREFIX + pid),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  /** Removes the folders of runs that were killed; those of living processes stay. */
  static List<Path> removeStale(Path parent) throws IOException {
    List<Path> stale;
    try (Stream<Path> entries = Files.list(parent)) {
      stale = entries.filter(WorkDirectory::isStale).toList();
    }
    stale.forEach(WorkDirectory::remove);
    return stale;
  }

  /** Removes a folder and all in it; symbolic links are removed, not followed. */
  static void remove(Path directory) {
    List<Path> deepestFirst;
    try (Stream<Path> files = Files.walk(directory)) {
      deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException e) {
      // Gone already, which is what was wanted.
    } catch (IOException e) {
      throw new UncheckedIOException("can't remove " + directory, e);
    }
  }

  private static boolean isStale(Path entry) {
    String name = entry.getFileName().toString();
    if (!name.matches(PREFIX + "\\d{1,18}")
        || !Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    long pid = Long.parseLong(name.substring(PREFIX.length()));
    return pid == ProcessHandle.current().pid()
        || ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty();
  }
}
