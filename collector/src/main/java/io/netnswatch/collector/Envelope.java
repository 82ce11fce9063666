package io.netnswatch.collector;

import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.TelemetryEvent;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** What all events of one collector run have in common; numbers them without gaps. Thread-safe. */
public final class Envelope {

  private final String host;
  private final String bootId;
  private final String kernelRelease;
  private final Instant collectorStartedAt;
  private final AtomicLong nextSequence = new AtomicLong();

  /**
   * Begins a run.
   *
   * @param host name of the host
   * @param bootId /proc/sys/kernel/random/boot_id
   * @param kernelRelease /proc/sys/kernel/osrelease
   * @param collectorStartedAt begin of the run
   */
  public Envelope(String host, String bootId, String kernelRelease, Instant collectorStartedAt) {
    this.host = host;
    this.bootId = bootId;
    this.kernelRelease = kernelRelease;
    this.collectorStartedAt = collectorStartedAt;
  }

  /** Completes a snapshot; the caller has set all but the envelope's fields. */
  public TelemetryEvent seal(ProcSnapshot.Builder snapshot) {
    ProcSnapshot value =
        snapshot
            .setHost(host)
            .setBootId(bootId)
            .setKernelRelease(kernelRelease)
            .setCollectorStartedAt(collectorStartedAt)
            .setSequence(nextSequence.getAndIncrement())
            .build();
    return TelemetryEvent.of(value);
  }

  /** Completes a perf slice; the caller has set all but the envelope's fields. */
  public TelemetryEvent seal(PerfSample.Builder sample) {
    PerfSample value =
        sample
            .setHost(host)
            .setBootId(bootId)
            .setKernelRelease(kernelRelease)
            .setCollectorStartedAt(collectorStartedAt)
            .setSequence(nextSequence.getAndIncrement())
            .build();
    return TelemetryEvent.of(value);
  }

  /** Completes a command; the caller has set all but the envelope's fields. */
  public TelemetryEvent seal(NetnsLatency.Builder latency) {
    NetnsLatency value =
        latency
            .setHost(host)
            .setBootId(bootId)
            .setKernelRelease(kernelRelease)
            .setCollectorStartedAt(collectorStartedAt)
            .setSequence(nextSequence.getAndIncrement())
            .build();
    return TelemetryEvent.of(value);
  }
}
