package io.netnswatch.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkDirectoryTest {

  @TempDir private Path parent;

  @Test
  void removesOnlyFoldersOfDeadRuns() throws Exception {
    // Given a process that has ended, one that lives, and a name that is not ours
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    Path dead = WorkDirectory.create(parent, ended.pid());
    Files.writeString(Files.createDirectories(dead.resolve("broker")).resolve("log"), "x");
    Path living =
        WorkDirectory.create(parent, ProcessHandle.current().parent().orElseThrow().pid());
    Path foreign = Files.createDirectory(parent.resolve("netnswatch-demo-notes"));

    // When
    var removed = WorkDirectory.removeStale(parent);

    // Then
    assertThat(removed).containsExactly(dead);
    assertThat(dead).doesNotExist();
    assertThat(living).exists();
    assertThat(foreign).exists();
  }

  @Test
  void doesNotFollowLinks() throws Exception {
    Path directory = WorkDirectory.create(parent, 1);
    Path outside = Files.writeString(parent.resolve("precious"), "x");
    Files.createSymbolicLink(directory.resolve("link"), outside);

    WorkDirectory.remove(directory);

    assertThat(directory).doesNotExist();
    assertThat(outside).exists();
  }
}
