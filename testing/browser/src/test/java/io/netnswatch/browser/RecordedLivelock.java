package io.netnswatch.browser;

import io.netnswatch.collector.bundle.EvidenceBundle;
import io.netnswatch.console.Replays;
import io.netnswatch.console.Report;
import io.netnswatch.detection.evidence.InvalidEventException;
import io.netnswatch.schema.TelemetryEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** The recording of the real livelock. */
final class RecordedLivelock {

  private static final String HOST = "compute-14.example.net";

  /** Reading it takes seconds. */
  private static @Nullable List<TelemetryEvent> read;

  private RecordedLivelock() {}

  /** What the detection makes of it. */
  static Report report() throws IOException, InvalidEventException {
    return Replays.of("bundle recordings/livelock.tar.gz", HOST, events());
  }

  /** Its last event of a kind. */
  static SpecificRecord last(Class<? extends SpecificRecord> kind) throws IOException {
    Optional<TelemetryEvent> last =
        events().stream().filter(it -> kind.isInstance(it.value())).reduce((a, b) -> b);
    return last.orElseThrow().value();
  }

  private static List<TelemetryEvent> events() throws IOException {
    List<TelemetryEvent> kept = read;
    if (kept == null) {
      Path bundle = Path.of("../recordings/livelock.tar.gz");
      kept = EvidenceBundle.read(bundle).telemetry(HOST, Duration.ZERO);
      read = kept;
    }
    return kept;
  }
}
