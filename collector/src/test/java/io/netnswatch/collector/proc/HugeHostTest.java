package io.netnswatch.collector.proc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

@Timeout(300)
class HugeHostTest {

  private static final Logger log = LoggerFactory.getLogger(HugeHostTest.class);

  private static final int PROCESSES = 100_000;

  /** Small, though above src/package/jvm-options: the tests' class path takes some of it. */
  private static final List<String> HEAP = List.of("-Xmx28m", "-Xmn4m", "-Xss256k");

  private static final int MAX_EVENT_BYTES = 128 << 10;
  private static final int MAX_TASKS_OF_INTEREST = 64;

  @TempDir(factory = InMemory.class)
  private Path proc;

  /** Where there is a file system in memory, as /proc is one. */
  static final class InMemory implements TempDirFactory {
    private static final Path MEMORY = Path.of("/dev/shm");

    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context)
        throws IOException {
      return Files.isWritable(MEMORY)
          ? Files.createTempDirectory(MEMORY, "netnswatch")
          : Files.createTempDirectory("netnswatch");
    }
  }

  @Test
  void aHundredThousandProcessesFitInASmallHeapAndInASmallEvent() throws Exception {
    // Given
    HugeHost.write(proc, PROCESSES);

    // When
    Process sampling =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                HEAP.get(0),
                HEAP.get(1),
                HEAP.get(2),
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:TieredStopAtLevel=1",
                "-Dorg.apache.avro.SERIALIZABLE_PACKAGES=io.netnswatch.schema",
                "-cp",
                System.getProperty("java.class.path"),
                HugeHostSampling.class.getName(),
                proc.toString(),
                Integer.toString(PROCESSES))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<String> lines =
        new String(sampling.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .filter(line -> line.matches("\\d+( \\d+){5}")) // not what the logging says of itself
            .toList();

    // Then
    assertThat(sampling.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(sampling.exitValue()).as("3 is out of memory").isZero();
    assertThat(lines).hasSize(HugeHostSampling.SNAPSHOTS);
    for (String line : lines) {
      log.info("{} processes: CPU ms, bytes, tasks, of interest, omitted: {}", PROCESSES, line);
      long[] figures = Arrays.stream(line.split(" ", -1)).mapToLong(Long::parseLong).toArray();
      assertThat(figures[1]).isLessThan(MAX_EVENT_BYTES);
      assertThat(figures[2]).isEqualTo(PROCESSES);
      assertThat(figures[3]).isEqualTo(MAX_TASKS_OF_INTEREST);
    }
    // The first snapshot can't know who is hot; later ones say of all that are how many they omit.
    long[] last =
        Arrays.stream(lines.get(lines.size() - 1).split(" ", -1))
            .mapToLong(Long::parseLong)
            .toArray();
    long ofInterest = PROCESSES / 100L * (HugeHost.HOT_WORKERS + HugeHost.BLOCKED);
    assertThat(last[3] + last[4]).isGreaterThanOrEqualTo(ofInterest);
  }
}
