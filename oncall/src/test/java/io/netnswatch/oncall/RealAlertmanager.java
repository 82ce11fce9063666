package io.netnswatch.oncall;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Debian's Alertmanager, which tells a webhook of what it decides. */
final class RealAlertmanager {

  private static final Path BINARY = Path.of("/usr/bin/prometheus-alertmanager");

  private final ObjectMapper json = new ObjectMapper();
  private final HttpClient client = HttpClient.newHttpClient();
  private final Path directory;
  private final int port;
  private @Nullable Process process;

  static boolean isInstalled() {
    return Files.isExecutable(BINARY);
  }

  RealAlertmanager(Path directory, String notified) throws IOException {
    this.directory = Files.createDirectories(directory);
    try (ServerSocket socket = new ServerSocket(0)) {
      this.port = socket.getLocalPort();
    }
    Files.writeString(
        directory.resolve("alertmanager.yml"),
        """
        route:
          receiver: test
          group_by: [incident_key]
          group_wait: 100ms
          group_interval: 500ms
          repeat_interval: 1h
        receivers:
          - name: test
            webhook_configs:
              - url: %s
                send_resolved: true
        """
            .formatted(notified));
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  void start() throws IOException {
    process =
        new ProcessBuilder(
                BINARY.toString(),
                "--config.file=" + directory.resolve("alertmanager.yml"),
                "--storage.path=" + directory.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port,
                "--cluster.listen-address=")
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
  }

  /** By SIGTERM: it keeps its notification log, and forgets the alerts. */
  void stop() throws InterruptedException {
    end(false);
  }

  /** By SIGKILL. */
  void kill() throws InterruptedException {
    end(true);
  }

  private void end(boolean forcibly) throws InterruptedException {
    Process running = process;
    if (running != null) {
      if (forcibly) {
        running.destroyForcibly();
      } else {
        running.destroy();
      }
      if (!running.waitFor(20, TimeUnit.SECONDS)) {
        running.destroyForcibly().waitFor();
      }
    }
  }

  /** Values of a label of the alerts that fire. */
  List<String> firing(String label) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url() + "/api/v2/alerts")).build();
    JsonNode alerts = json.readTree(client.send(request, BodyHandlers.ofString()).body());
    List<String> values = new ArrayList<>();
    alerts.forEach(alert -> values.add(alert.path("labels").path(label).asText()));
    return values;
  }
}
