package io.netnswatch.localcluster;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The classes of one kind of child as a JVM wants them in memory (JEP 350): the first child of a
 * kind writes them down when it ends, those after it start in half the CPU time. The archives lie
 * beside this module's jar. One that does not fit after all is passed over by the JVM.
 *
 * @param options what the child's JVM is told
 * @param draft what the child writes, if it is the one to write
 * @param file the archive
 */
record ClassArchive(List<String> options, Path draft, Path file) {

  /** What the JVM says of classes that it leaves out concerns nobody. */
  private static final String SILENT = "-Xlog:cds*=off";

  /** For a child with these options, class path and main class. */
  static ClassArchive of(List<String> jvmOptions, String classPath, String mainClass)
      throws IOException {
    Path folder = CodeLocation.of(ClassArchive.class).resolveSibling("class-archives");
    List<String> kind = // sizes of heap and stacks do not matter
        Stream.concat(jvmOptions.stream().filter(it -> it.startsWith("-XX:")), Stream.of(classPath))
            .toList();
    String name = mainClass.substring(mainClass.lastIndexOf('.') + 1);
    Path file = folder.resolve("%s-%08x.jsa".formatted(name, kind.hashCode()));
    Path draft = folder.resolve(UUID.randomUUID() + ".jsa");
    List<Path> entries = Stream.of(classPath.split(File.pathSeparator, -1)).map(Path::of).toList();
    if (!entries.stream().allMatch(Files::isRegularFile)) { // of folders the JVM archives nothing
      return new ClassArchive(List.of(), draft, file);
    }
    if (isNewer(file, entries)) {
      return new ClassArchive(List.of(SILENT, "-XX:SharedArchiveFile=" + file), draft, file);
    }
    Files.createDirectories(folder);
    return new ClassArchive(List.of(SILENT, "-XX:ArchiveClassesAtExit=" + draft), draft, file);
  }

  private static boolean isNewer(Path file, List<Path> entries) throws IOException {
    if (!Files.exists(file)) {
      return false;
    }
    for (Path entry : entries) {
      if (Files.getLastModifiedTime(entry).compareTo(Files.getLastModifiedTime(file)) >= 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Keeps what the child has written; to be called when it has ended.
   *
   * @param killed whether it was not left to end by itself: what it wrote may be half an archive
   */
  void keep(boolean killed) throws IOException {
    if (killed) {
      Files.deleteIfExists(draft);
    } else if (Files.exists(draft)) {
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    }
  }
}
