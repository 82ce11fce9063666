package io.netnswatch.collector.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcDirectoryTest {

  @TempDir private Path root;

  @Test
  void recordedTree() throws Exception {
    ProcFiles proc = new ProcDirectory(Recorded.PROC);

    assertThat(proc.pids()).contains(5, 2526);
    assertThat(proc.read("2526/wchan")).isEqualToIgnoringNewLines("copy_net_ns");
  }

  @Test
  void absentIsNull() throws Exception {
    ProcFiles proc = new ProcDirectory(root);

    assertThat(proc.read("4/stat")).isNull();
    assertThat(proc.readLink("4/ns/net")).isNull();
  }

  @Test
  void nameThatIsNotUtf8IsReadAllTheSame() throws Exception {
    Files.createDirectory(root.resolve("4"));
    Files.write(root.resolve("4/stat"), "4 (\u00ff) S".getBytes(StandardCharsets.ISO_8859_1));

    assertThat(new ProcDirectory(root).read("4/stat")).isEqualTo("4 (\uFFFD) S");
  }

  @Test
  void whatIsNoFileOfALivingProcessIsAnError() throws Exception {
    Files.createDirectories(root.resolve("4/stat"));

    assertThatThrownBy(() -> new ProcDirectory(root).read("4/stat"))
        .isInstanceOf(IOException.class);
  }

  @Test
  void neverReturnsPartOfAFile() throws Exception {
    try (RandomAccessFile sparse = new RandomAccessFile(root.resolve("slabinfo").toFile(), "rw")) {
      sparse.setLength((16 << 20) + 1);
    }

    assertThatThrownBy(() -> new ProcDirectory(root).read("slabinfo"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("slabinfo is longer than");
  }
}
