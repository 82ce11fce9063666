package io.netnswatch.collector;

import picocli.CommandLine.Option;

/** Where the collector tells about itself. */
final class MetricsOptions {

  @Option(
      names = "--metrics-port",
      paramLabel = "PORT",
      defaultValue = "9465",
      description = "Port of /metrics (Prometheus) and /healthy; 0 is off.")
  private int port;

  @Option(
      names = "--metrics-address",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "Address to listen on.")
  private String address = "";

  boolean areValid() {
    return port >= 0 && port <= 65_535;
  }

  int port() {
    return port;
  }

  String address() {
    return address;
  }
}
