package io.netnswatch.collector.perf;

import io.netnswatch.collector.Capabilities;
import io.netnswatch.collector.CappedText;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Records slices with {@code perf record | perf script}, through pipes: nothing is written to disk,
 * and if the collector is killed both end by themselves with the slice.
 */
public final class PerfRecorder {
  private static final int MAX_STDERR_CHARS = 1024;
  private static final Duration OUTPUT_GRACE = Duration.ofMillis(500);

  /** Start-up and symbol resolution on a busy host; beyond this the children are killed. */
  private static final Duration BEYOND_SLICE = Duration.ofSeconds(15);

  private final PerfSettings settings;
  private final Duration limit;

  /** A recorder for slices of that kind. */
  public PerfRecorder(PerfSettings settings) {
    this(settings, settings.sliceLength().plus(BEYOND_SLICE));
  }

  /** With another limit for one slice, beyond which the children are killed. */
  PerfRecorder(PerfSettings settings, Duration limit) {
    this.settings = settings;
    this.limit = limit;
  }

  /** Reads the text of {@code perf script} as it comes. */
  @FunctionalInterface
  public interface TextReader<T> {
    /** To the end of the text. */
    T read(BufferedReader text) throws IOException;
  }

  /**
   * One slice.
   *
   * @param startedAt when perf was started; sampling begins some milliseconds later
   * @param value what the reader made of its text
   */
  public record Slice<T>(Instant startedAt, T value) {}

  /** Why perf can't sample here and what to do, tried with a short recording; empty if it can. */
  public Optional<String> unavailable() {
    if (Capabilities.program(settings.perf()).isEmpty()) {
      return Optional.of(
          "program '"
              + settings.perf()
              + "' not found; install it (Debian: apt-get install linux-perf)");
    }
    PerfSettings trial =
        new PerfSettings(
            settings.perf(), Duration.ofMillis(100), settings.frequencyHz(), settings.procRoot());
    try {
      new PerfRecorder(trial).record(text -> text.lines().count());
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(
          "perf can't sample all CPUs; run as root or with CAP_PERFMON"
              + paranoia().map(level -> " (kernel.perf_event_paranoid is " + level + ")").orElse("")
              + ": "
              + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("stopped");
    }
  }

  /** Why symbols will be missing from the samples; empty if the kernel shows its symbols. */
  public Optional<String> symbolsHidden() {
    try (Stream<String> symbols = Files.lines(settings.procRoot().resolve("kallsyms"))) {
      boolean shown = symbols.limit(2).anyMatch(line -> !line.startsWith("0000000000000000 "));
      return shown
          ? Optional.empty()
          : Optional.of(
              "/proc/kallsyms hides its addresses, so perf can't name kernel functions; run as"
                  + " root with kernel.kptr_restrict 0 or 1");
    } catch (IOException | UncheckedIOException e) {
      return Optional.of("/proc/kallsyms can't be read, perf may not name kernel functions: " + e);
    }
  }

  private Optional<String> paranoia() {
    try {
      return Optional.of(
          Files.readString(settings.procRoot().resolve("sys/kernel/perf_event_paranoid")).strip());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Records one slice and reads it.
   *
   * @throws IOException if perf can't be started, fails, or does not end in time
   * @throws InterruptedException if the collector stops; the children have been ended
   */
  public <T> Slice<T> record(TextReader<T> reader) throws IOException, InterruptedException {
    Instant startedAt = Instant.now();
    List<Process> children =
        ProcessBuilder.startPipeline(
            List.of(builder(settings.recordCommand()), builder(settings.scriptCommand())));
    Process record = children.get(0);
    Process script = children.get(1);
    AtomicBoolean late = new AtomicBoolean();
    CompletableFuture<Void> watchdog =
        CompletableFuture.runAsync(
            () -> {
              late.set(true);
              children.forEach(PerfRecorder::kill);
            },
            CompletableFuture.delayedExecutor(limit.toMillis(), TimeUnit.MILLISECONDS));
    try {
      CappedText recordErrors = CappedText.of(record.getErrorStream(), MAX_STDERR_CHARS);
      CappedText scriptErrors = CappedText.of(script.getErrorStream(), MAX_STDERR_CHARS);
      // Interrupts don't reach a read from a pipe: the reading has a thread of its own.
      CompletableFuture<T> reading = new CompletableFuture<>();
      Thread thread = new Thread(() -> read(script, reader, reading), "perf-text");
      thread.setDaemon(true);
      thread.start();
      int recordStatus = record.waitFor();
      int scriptStatus = script.waitFor();
      if (late.get()) {
        throw new IOException("perf did not end within " + limit.toMillis() + " ms and was killed");
      }
      if (recordStatus != 0) {
        throw new IOException(failure("record", recordStatus, recordErrors));
      }
      if (scriptStatus != 0) {
        throw new IOException(failure("script", scriptStatus, scriptErrors));
      }
      return new Slice<>(startedAt, reading.get(BEYOND_SLICE.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      throw new IOException("text of perf script has no end", e);
    } catch (ExecutionException e) {
      throw new IOException("text of perf script can't be read: " + e.getCause(), e.getCause());
    } finally {
      watchdog.cancel(false);
      end(record);
      end(script);
    }
  }

  private static ProcessBuilder builder(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("LC_ALL", "C");
    builder.environment().put("PERF_CONFIG", "/dev/null");
    return builder;
  }

  private static <T> void read(Process script, TextReader<T> reader, CompletableFuture<T> reading) {
    try (BufferedReader text =
        new BufferedReader(
            new InputStreamReader(script.getInputStream(), StandardCharsets.UTF_8))) {
      try {
        reading.complete(reader.read(text));
      } catch (IOException | RuntimeException e) {
        reading.completeExceptionally(e);
      }
      text.transferTo(Writer.nullWriter()); // perf fails on a pipe that nobody reads to its end
    } catch (IOException e) {
      reading.completeExceptionally(e);
    }
  }

  private static String failure(String part, int status, CappedText errors)
      throws InterruptedException {
    // perf follows its first lines with a page of advice.
    String words = errors.await(OUTPUT_GRACE).lines().limit(2).collect(Collectors.joining(" "));
    return "perf " + part + " ended with " + status + ": " + words;
  }

  /** With its own children; unlike Process.destroyForcibly it leaves the pipes open to be read. */
  private static void kill(Process child) {
    List<ProcessHandle> grandchildren = child.descendants().toList();
    child.toHandle().destroyForcibly();
    grandchildren.forEach(ProcessHandle::destroyForcibly);
  }

  /** SIGTERM lets perf end its own child {@code sleep}. */
  private static void end(Process child) {
    if (child.isAlive()) {
      child.destroy();
      child
          .onExit()
          .orTimeout(500, TimeUnit.MILLISECONDS)
          .exceptionally(
              late -> {
                kill(child);
                return child;
              })
          .join();
    }
  }
}
