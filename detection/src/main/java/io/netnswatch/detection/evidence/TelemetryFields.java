package io.netnswatch.detection.evidence;

import io.netnswatch.detection.evidence.SkipPlan.Step;
import org.apache.avro.Schema;

/**
 * Where the fields of telemetry stand that {@link QuickLook} reads, in the order in which it does.
 */
final class TelemetryFields {

  private TelemetryFields() {}

  /** Of a {@link io.netnswatch.schema.PerfSample}. */
  static final class OfPerfSample {
    final Step host;
    final Step bootId;
    final Step collectorStartedAt;
    final Step sequence;
    final Step kernelRelease;
    final Step startedAt;
    final Step durationMs;
    final Step frequencyHz;
    final Step cpuCount;
    final Step sampleCount;
    final Step lostCount;
    final Step callPathsRecorded;
    final Step symbols;
    final Step end;

    final Step symbol;
    final Step module;
    final Step comm;
    final Step samples;
    final Step callPaths;
    final Step endOfSymbol;

    final Step frames;
    final Step endOfCallPath;

    OfPerfSample(Schema schema) {
      SkipPlan sample = SkipPlan.through(schema);
      host = sample.to("host", Schema.Type.STRING);
      bootId = sample.to("boot_id", Schema.Type.STRING);
      collectorStartedAt = sample.to("collector_started_at", Schema.Type.LONG);
      sequence = sample.to("sequence", Schema.Type.LONG);
      kernelRelease = sample.to("kernel_release", Schema.Type.STRING);
      startedAt = sample.to("started_at", Schema.Type.LONG);
      durationMs = sample.to("duration_ms", Schema.Type.INT);
      frequencyHz = sample.to("frequency_hz", Schema.Type.INT);
      cpuCount = sample.to("cpu_count", Schema.Type.INT);
      sampleCount = sample.to("sample_count", Schema.Type.LONG);
      lostCount = sample.toOptional("lost_count", Schema.Type.LONG);
      callPathsRecorded = sample.to("call_paths_recorded", Schema.Type.BOOLEAN);
      symbols = sample.to("symbols", Schema.Type.ARRAY);
      end = sample.toEnd();

      SkipPlan ofSymbol = SkipPlan.through(sample.itemsOf("symbols"));
      symbol = ofSymbol.to("symbol", Schema.Type.STRING);
      module = ofSymbol.toOptional("module", Schema.Type.STRING);
      comm = ofSymbol.to("comm", Schema.Type.STRING);
      samples = ofSymbol.to("samples", Schema.Type.LONG);
      callPaths = ofSymbol.to("call_paths", Schema.Type.ARRAY);
      endOfSymbol = ofSymbol.toEnd();

      SkipPlan ofCallPath = SkipPlan.through(ofSymbol.itemsOf("call_paths"));
      frames = ofCallPath.to("frames", Schema.Type.ARRAY);
      endOfCallPath = ofCallPath.toEnd();
    }
  }

  /** Of a {@link io.netnswatch.schema.NetnsLatency}. */
  static final class OfNetnsLatency {
    final Step host;
    final Step bootId;
    final Step collectorStartedAt;
    final Step sequence;
    final Step kernelRelease;
    final Step command;
    final Step commandId;
    final Step comm;
    final Step netnsName;
    final Step startedAt;
    final Step observedAt;
    final Step outcome;
    final Step blockedAt;
    final Step end;

    OfNetnsLatency(Schema schema) {
      SkipPlan latency = SkipPlan.through(schema);
      host = latency.to("host", Schema.Type.STRING);
      bootId = latency.to("boot_id", Schema.Type.STRING);
      collectorStartedAt = latency.to("collector_started_at", Schema.Type.LONG);
      sequence = latency.to("sequence", Schema.Type.LONG);
      kernelRelease = latency.to("kernel_release", Schema.Type.STRING);
      command = latency.to("command", Schema.Type.ENUM);
      commandId = latency.to("command_id", Schema.Type.STRING);
      comm = latency.toOptional("comm", Schema.Type.STRING);
      netnsName = latency.toOptional("netns_name", Schema.Type.STRING);
      startedAt = latency.to("started_at", Schema.Type.LONG);
      observedAt = latency.to("observed_at", Schema.Type.LONG);
      outcome = latency.to("outcome", Schema.Type.ENUM);
      blockedAt = latency.toOptional("blocked_at", Schema.Type.RECORD);
      end = latency.toEnd();
    }
  }

  /** Of a {@link io.netnswatch.schema.ProcSnapshot}. */
  static final class OfProcSnapshot {
    final Step host;
    final Step bootId;
    final Step collectorStartedAt;
    final Step sequence;
    final Step collectedAt;
    final Step intervalMs;
    final Step uptimeMs;
    final Step kernelRelease;
    final Step kernelVersion;
    final Step fragmentCounters;
    final Step tasksOfInterest;
    final Step blockedCreationCount;
    final Step createdNetnsCount;
    final Step kernelLog;
    final Step end;

    final Step comm;
    final Step state;
    final Step cpuUse;
    final Step wchan;
    final Step stack;
    final Step moreStacks;
    final Step endOfTask;

    OfProcSnapshot(Schema schema) {
      SkipPlan snapshot = SkipPlan.through(schema);
      host = snapshot.to("host", Schema.Type.STRING);
      bootId = snapshot.to("boot_id", Schema.Type.STRING);
      collectorStartedAt = snapshot.to("collector_started_at", Schema.Type.LONG);
      sequence = snapshot.to("sequence", Schema.Type.LONG);
      collectedAt = snapshot.to("collected_at", Schema.Type.LONG);
      intervalMs = snapshot.toOptional("interval_ms", Schema.Type.INT);
      uptimeMs = snapshot.toOptional("uptime_ms", Schema.Type.LONG);
      kernelRelease = snapshot.to("kernel_release", Schema.Type.STRING);
      kernelVersion = snapshot.to("kernel_version", Schema.Type.STRING);
      fragmentCounters = snapshot.to("fragment_counters", Schema.Type.ARRAY);
      tasksOfInterest = snapshot.to("tasks_of_interest", Schema.Type.ARRAY);
      blockedCreationCount = snapshot.toOptional("blocked_creation_count", Schema.Type.INT);
      createdNetnsCount = snapshot.toOptional("created_netns_count", Schema.Type.INT);
      kernelLog = snapshot.to("kernel_log", Schema.Type.ARRAY);
      end = snapshot.toEnd();

      SkipPlan ofTask = SkipPlan.through(snapshot.itemsOf("tasks_of_interest"));
      comm = ofTask.to("comm", Schema.Type.STRING);
      state = ofTask.to("state", Schema.Type.STRING);
      cpuUse = ofTask.toOptional("cpu_use", Schema.Type.DOUBLE);
      wchan = ofTask.toOptional("wchan", Schema.Type.STRING);
      stack = ofTask.toOptional("stack", Schema.Type.ARRAY);
      moreStacks = ofTask.to("more_stacks", Schema.Type.ARRAY);
      endOfTask = ofTask.toEnd();
    }
  }
}
