package io.netnswatch.collector.perf;

import io.netnswatch.collector.Alertness;
import io.netnswatch.collector.Emitter;
import io.netnswatch.collector.Source;
import io.netnswatch.collector.perf.PerfRecorder.Slice;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A perf slice at each turn. A quiet host has one a minute only, without a perf between them, and
 * the next as soon as something is suspicious; from then on slices are short, one after the other.
 */
public final class PerfSource implements Source {

  private static final Logger log = LoggerFactory.getLogger(PerfSource.class);

  private static final Duration QUIET_INTERVAL = Duration.ofSeconds(60);

  /** Of a slice while something is suspicious: as long as a window of the detection. */
  private static final Duration SHORT = Duration.ofSeconds(2);

  private final PerfSettings settings;
  private final PerfRecorder recorder;
  private final int cpuCount;
  private final Alertness alertness;
  private final Consumer<Slice> slices;
  private long quietUntil = System.nanoTime();

  /**
   * A source that has not begun.
   *
   * @param settings how to sample
   * @param cpuCount online CPUs of the host
   * @param alertness tells whether the host is quiet; before the first snapshot that is not known
   */
  public PerfSource(PerfSettings settings, int cpuCount, Alertness alertness) {
    this(settings, cpuCount, alertness, slice -> {});
  }

  /**
   * A source whose slices somebody looks at before they become events.
   *
   * @param slices told of each slice
   */
  public PerfSource(
      PerfSettings settings, int cpuCount, Alertness alertness, Consumer<Slice> slices) {
    this.slices = slices;
    this.settings = settings;
    this.recorder = new PerfRecorder(settings);
    this.cpuCount = cpuCount;
    this.alertness = alertness;
  }

  @Override
  public String name() {
    return "perf";
  }

  @Override
  public Optional<String> unavailable() {
    Optional<String> reason = recorder.unavailable();
    if (reason.isEmpty()) {
      recorder.symbolsHidden().ifPresent(log::warn);
    }
    return reason;
  }

  @Override
  public void turn(Emitter emitter) throws IOException, InterruptedException {
    alertness.awaitUnquiet(Duration.ofNanos(quietUntil - System.nanoTime()));
    Slice slice = recorder.record(this::length);
    quietUntil = System.nanoTime() + QUIET_INTERVAL.toNanos();
    if (alertness.isQuiet()) {
      recorder.close(); // an idle perf is 15 MiB of memory, and starts within half a second
    }
    slices.accept(slice);
    emitter.emit(
        slice
            .profile()
            .toSample()
            .setStartedAt(slice.startedAt())
            .setDurationMs((int) slice.length().toMillis())
            .setFrequencyHz(settings.frequencyHz())
            .setCpuCount(cpuCount));
  }

  private Duration length() {
    Duration usual = settings.sliceLength();
    return alertness.isRaised() && usual.compareTo(SHORT) > 0 ? SHORT : usual;
  }

  /** Without a gap while something is suspicious, unless each slice means to start a perf. */
  @Override
  public Optional<Duration> wantedWithin() {
    return alertness.isRaised() && recorder.canPause()
        ? Optional.of(Duration.ZERO)
        : Optional.empty();
  }

  @Override
  public void stop() {
    recorder.close();
  }
}
