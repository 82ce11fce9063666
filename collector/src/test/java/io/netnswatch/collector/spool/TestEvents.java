package io.netnswatch.collector.spool;

import io.netnswatch.schema.CommandOrigin;
import io.netnswatch.schema.CommandOutcome;
import io.netnswatch.schema.NetnsCommand;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.TelemetryEvent;
import java.time.Instant;

/** Events that differ by their number. */
public final class TestEvents {

  public static final Instant TIME = Instant.parse("2018-02-01T10:00:00.123Z");

  private TestEvents() {}

  /** The event of a number, of one run on one host. */
  public static TelemetryEvent event(long sequence) {
    return TelemetryEvent.of(
        NetnsLatency.newBuilder()
            .setHost("node-1")
            .setBootId("boot")
            .setCollectorStartedAt(Instant.EPOCH)
            .setSequence(sequence)
            .setKernelRelease("4.15.1")
            .setCommand(NetnsCommand.LIST)
            .setOrigin(CommandOrigin.PROBE)
            .setCommandId("1-" + sequence)
            .setStartedAt(TIME)
            .setObservedAt(TIME)
            .setLatencyMs(1)
            .setOutcome(CommandOutcome.SUCCEEDED)
            .build());
  }
}
