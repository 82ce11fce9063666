package io.netnswatch.benchmarks.peers;

import io.netnswatch.schema.CallPath;
import io.netnswatch.schema.CommandOutcome;
import io.netnswatch.schema.NetnsCommand;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.SymbolSamples;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * What a join needs of an event, in two numbers.
 *
 * @param hotCpus CPUs that ran inet_evict_bucket or inet_frags_exit_net below cleanup_net
 * @param blockedMs how long a namespace creation has been hanging
 */
public record Reduced(double hotCpus, long blockedMs) {

  private static final List<String> SYMBOLS = List.of("inet_evict_bucket", "inet_frags_exit_net");
  private static final String CALLER = "cleanup_net";
  private static final double HOT_CPUS = 0.5;
  private static final long BLOCKED_MS = 5_000;
  private static final double MS_PER_SECOND = 1e3;

  /** Sixteen bytes. */
  static Serde<Reduced> serde() {
    return Serdes.serdeFrom(
        (topic, it) ->
            it == null
                ? null
                : ByteBuffer.allocate(Double.BYTES + Long.BYTES)
                    .putDouble(it.hotCpus)
                    .putLong(it.blockedMs)
                    .array(),
        (topic, bytes) -> {
          if (bytes == null) {
            return null;
          }
          ByteBuffer buffer = ByteBuffer.wrap(bytes);
          return new Reduced(buffer.getDouble(), buffer.getLong());
        });
  }

  static Reduced of(PerfSample sample) {
    long samples = 0;
    for (SymbolSamples symbol : sample.getSymbols()) {
      for (CallPath path : symbol.getCallPaths()) {
        if (path.getFrames().contains(CALLER) && isHot(path.getFrames())) {
          samples += path.getSamples();
        }
      }
    }
    double seconds = sample.getDurationMs() / MS_PER_SECOND;
    return new Reduced(samples / (sample.getFrequencyHz() * seconds), 0);
  }

  private static boolean isHot(List<String> frames) {
    for (String frame : frames) {
      for (String symbol : SYMBOLS) {
        if (frame.startsWith(symbol)) {
          return true;
        }
      }
    }
    return false;
  }

  static Reduced of(NetnsLatency latency) {
    boolean pending =
        latency.getCommand() == NetnsCommand.ADD
            && latency.getOutcome() != CommandOutcome.SUCCEEDED;
    return new Reduced(0, pending ? (long) latency.getLatencyMs() : 0);
  }

  Reduced with(Reduced other) {
    return new Reduced(Math.max(hotCpus, other.hotCpus), Math.max(blockedMs, other.blockedMs));
  }

  boolean isHot() {
    return hotCpus >= HOT_CPUS;
  }

  boolean isBlocked() {
    return blockedMs >= BLOCKED_MS;
  }
}
