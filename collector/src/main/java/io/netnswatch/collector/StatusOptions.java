package io.netnswatch.collector;

import io.netnswatch.collector.metrics.CollectorMetrics;
import io.netnswatch.command.MustBe;
import io.netnswatch.command.WordForm;
import io.netnswatch.command.http.HttpAddress;
import io.netnswatch.command.http.StatusServer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where the collector tells about itself. */
final class StatusOptions {

  private static final Logger log = LoggerFactory.getLogger(StatusOptions.class);

  @MustBe(WordForm.ADDRESS_OR_OFF)
  @Option(
      names = "--http",
      paramLabel = "HOST:PORT|off",
      defaultValue = "127.0.0.1:9465",
      description = "Where health and metrics are served; port 0 takes a free one.")
  private String http = "";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  /**
   * Runs the collector and serves its status. Without the port the collector works as well, so that
   * is no reason to stop.
   *
   * @throws ParameterException if it is no address
   */
  void serveDuring(Collector collector) throws InterruptedException {
    HttpAddress address = address();
    try (StatusServer server = address == null ? null : start(address, collector)) {
      if (server != null) {
        log.info("health and metrics at http://{}", server.address());
      }
      collector.run();
    }
  }

  private @Nullable HttpAddress address() {
    try {
      return HttpAddress.parseOrOff(http).orElse(null);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(), "--http must be HOST:PORT or off, not " + http, e);
    }
  }

  private static @Nullable StatusServer start(HttpAddress address, Collector collector) {
    try {
      return StatusServer.start(
          address,
          () -> collector.measured().problems(),
          new CollectorMetrics(collector::measured));
    } catch (IOException e) {
      log.warn("no health and no metrics: {}", e.getMessage());
      return null;
    }
  }
}
