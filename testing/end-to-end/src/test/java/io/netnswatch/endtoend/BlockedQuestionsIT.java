package io.netnswatch.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.netnswatch.command.topics.TopicPlan;
import io.netnswatch.localcluster.ChildJvm;
import io.netnswatch.localcluster.Children;
import io.netnswatch.localcluster.LocalCluster;
import io.netnswatch.schema.Topics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Questions that wait for a broker which says nothing keep nobody else waiting. */
class BlockedQuestionsIT {

  private static final Topics TOPICS = Topics.withDefaultPrefix();
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** A kubelet waits no longer, as this project's manifests say. */
  private static final Duration PROBE = Duration.ofSeconds(5);

  private static final Pattern ADDRESS =
      Pattern.compile("queries at (http://127\\.0\\.0\\.1:\\d+)");

  @TempDir private static Path directory;

  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void healthIsAnsweredWhileRecordsAreWaitedFor() throws Exception {
    try (LocalCluster cluster = LocalCluster.start(directory)) {
      TopicPlan plan = new TopicPlan(TOPICS, 1, (short) 1);
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
        plan.create(admin);
      }
      plan.registerSchemas(new CachedSchemaRegistryClient(cluster.schemaRegistryUrl(), 10));
      ChildJvm broker =
          cluster.children().stream()
              .filter(it -> it.name().equals("broker"))
              .findFirst()
              .orElseThrow();
      try (ChildJvm detector = Children.detector(cluster, directory, "--http=127.0.0.1:0")) {
        // Given
        await().atMost(LIMIT).until(() -> isReady(detector));
        String record = "/api/records/" + TOPICS.perfSamples() + "/0/0";
        assertThat(ask(detector, record).statusCode()).isEqualTo(404);
        signal("STOP", broker);
        try {
          // When
          List<CompletableFuture<HttpResponse<String>>> questions = new ArrayList<>();
          for (int i = 0; i < 100; i++) {
            questions.add(
                client.sendAsync(request(detector, record, LIMIT), BodyHandlers.ofString()));
          }

          // Then
          while (questions.stream().anyMatch(it -> !it.isDone())) {
            assertThat(ask(detector, "/live").statusCode()).isEqualTo(200);
          }
          assertThat(questions).allSatisfy(it -> assertThat(it.join().statusCode()).isEqualTo(503));
        } finally {
          signal("CONT", broker);
        }
      }
    }
  }

  private boolean isReady(ChildJvm detector) throws Exception {
    return Files.readString(detector.log()).contains("queries at")
        && ask(detector, "/ready").statusCode() == 200;
  }

  private HttpResponse<String> ask(ChildJvm detector, String path) throws Exception {
    return client.send(request(detector, path, PROBE), BodyHandlers.ofString());
  }

  private static HttpRequest request(ChildJvm detector, String path, Duration timeout)
      throws IOException {
    Matcher address = ADDRESS.matcher(Files.readString(detector.log()));
    assertThat(address.find()).isTrue();
    return HttpRequest.newBuilder(URI.create(address.group(1) + path)).timeout(timeout).build();
  }

  private static void signal(String name, ChildJvm child) throws Exception {
    Process kill =
        new ProcessBuilder("kill", "-" + name, Long.toString(child.process().pid())).start();
    assertThat(kill.waitFor()).isZero();
  }
}
