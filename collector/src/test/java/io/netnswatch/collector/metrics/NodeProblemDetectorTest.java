package io.netnswatch.collector.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netnswatch.collector.spool.SpoolStatus;
import io.netnswatch.command.http.HttpAddress;
import io.netnswatch.command.http.StatusServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The script of the custom plugin monitor, as node-problem-detector runs it. */
class NodeProblemDetectorTest {

  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  private static final Path FOLDER = Path.of("..", "kubernetes", "node-problem-detector");

  private record Ended(int exitCode, String said) {}

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0|0|3|0|Creations of network namespaces finish",
        "1|12|3|0|Creations of network namespaces finish",
        "2|40|3|1|2 creations of network namespaces hang, the oldest for 40 s",
        "2|40|300|2|The latest snapshot of netnswatch's collector is 300 s old",
      })
  void saysWhetherCreationsHang(int count, int oldestS, int ageS, int exitCode, String words)
      throws Exception {
    BlockedCreations blocked =
        new BlockedCreations(NOW.minusSeconds(ageS), count, Duration.ofSeconds(oldestS));
    try (StatusServer server = served(status(blocked))) {
      assertThat(run(server.address().port())).isEqualTo(new Ended(exitCode, words + "\n"));
    }
  }

  @Test
  void silenceIsNotHealth() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    assertThat(run(free).exitCode()).isEqualTo(2);
    try (StatusServer server = served(status(null))) {
      assertThat(run(server.address().port()).exitCode()).isEqualTo(2);
    }
  }

  @Test
  void theMonitorRunsTheScript() throws Exception {
    JsonNode monitor =
        new ObjectMapper().readTree(FOLDER.resolve("netnswatch-monitor.json").toFile());
    assertThat(monitor.path("plugin").asText()).isEqualTo("custom");
    JsonNode rule = monitor.path("rules").path(0);
    assertThat(rule.path("path").asText()).endsWith("/check-netns.sh");
    assertThat(rule.path("condition").asText())
        .isEqualTo(monitor.path("conditions").path(0).path("type").asText());
  }

  private static StatusServer served(CollectorStatus status) throws IOException {
    return StatusServer.start(
        new HttpAddress("127.0.0.1", 0), List::of, new CollectorMetrics(() -> status));
  }

  private static Ended run(int port) throws Exception {
    Process script =
        new ProcessBuilder(
                "bash", FOLDER.resolve("check-netns.sh").toString(), "127.0.0.1", "" + port)
            .redirectErrorStream(true)
            .start();
    String said = new String(script.getInputStream().readAllBytes(), UTF_8);
    return new Ended(script.waitFor(), said);
  }

  private static CollectorStatus status(@Nullable BlockedCreations blocked) {
    return new CollectorStatus(
        NOW,
        true,
        Map.of(),
        Map.of(),
        0,
        new SpoolStatus(0, 0, null),
        null,
        List.of(),
        blocked,
        null);
  }
}
