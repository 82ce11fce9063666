package io.netnswatch.collector.perf;

import io.netnswatch.collector.Emitter;
import io.netnswatch.collector.Source;
import io.netnswatch.collector.perf.PerfRecorder.Slice;
import io.netnswatch.collector.proc.Suspicion;
import io.netnswatch.schema.ProcSnapshot;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A perf slice at each turn. A host on which /proc shows nothing suspicious has one a minute only,
 * without a perf between them, and the next as soon as /proc shows something.
 */
public final class PerfSource implements Source {

  private static final Logger log = LoggerFactory.getLogger(PerfSource.class);

  private static final Duration QUIET_INTERVAL = Duration.ofSeconds(60);

  private static final Duration INTEREST_LOOKED_FOR_EVERY = Duration.ofMillis(500);

  private final PerfSettings settings;
  private final PerfRecorder recorder;
  private final int cpuCount;
  private final Supplier<Optional<ProcSnapshot>> latestSnapshot;
  private final Consumer<Slice> slices;
  private long quietUntil = System.nanoTime();

  /**
   * A source that has not begun.
   *
   * @param settings how to sample
   * @param cpuCount online CPUs of the host
   * @param latestSnapshot the newest snapshot of this host; without one it is not known to be quiet
   */
  public PerfSource(
      PerfSettings settings, int cpuCount, Supplier<Optional<ProcSnapshot>> latestSnapshot) {
    this(settings, cpuCount, latestSnapshot, slice -> {});
  }

  /**
   * A source whose slices somebody looks at before they become events.
   *
   * @param slices told of each slice
   */
  public PerfSource(
      PerfSettings settings,
      int cpuCount,
      Supplier<Optional<ProcSnapshot>> latestSnapshot,
      Consumer<Slice> slices) {
    this.slices = slices;
    this.settings = settings;
    this.recorder = new PerfRecorder(settings);
    this.cpuCount = cpuCount;
    this.latestSnapshot = latestSnapshot;
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
    awaitInterest();
    Slice slice = recorder.record();
    quietUntil = System.nanoTime() + QUIET_INTERVAL.toNanos();
    if (isQuiet()) {
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

  /** Returns at once when there is something to see, and in any case a minute after the last. */
  private void awaitInterest() throws InterruptedException {
    while (System.nanoTime() < quietUntil && isQuiet()) {
      TimeUnit.MILLISECONDS.sleep(INTEREST_LOOKED_FOR_EVERY.toMillis());
    }
  }

  private boolean isQuiet() {
    return latestSnapshot.get().filter(it -> !Suspicion.isRaisedBy(it)).isPresent();
  }

  @Override
  public void stop() {
    recorder.close();
  }
}
