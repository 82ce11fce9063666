package io.netnswatch.simulator;

/** A source of a collector's telemetry. */
public enum TelemetrySource {
  /** Snapshots of /proc, and other programs' commands seen in them. */
  PROC,
  /** Slices of perf samples. */
  PERF,
  /** The collector's own namespace commands. */
  PROBE
}
