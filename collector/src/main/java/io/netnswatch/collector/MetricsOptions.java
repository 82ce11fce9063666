package io.netnswatch.collector;

import io.netnswatch.collector.metrics.StatusServer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** Where the collector tells about itself. */
final class MetricsOptions {

  private static final Logger log = LoggerFactory.getLogger(MetricsOptions.class);

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

  /**
   * Runs the collector and serves its status. Without the port the collector works as well, so that
   * is no reason to stop.
   */
  void serveDuring(Collector collector) throws InterruptedException {
    try (StatusServer server = port == 0 ? null : start(collector)) {
      if (server != null) {
        log.info("metrics and health on http://{}:{}/metrics and /healthy", address, port);
      }
      collector.run();
    }
  }

  private @Nullable StatusServer start(Collector collector) {
    try {
      return StatusServer.start(address, port, collector::measured);
    } catch (IOException e) {
      log.warn("no metrics and no health on {}:{}: {}", address, port, e.getMessage());
      return null;
    }
  }
}
