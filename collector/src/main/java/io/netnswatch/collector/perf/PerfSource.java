package io.netnswatch.collector.perf;

import io.netnswatch.collector.Emitter;
import io.netnswatch.collector.Source;
import io.netnswatch.collector.perf.PerfRecorder.Slice;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A perf slice at each turn. */
public final class PerfSource implements Source {

  private static final Logger log = LoggerFactory.getLogger(PerfSource.class);

  private final PerfSettings settings;
  private final PerfRecorder recorder;
  private final int cpuCount;

  /**
   * A source that has not begun.
   *
   * @param settings how to sample
   * @param cpuCount online CPUs of the host
   */
  public PerfSource(PerfSettings settings, int cpuCount) {
    this.settings = settings;
    this.recorder = new PerfRecorder(settings);
    this.cpuCount = cpuCount;
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
    Slice<PerfProfile> slice = recorder.record(PerfScript::parse);
    emitter.emit(
        slice
            .value()
            .toSample()
            .setStartedAt(slice.startedAt())
            .setDurationMs((int) settings.sliceLength().toMillis())
            .setFrequencyHz(settings.frequencyHz())
            .setCpuCount(cpuCount));
  }
}
