package io.netnswatch.collector.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.collector.spool.SpoolStatus;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StatusServerTest {

  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

  @Test
  void metricsAreInPrometheusText() throws Exception {
    // When
    HttpResponse<String> answer = get("/metrics", status(null, null));

    // Then
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type").orElse(""))
        .startsWith("text/plain; version=0.0.4");
    assertThat(answer.body().lines().filter(line -> !line.startsWith("#")))
        .containsExactlyInAnyOrder(
            "netnswatch_collector_events_published_total{topic=\"p.perf-samples\"} 7.0",
            "netnswatch_collector_events_dropped_total{reason=\"spool full\"} 3.0",
            "netnswatch_collector_events_waiting 2.0",
            "netnswatch_collector_spool_events 5.0",
            "netnswatch_collector_spool_bytes 4096.0",
            "netnswatch_collector_spool_oldest_event_age_seconds 90.0",
            "netnswatch_collector_spool_usable 1.0",
            "netnswatch_collector_source_on{source=\"perf\"} 1.0",
            "netnswatch_collector_turns_failed_total{source=\"perf\"} 1.0",
            "netnswatch_collector_turn_duration_seconds_count{source=\"perf\"} 4",
            "netnswatch_collector_turn_duration_seconds_sum{source=\"perf\"} 2.5",
            "netnswatch_collector_cpu_seconds_total 12.5",
            "netnswatch_collector_resident_memory_bytes 4096.0");
  }

  @Test
  void aHealthyCollectorSaysSo() throws Exception {
    // When
    HttpResponse<String> answer = get("/healthy", status(null, null));

    // Then
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("healthy\n");
  }

  @Test
  void eachProblemIsALine() throws Exception {
    // When
    HttpResponse<String> answer = get("/healthy", status("program 'perf' not found", "disk full"));

    // Then
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).isEqualTo("the spool can't be used: disk full\nno source is on\n");
  }

  private static CollectorStatus status(
      @Nullable String offBecause, @Nullable String spoolFailure) {
    return new CollectorStatus(
        NOW,
        true,
        Map.of("p.perf-samples", 7L),
        Map.of("spool full", 3L),
        2,
        new SpoolStatus(5, 4096, NOW.minusSeconds(90)),
        spoolFailure,
        List.of(new SourceStatus("perf", offBecause, 4, 1, Duration.ofMillis(2_500))),
        new OwnUsage(Duration.ofMillis(12_500), 4096));
  }

  private static HttpResponse<String> get(String path, CollectorStatus status) throws Exception {
    try (StatusServer server = StatusServer.start("127.0.0.1", 0, () -> status)) {
      URI address = URI.create("http://127.0.0.1:" + server.port() + path);
      return HttpClient.newHttpClient()
          .send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
    }
  }
}
