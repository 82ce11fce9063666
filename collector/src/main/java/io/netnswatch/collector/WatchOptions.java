package io.netnswatch.collector;

import io.netnswatch.command.Range;
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

  @Range(min = "0", max = "65535")
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

  @Range(min = "1s", max = "1h")
  @Option(
      names = "--on-change-limit",
      paramLabel = "TIME",
      defaultValue = "30s",
      description = "After which it is killed.")
  private Duration onChangeLimit = Duration.ofSeconds(30);

  /** Says what is wrong with them. */
  void check(CommandSpec spec) {
    if (!watching) {
      throw new CommandLine.ParameterException(spec.commandLine(), "--watch is missing");
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
    return onChangeLimit;
  }
}
