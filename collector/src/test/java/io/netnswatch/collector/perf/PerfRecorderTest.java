package io.netnswatch.collector.perf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.awaitility.Durations.ONE_MINUTE;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netnswatch.collector.perf.PerfRecorder.Slice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PerfRecorderTest {

  private static final Path PROC = Path.of("/proc");
  private static final Duration SHORT = Duration.ofMillis(200);

  /**
   * Is called like perf 5.10: answers commands, and records one spinning kworker from the first on.
   */
  private static final String PAUSABLE =
      """
      trap 'exit 0' TERM
      while read -r word; do
        if [ "$word" = enable ]; then cat "$data"; data=$more; fi
        printf 'ack\\n\\0' >&2
      done
      """;

  @TempDir private Path directory;

  @BeforeEach
  void recordedStream() throws IOException {
    byte[] stream = PerfStream.spinningWorker(3);
    Files.write(directory.resolve("data"), stream);
    Files.write(directory.resolve("more"), Arrays.copyOfRange(stream, 16, stream.length));
    Files.writeString(directory.resolve("kallsyms"), PerfStream.KALLSYMS);
    Files.createDirectories(directory.resolve("5"));
    Files.writeString(directory.resolve("5/comm"), "kworker/u4:0\n");
  }

  @Test
  void theRealPerfRecordsSliceAfterSlice() throws Exception {
    // Given
    try (PerfRecorder recorder = new PerfRecorder(new PerfSettings("perf", SHORT, 999, PROC))) {
      Optional<String> reason = recorder.unavailable();
      assumeTrue(reason.isEmpty(), () -> "needs perf: " + reason);
      Instant before = Instant.now();

      // When
      Slice first = recorder.record();
      Slice second = recorder.record();

      // Then
      assertThat(first.startedAt()).isBetween(before, second.startedAt());
      assertThat(second.length()).isBetween(SHORT, SHORT.plusSeconds(5));
      assertThat(first.profile().lostCount()).isNotNull();
    }
    assertNoChildIsLeft();
  }

  @Test
  void oneProcessRecordsAllSlices() throws Exception {
    // Given
    Path perf = perf("echo started >>" + directory.resolve("starts") + "\n" + PAUSABLE);

    // When
    try (PerfRecorder recorder = recorder(perf)) {
      assertThat(recorder.unavailable()).isEmpty();
      for (int slice = 0; slice < 3; slice++) {
        // Then
        assertSpinning(recorder.record());
      }
      assertThat(recorder.canPause()).isTrue();
    }
    assertThat(directory.resolve("starts")).hasContent("started");
    assertNoChildIsLeft();
  }

  @Test
  void anOlderPerfIsStartedForEachSlice() throws Exception {
    // Given
    Path perf =
        perf(
            """
            case "$*" in
            *--control*) echo "Error: unknown option \\`control'" >&2; exit 129;;
            *) cat "$data";;
            esac
            """);

    // When
    try (PerfRecorder recorder = recorder(perf)) {
      Optional<String> unavailable = recorder.unavailable();

      // Then
      assertThat(unavailable).isEmpty();
      assertThat(recorder.canPause()).isFalse();
      assertSpinning(recorder.record());
      assertSpinning(recorder.record());
    }
    assertNoChildIsLeft();
  }

  @Test
  void oneThatEndsInASliceIsQuotedAndTheNextSliceBeginsAnew() throws Exception {
    // Given: ends at the first command behind its start, once
    Path flag = directory.resolve("failed");
    Path perf =
        perf(
            "if [ ! -e %s ]; then read -r word; printf 'ack\\n\\0' >&2; read -r word; touch %s; echo 'Out of memory' >&2; exit 3; fi\n"
                    .formatted(flag, flag)
                + PAUSABLE);
    try (PerfRecorder recorder = recorder(perf)) {
      assertThat(recorder.unavailable()).isEmpty();

      // When, Then
      assertThatThrownBy(recorder::record)
          .isInstanceOf(IOException.class)
          .hasMessage("perf record ended with 3: Out of memory");
      assertSpinning(recorder.record());
    }
  }

  /** A host in the livelock is slow: no answer in time is no reason to do without perf for ever. */
  @Test
  void oneThatDoesNotAnswerIsKilledWithItsChildrenAndTriedAgain() throws Exception {
    // Given: it answers from its second start on
    Path pids = directory.resolve("pids");
    Path perf =
        perf(
            "if [ ! -e %s ]; then trap '' TERM; sleep 60 & echo $! >>%s; echo $$ >>%s; wait; fi\n"
                    .formatted(pids, pids, pids)
                + PAUSABLE);
    try (PerfRecorder recorder = new PerfRecorder(settings(perf), Duration.ofSeconds(2))) {
      // When
      Optional<String> reason = recorder.unavailable();

      // Then
      assertThat(reason).isEmpty();
      assertThat(Files.readAllLines(pids)).hasSize(2);
      assertThat(Files.readAllLines(pids))
          .allSatisfy(pid -> await().atMost(ONE_MINUTE).until(() -> gone(Long.parseLong(pid))));
      assertSpinning(recorder.record());
    }
  }

  @Test
  void anOlderPerfIsKnownAtTheFirstTurnIfItWasSlowAtStart() throws Exception {
    // Given
    Path flag = directory.resolve("slow");
    Path perf =
        perf(
            "if [ ! -e %s ]; then touch %s; exec sleep 60; fi\n".formatted(flag, flag)
                + "case \"$*\" in *--control*) exit 129;; esac\ncat \"$data\"\n");
    try (PerfRecorder recorder = new PerfRecorder(settings(perf), Duration.ofSeconds(2))) {
      assertThat(recorder.unavailable()).isEmpty();

      // When, Then
      assertThatThrownBy(recorder::record).isInstanceOf(IOException.class);
      assertThat(recorder.canPause()).isFalse();
      assertSpinning(recorder.record());
    }
  }

  @Test
  void anOlderOneThatHangsIsKilledAtTheLimit() throws Exception {
    // Given: it works once, as the trial
    Path flag = directory.resolve("tried");
    Path perf =
        perf(
            "case \"$*\" in *--control*) exit 129;; esac\n"
                + "if [ -e %s ]; then exec sleep 60; fi; touch %s; cat \"$data\"\n"
                    .formatted(flag, flag));
    PerfRecorder recorder = new PerfRecorder(settings(perf), Duration.ofMillis(500));
    assertThat(recorder.unavailable()).isEmpty();

    // When, Then
    assertThatThrownBy(recorder::record)
        .hasMessage("perf did not end within 700 ms and was killed");
    assertNoChildIsLeft();
  }

  @Test
  void aFloodOfErrorsAndOfDataBlocksNothing() throws Exception {
    // Given: each more than a pipe holds
    Files.write(directory.resolve("data"), PerfStream.spinningWorker(30_000));
    Path perf = perf("yes error | head -c 300000 >&2\n" + PAUSABLE);

    // When
    try (PerfRecorder recorder = recorder(perf)) {
      assertThat(recorder.unavailable()).isEmpty();

      // Then
      assertThat(recorder.record().profile().sampleCount()).isEqualTo(30_000);
    }
  }

  @Test
  void whatIsNoPerfDataIsSaid() throws Exception {
    // Given
    Files.writeString(directory.resolve("data"), "perf: this build writes text instead\n");
    Path perf = perf(PAUSABLE);

    // When, Then
    try (PerfRecorder recorder = recorder(perf)) {
      assertThat(recorder.unavailable()).isEmpty();
      assertThatThrownBy(recorder::record).hasMessage("perf record wrote no perf data");
    }
    assertNoChildIsLeft();
  }

  @Test
  void stoppingEndsItWithinTwoSeconds() throws Exception {
    // Given
    PerfRecorder recorder =
        new PerfRecorder(
            new PerfSettings(perf(PAUSABLE).toString(), Duration.ofSeconds(60), 99, directory));
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                recorder.record();
                interrupted.complete(false);
              } catch (InterruptedException e) {
                interrupted.complete(true);
              } catch (IOException | RuntimeException e) {
                interrupted.completeExceptionally(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    await()
        .atMost(ONE_MINUTE)
        .until(() -> ProcessHandle.current().descendants().findAny().isPresent());

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
    PerfRecorder recorder = recorder(perf("echo 'Access is limited.' >&2; exit 255"));

    // When, Then
    assertThat(recorder.unavailable())
        .hasValueSatisfying(
            reason -> assertThat(reason).contains("CAP_PERFMON", "Access is limited."));
  }

  @Test
  void hiddenKernelSymbolsAreToldApart() throws IOException {
    // Given
    PerfRecorder recorder = recorder(directory.resolve("perf"));
    Path kallsyms = directory.resolve("kallsyms");

    // When, Then
    assertThat(recorder.symbolsHidden()).isEmpty();
    Files.writeString(
        kallsyms, "0000000000000000 A fixed_percpu_data\n0000000000000000 T _stext\n");
    assertThat(recorder.symbolsHidden())
        .hasValueSatisfying(reason -> assertThat(reason).contains("kernel.kptr_restrict"));
    Files.writeString(
        kallsyms,
        "0000000000000000 A fixed_percpu_data\n".repeat(1_500) + "ffffffff81000000 T _stext\n");
    assertThat(recorder.symbolsHidden()).isEmpty();
    Files.delete(kallsyms);
    assertThat(recorder.symbolsHidden()).isPresent();
  }

  private static void assertSpinning(Slice slice) {
    assertThat(slice.profile().sampleCount()).isEqualTo(3);
    assertThat(slice.profile().lostCount()).isZero();
    assertThat(slice.profile().symbols())
        .singleElement()
        .satisfies(
            hot -> {
              assertThat(hot.getSymbol()).isEqualTo("inet_evict_bucket");
              assertThat(hot.getComm()).isEqualTo("kworker/u4:0");
              assertThat(hot.getPid()).isEqualTo(5);
              assertThat(hot.getSamples()).isEqualTo(3);
              assertThat(hot.getCallPaths().get(0).getFrames())
                  .containsExactly("inet_evict_bucket", "cleanup_net", "ret_from_fork");
            });
  }

  private static void assertNoChildIsLeft() {
    await()
        .atMost(ONE_MINUTE)
        .until(() -> ProcessHandle.current().descendants().findAny().isEmpty());
  }

  /** A killed orphan may stay a zombie where nobody reaps it. */
  private static boolean gone(long pid) throws IOException {
    Path stat = PROC.resolve(pid + "/stat");
    return Files.notExists(stat) || Files.readString(stat).contains(") Z ");
  }

  private PerfRecorder recorder(Path perf) {
    return new PerfRecorder(settings(perf));
  }

  private PerfSettings settings(Path perf) {
    return new PerfSettings(perf.toString(), SHORT, 99, directory);
  }

  /** A program that is called like perf record and does this. */
  private Path perf(String script) throws IOException {
    Path program = directory.resolve("perf");
    Files.writeString(
        program,
        "#!/bin/sh\ndata=%s/data more=%s/more\n%s".formatted(directory, directory, script));
    return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
  }
}
