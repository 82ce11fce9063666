package io.netnswatch.localcluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassArchiveTest {

  private static final List<String> OPTIONS = List.of("-Xmx8m", "-Dport=1");

  @TempDir Path directory;

  private Path jar;

  @BeforeEach
  void aJar() throws Exception {
    jar = Files.writeString(directory.resolve("some.jar"), "not looked into");
    Files.setLastModifiedTime(jar, FileTime.from(Instant.now().minusSeconds(60)));
  }

  @AfterEach
  void tidy() throws Exception {
    Files.deleteIfExists(archive().file());
  }

  @Test
  void theFirstWritesWhatTheOthersRead() throws Exception {
    ClassArchive first = archive();
    assertThat(first.options()).contains("-XX:ArchiveClassesAtExit=" + first.draft());

    Files.writeString(first.draft(), "classes");
    first.keep(false);

    assertThat(first.draft()).doesNotExist();
    assertThat(archive().options()).contains("-XX:SharedArchiveFile=" + first.file());
    assertThat(ClassArchive.of(List.of("-Xmx8m", "-Dport=2"), jar.toString(), "a.Main").file())
        .isEqualTo(first.file());
  }

  @Test
  void oneThatWasKilledHasWrittenNothingOrHalfOfIt() throws Exception {
    archive().keep(true);
    assertThat(archive().file()).doesNotExist();

    ClassArchive half = archive();
    Files.writeString(half.draft(), "cla");
    half.keep(true);

    assertThat(half.draft()).doesNotExist();
    assertThat(archive().file()).doesNotExist();
  }

  @Test
  void sizesOfMemoryMakeNoOtherArchive() throws Exception {
    assertThat(ClassArchive.of(List.of("-Xmx16m"), jar.toString(), "a.Main").file())
        .isEqualTo(archive().file());
    assertThat(ClassArchive.of(List.of("-XX:+UseZGC"), jar.toString(), "a.Main").file())
        .isNotEqualTo(archive().file());
  }

  @Test
  void ofANewerJarThereIsANewArchive() throws Exception {
    ClassArchive first = archive();
    Files.writeString(first.draft(), "classes");
    first.keep(false);

    Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusSeconds(60)));

    assertThat(archive().options()).anyMatch(it -> it.startsWith("-XX:ArchiveClassesAtExit="));
  }

  @Test
  void ofFoldersThereIsNone() throws Exception {
    String classPath = jar + File.pathSeparator + directory;

    assertThat(ClassArchive.of(OPTIONS, classPath, "a.Main").options()).isEmpty();
  }

  private ClassArchive archive() throws Exception {
    return ClassArchive.of(OPTIONS, jar.toString(), "a.Main");
  }
}
