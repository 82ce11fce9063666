package io.netnswatch.collector.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnUsageTest {

  @TempDir private Path proc;

  /** Ticks of its own and of children that are gone, and a living child's. */
  @BeforeEach
  void given() throws IOException {
    Files.createDirectories(proc.resolve("10/task/11"));
    Files.writeString(proc.resolve("10/stat"), "10 (a) b) S 1 1 1 0 -1 0 0 0 0 0 1 2 3 4 20 0");
    Files.writeString(proc.resolve("10/status"), "Name:\ta) b\nVmRSS:\t   65536 kB\nThreads:\t9\n");
    Files.writeString(proc.resolve("10/task/11/children"), "12 ");
    Files.createDirectories(proc.resolve("12"));
    Files.writeString(proc.resolve("12/stat"), "12 (perf) S 1 1 1 0 -1 0 0 0 0 0 5 6 0 0 20 0");
  }

  @Test
  void childrenLivingAndGoneAreCountedAndMemoryIsItsOwn() throws Exception {
    // When
    OwnUsage usage = OwnUsage.of(proc, 10);

    // Then
    assertThat(usage).isEqualTo(new OwnUsage(Duration.ofMillis(210), 64 << 20));
  }

  @Test
  void aChildThatHasEndedMeanwhileIsNoFailure() throws Exception {
    // Given
    Files.delete(proc.resolve("12/stat"));

    // When
    OwnUsage usage = OwnUsage.of(proc, 10);

    // Then
    assertThat(usage.cpu()).isEqualTo(Duration.ofMillis(100));
  }

  @Test
  void whatIsNoSuchFileIsNamed() throws Exception {
    // Given
    Files.writeString(proc.resolve("10/status"), "Name:\tkthreadd\n");

    // When, Then
    assertThatThrownBy(() -> OwnUsage.of(proc, 10))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("VmRSS");
  }

  @Test
  void thisProcessCanBeRead() throws Exception {
    // When
    OwnUsage usage = OwnUsage.ofThisProcess();

    // Then
    assertThat(usage.cpu()).isPositive();
    assertThat(usage.residentBytes()).isGreaterThan(1 << 20);
  }
}
