package io.netnswatch.collector.perf;

import io.netnswatch.collector.Capabilities;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records slices with {@code perf record} through a pipe; nothing is written to disk. Where perf
 * can be told to pause (5.10 or later), one process records all slices: starting it costs more than
 * a slice. Older ones are started for each. Not thread-safe.
 */
public final class PerfRecorder implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PerfRecorder.class);

  /** Start-up on a busy host; beyond this it is killed. */
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(15);

  /** A continuous recorder is renewed after this, and ends by itself soon after. */
  private static final Duration RENEWED_AFTER = Duration.ofMinutes(60);

  private static final Duration LIFETIME = Duration.ofMinutes(75);

  private static final Duration LENGTH_ASKED_EVERY = Duration.ofMillis(250);

  /** They come first, and are some hundred. */
  private static final int MAX_PER_CPU_SYMBOLS = 10_000;

  private final PerfSettings settings;
  private final Duration answerLimit;
  private final KernelProfiler profiler;
  private boolean canPause = true;
  private @Nullable PerfChild continuous;

  /** A recorder for slices of that kind. */
  public PerfRecorder(PerfSettings settings) {
    this(settings, ANSWER_LIMIT);
  }

  /** With another limit for an answer of perf, beyond which it is killed. */
  PerfRecorder(PerfSettings settings, Duration answerLimit) {
    this.settings = settings;
    this.answerLimit = answerLimit;
    this.profiler = new KernelProfiler(settings.procRoot(), settings.keepsScript());
  }

  /**
   * One slice.
   *
   * @param startedAt when sampling began
   * @param length how long it sampled
   * @param profile what was seen
   * @param script the samples one by one, as {@code perf script} prints them; null unless the
   *     settings ask for them
   */
  public record Slice(
      Instant startedAt, Duration length, PerfProfile profile, @Nullable String script) {

    private static Slice of(Instant startedAt, Duration length, KernelProfiler.Result result) {
      return new Slice(startedAt, length, result.profile(), result.script());
    }
  }

  /** Why perf can't sample here and what to do, tried with a short recording; empty if it can. */
  public Optional<String> unavailable() {
    if (Capabilities.program(settings.perf()).isEmpty()) {
      return Optional.of(
          "program '"
              + settings.perf()
              + "' not found; install it (Debian: apt-get install linux-perf)");
    }
    try {
      if (!canBePaused()) {
        PerfSettings trial =
            new PerfSettings(
                settings.perf(),
                Duration.ofMillis(100),
                settings.frequencyHz(),
                settings.procRoot());
        new PerfRecorder(trial, answerLimit).single();
      }
      return Optional.empty();
    } catch (PerfChild.NoAnswerException e) {
      log.warn("{}; it is tried again at each turn: a host in trouble is slow", e.getMessage());
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

  /** Whether one process records all slices, and a slice costs next to nothing. */
  boolean canPause() {
    return canPause;
  }

  private boolean canBePaused() throws IOException, InterruptedException {
    PerfChild child = PerfChild.start(settings.continuousCommand(LIFETIME), profiler);
    try {
      child.command("disable", answerLimit);
      continuous = child;
    } catch (IOException e) {
      noteOlderPerf(child);
      child.close();
      if (canPause) {
        throw e;
      }
    }
    return canPause;
  }

  /** One that has ended because it does not know the options. */
  private void noteOlderPerf(PerfChild child) throws IOException, InterruptedException {
    if (child.readFor(Duration.ZERO) && child.exitStatus() == PerfChild.WRONG_USAGE) {
      canPause = false;
      log.info("this perf is older than 5.10: it is started for each slice");
    }
  }

  /**
   * Why symbols will be missing from the samples; empty if the kernel shows its symbols. The first
   * lines are no evidence: per-CPU symbols are at 0 where addresses are shown as well.
   */
  public Optional<String> symbolsHidden() {
    try (Stream<String> symbols = Files.lines(settings.procRoot().resolve("kallsyms"))) {
      boolean shown =
          symbols
              .limit(MAX_PER_CPU_SYMBOLS)
              .anyMatch(line -> !line.startsWith("0000000000000000 "));
      return shown
          ? Optional.empty()
          : Optional.of(
              "/proc/kallsyms hides its addresses, so kernel functions have no names; run as root"
                  + " or with CAP_SYSLOG, and with kernel.kptr_restrict 0 or 1");
    } catch (IOException | UncheckedIOException e) {
      return Optional.of("/proc/kallsyms can't be read, so kernel functions have no names: " + e);
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

  /** Records one slice of the usual length. */
  Slice record() throws IOException, InterruptedException {
    return record(settings::sliceLength);
  }

  /**
   * Records one slice.
   *
   * @param length how long it is to be; asked again while it goes on. A perf that can't be paused
   *     records slices of the usual length.
   * @throws IOException if perf can't be started, fails, or does not answer in time
   * @throws InterruptedException if the collector stops; perf has been ended
   */
  public Slice record(Supplier<Duration> length) throws IOException, InterruptedException {
    return canPause ? part(length) : single();
  }

  /** A part of the continuous recording; after a failure the next one begins a new recording. */
  private Slice part(Supplier<Duration> length) throws IOException, InterruptedException {
    PerfChild child = continuous;
    continuous = null;
    if (child != null && child.age().compareTo(RENEWED_AFTER) >= 0) {
      child.close();
      child = null;
    }
    if (child == null) {
      child = PerfChild.start(settings.continuousCommand(LIFETIME), profiler);
    }
    try {
      profiler.begin();
      child.command("enable", answerLimit);
      Instant startedAt = Instant.now();
      long begin = System.nanoTime();
      for (long left = length.get().toNanos();
          left > 0;
          left = length.get().toNanos() - (System.nanoTime() - begin)) {
        if (child.readFor(shorter(Duration.ofNanos(left), LENGTH_ASKED_EVERY))) {
          throw new IOException(child.failure());
        }
      }
      child.command("disable", answerLimit);
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      child.command("disable", answerLimit); // between two commands perf writes all it has
      child.readFor(Duration.ZERO);
      continuous = child;
      return Slice.of(startedAt, took, profiler.end());
    } catch (IOException e) {
      noteOlderPerf(child);
      throw e;
    } finally {
      if (continuous == null) {
        child.close();
      }
    }
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) <= 0 ? a : b;
  }

  private Slice single() throws IOException, InterruptedException {
    profiler.begin();
    Instant startedAt = Instant.now();
    try (PerfChild child = PerfChild.start(settings.sliceCommand(), profiler)) {
      Duration limit = settings.sliceLength().plus(answerLimit);
      if (!child.readFor(limit)) {
        throw new IOException("perf did not end within " + limit.toMillis() + " ms and was killed");
      }
      if (child.exitStatus() != 0) {
        throw new IOException(child.failure());
      }
    }
    return Slice.of(startedAt, settings.sliceLength(), profiler.end());
  }

  /** Ends a continuous recording. */
  @Override
  public void close() {
    PerfChild child = continuous;
    continuous = null;
    if (child != null) {
      child.close();
    }
  }
}
