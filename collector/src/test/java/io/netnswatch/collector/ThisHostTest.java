package io.netnswatch.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThisHostTest {

  @TempDir Path proc;

  @Test
  void itsNameIsTheKernelsThoughNoResolverKnowsIt() throws Exception {
    // Given
    Files.createDirectories(proc.resolve("sys/kernel"));
    Files.writeString(proc.resolve("sys/kernel/hostname"), "of-no-resolver-7f3a\n");

    // When
    String name = new ThisHost(proc, null).name();

    // Then
    assertThat(name).isEqualTo("of-no-resolver-7f3a");
  }

  @Test
  void aGivenNameComesFirst() throws Exception {
    assertThat(new ThisHost(proc, "compute-7").name()).isEqualTo("compute-7");
  }
}
