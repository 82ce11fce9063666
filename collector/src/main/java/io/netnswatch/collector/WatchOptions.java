package io.netnswatch.collector;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Options of {@code diagnose --watch}. */
final class WatchOptions {

  @Option(
      names = "--watch",
      required = true,
      description =
          "Go on for good, and tell of each incident as it opens, changes and ends. One host, no"
              + " Kafka.")
  private boolean watching;

  @Option(
      names = "--watch-metrics-port",
      paramLabel = "PORT",
      defaultValue = "0",
      description =
          "Serve Prometheus' /metrics on 127.0.0.1 at this port, with netnswatch_incident_open; 0:"
              + " do not.")
  private int metricsPort;

  @Option(
      names = "--on-change",
      paramLabel = "PROGRAM",
      description =
          "Run this program at each opening, change and end, with the incident as JSON on its"
              + " standard input. Without a shell, one at a time.")
  private @Nullable String onChange;

  @Option(
      names = "--on-change-limit",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description = "After how many seconds it is killed.")
  private int onChangeSeconds;

  /** Says what is wrong with them. */
  void check(CommandSpec spec) {
    if (!watching) {
      throw new CommandLine.ParameterException(spec.commandLine(), "--watch is missing");
    }
    if (metricsPort < 0 || metricsPort > 65_535) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--watch-metrics-port must be 0 to 65535: " + metricsPort);
    }
    if (onChangeSeconds < 1 || onChangeSeconds > 3_600) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--on-change-limit must be 1 to 3600 s: " + onChangeSeconds);
    }
    if (onChange != null && Capabilities.program(onChange).isEmpty()) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--on-change: no program " + onChange + " that can be run");
    }
  }

  int metricsPort() {
    return metricsPort;
  }

  @Nullable String onChange() {
    return onChange;
  }

  Duration onChangeLimit() {
    return Duration.ofSeconds(onChangeSeconds);
  }
}
