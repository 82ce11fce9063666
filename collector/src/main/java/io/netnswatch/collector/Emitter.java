package io.netnswatch.collector;

import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.TelemetryEvent;
import java.util.function.Consumer;

/**
 * Takes the events of all sources, numbers them in the order in which they come and hands them on.
 * Thread-safe.
 */
public final class Emitter {

  private final Envelope envelope;
  private final Consumer<TelemetryEvent> sink;

  /**
   * Begins a run.
   *
   * @param envelope what all events have in common
   * @param sink where they go; must not block
   */
  public Emitter(Envelope envelope, Consumer<TelemetryEvent> sink) {
    this.envelope = envelope;
    this.sink = sink;
  }

  /** Emits a snapshot; the caller has set all but the envelope's fields. */
  public synchronized ProcSnapshot emit(ProcSnapshot.Builder snapshot) {
    TelemetryEvent event = envelope.seal(snapshot);
    sink.accept(event);
    return (ProcSnapshot) event.value();
  }

  /** Emits a perf slice; the caller has set all but the envelope's fields. */
  public synchronized void emit(PerfSample.Builder sample) {
    sink.accept(envelope.seal(sample));
  }

  /** Emits a command; the caller has set all but the envelope's fields. */
  public synchronized void emit(NetnsLatency.Builder latency) {
    sink.accept(envelope.seal(latency));
  }
}
