package io.netnswatch.collector.perf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netnswatch.collector.perf.PerfRecorder.Slice;
import io.netnswatch.collector.perf.PerfRecorder.TextReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PerfRecorderTest {

  private static final Path PROC = Path.of("/proc");
  private static final Duration SHORT = Duration.ofMillis(100);
  private static final TextReader<List<String>> LINES = text -> text.lines().toList();

  @TempDir private Path directory;

  @Test
  void theRealPerfSamplesThisHost() throws Exception {
    // Given
    PerfRecorder recorder =
        new PerfRecorder(new PerfSettings("perf", Duration.ofMillis(500), 99, PROC));
    Optional<String> reason = recorder.unavailable();
    assumeTrue(reason.isEmpty(), () -> "needs perf: " + reason);
    Instant before = Instant.now();

    // When
    Slice<PerfProfile> slice = recorder.record(PerfScript::parse);

    // Then
    assertThat(slice.startedAt()).isBetween(before, Instant.now());
    assertThat(slice.value()).isNotNull();
    assertNoChildIsLeft();
  }

  @Test
  void theTextOfScriptIsReadToItsEnd() throws Exception {
    // Given: more than a pipe holds
    Path perf = perf("echo data", "read data; echo $data; seq 1 100000");

    // When
    List<String> lines = recorder(perf).record(LINES).value();

    // Then
    assertThat(lines).hasSize(100_001).startsWith("data", "1").endsWith("100000");
  }

  @Test
  void aReaderThatLeavesTextDoesNotMakePerfFail() throws Exception {
    // Given
    Path perf = perf("echo data", "cat >/dev/null; seq 1 100000");

    // When
    String first = recorder(perf).<String>record(text -> text.readLine()).value();

    // Then
    assertThat(first).isEqualTo("1");
  }

  @Test
  void aReaderThatFailsSaysWhyAndNotThatItsPipeBroke() throws IOException {
    // Given
    PerfRecorder recorder = recorder(perf("seq 1 100000", "cat"));
    TextReader<String> failing =
        text -> {
          throw new IOException("line 1: no sample");
        };

    // When, Then
    assertThatThrownBy(() -> recorder.record(failing))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("line 1: no sample");
    assertNoChildIsLeft();
  }

  @Test
  void aRecordThatFailsIsQuoted() throws IOException {
    // Given
    PerfRecorder recorder =
        recorder(perf("echo 'Error:' >&2; echo 'Access is limited.' >&2; exit 255", "cat; exit 1"));

    // When, Then
    assertThatThrownBy(() -> recorder.record(LINES))
        .isInstanceOf(IOException.class)
        .hasMessage("perf record ended with 255: Error: Access is limited.");
  }

  @Test
  void aScriptThatFailsIsQuoted() throws IOException {
    // Given
    PerfRecorder recorder =
        recorder(perf("echo data", "cat >/dev/null; echo 'corrupt data' >&2; exit 3"));

    // When, Then
    assertThatThrownBy(() -> recorder.record(LINES))
        .isInstanceOf(IOException.class)
        .hasMessage("perf script ended with 3: corrupt data");
  }

  @Test
  void aFloodOfErrorsBlocksNothing() throws Exception {
    // Given
    Path perf =
        perf("yes error | head -c 300000 >&2; echo data", "yes error | head -c 300000 >&2; cat");

    // When, Then
    assertThat(recorder(perf).record(LINES).value()).containsExactly("data");
  }

  @Test
  void aPerfThatHangsIsKilledAtTheLimitWithItsChildren() throws IOException {
    // Given
    Path pids = directory.resolve("pids");
    Path perf =
        perf(
            "trap '' TERM; sleep 60 & echo $! >>" + pids + "; echo $$ >>" + pids + "; wait",
            "trap '' TERM; echo $$ >>" + pids + "; cat");
    PerfRecorder recorder = new PerfRecorder(settings(perf, SHORT), Duration.ofSeconds(2));

    // When
    long begin = System.nanoTime();
    assertThatThrownBy(() -> recorder.record(LINES))
        .isInstanceOf(IOException.class)
        .hasMessage("perf did not end within 2000 ms and was killed");
    Duration took = Duration.ofNanos(System.nanoTime() - begin);

    // Then
    assertThat(took).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(6));
    assertThat(Files.readAllLines(pids)).hasSize(3);
    assertThat(Files.readAllLines(pids))
        .allSatisfy(pid -> await().until(() -> gone(Long.parseLong(pid))));
  }

  @Test
  void stoppingEndsBothChildrenWithinASecondEach() throws Exception {
    // Given
    Path perf = perf("echo data; exec sleep 60", "read line; echo $line; exec cat");
    CountDownLatch reading = new CountDownLatch(1);
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                recorder(perf)
                    .<String>record(
                        text -> {
                          String line = text.readLine();
                          reading.countDown();
                          return line;
                        });
                interrupted.complete(false);
              } catch (InterruptedException e) {
                interrupted.complete(true);
              } catch (IOException | RuntimeException e) {
                interrupted.completeExceptionally(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    assertThat(reading.await(30, TimeUnit.SECONDS)).isTrue();

    // When
    thread.interrupt();

    // Then
    assertThat(interrupted.get(2, TimeUnit.SECONDS)).isTrue();
    assertNoChildIsLeft();
  }

  @Test
  void aMissingPerfIsAReasonThatSaysWhatToInstall() {
    assertThat(recorder(directory.resolve("no-perf")).unavailable())
        .hasValueSatisfying(
            reason -> assertThat(reason).contains("no-perf").contains("linux-perf"));
  }

  @Test
  void aPerfThatMayNotSampleIsAReasonThatQuotesIt() throws IOException {
    // Given
    PerfRecorder recorder = recorder(perf("echo 'Access is limited.' >&2; exit 255", "cat"));

    // When, Then
    assertThat(recorder.unavailable())
        .hasValueSatisfying(
            reason ->
                assertThat(reason)
                    .contains("CAP_PERFMON", "perf_event_paranoid", "Access is limited."));
  }

  @Test
  void hiddenKernelSymbolsAreToldApart() throws IOException {
    // Given
    PerfRecorder recorder = new PerfRecorder(new PerfSettings("perf", SHORT, 99, directory));
    Path kallsyms = directory.resolve("kallsyms");

    // When, Then
    Files.writeString(
        kallsyms, "0000000000000000 A fixed_percpu_data\n0000000000000000 T _stext\n");
    assertThat(recorder.symbolsHidden())
        .hasValueSatisfying(reason -> assertThat(reason).contains("kernel.kptr_restrict"));
    Files.writeString(
        kallsyms, "0000000000000000 A fixed_percpu_data\nffffffff81000000 T _stext\n");
    assertThat(recorder.symbolsHidden()).isEmpty();
    Files.delete(kallsyms);
    assertThat(recorder.symbolsHidden()).isPresent();
  }

  private static void assertNoChildIsLeft() {
    await().until(() -> ProcessHandle.current().descendants().findAny().isEmpty());
  }

  /** A killed orphan may stay a zombie where nobody reaps it. */
  private static boolean gone(long pid) throws IOException {
    Path stat = PROC.resolve(pid + "/stat");
    return Files.notExists(stat) || Files.readString(stat).contains(") Z ");
  }

  private static PerfRecorder recorder(Path perf) {
    return new PerfRecorder(settings(perf, SHORT));
  }

  private static PerfSettings settings(Path perf, Duration length) {
    return new PerfSettings(perf.toString(), length, 99, PROC);
  }

  /** A program that is called like perf and does this for perf record and perf script. */
  private Path perf(String record, String script) throws IOException {
    Path program = directory.resolve("perf");
    Files.writeString(
        program, "#!/bin/sh\nif [ $1 = record ]; then\n" + record + "\nelse\n" + script + "\nfi\n");
    return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
  }
}
